/* SPDX-License-Identifier: MIT */
/* Breaks: declares a metric, which is [control], in a call that serves a request. Logs a line in create and before the
 * metric. */
#define BAD_ID "org.example.declares-late"
#define BAD_CREATE CreateTalking
#define BAD_AUTHENTICATE DeclareLate
#include <sluice/abi/auth.h>
#include <sluice/abi/log.h>
#include <sluice/abi/metrics.h>
#include <sluice/abi/plugin.h>
#include <string.h>

static const sluice_log_service* the_log;
static const sluice_metrics_service* the_metrics;

static sluice_str Str(const char* text) {
  sluice_str view;
  view.data = text;
  view.size = strlen(text);
  return view;
}

static sluice_status CreateTalking(const sluice_host* host, sluice_str name, const sluice_config* config, void** out,
                                   sluice_error* error) {
  (void)name, (void)config, (void)error;
  the_log = (const sluice_log_service*)host->service(host, Str(SLUICE_LOG_SERVICE));
  the_metrics = (const sluice_metrics_service*)host->service(host, Str(SLUICE_METRICS_SERVICE));
  the_log->write(the_log->ctx, SLUICE_LOG_WARNING, Str("created"), NULL, 0);
  *out = &the_log;
  return SLUICE_OK;
}

static sluice_status DeclareLate(void* self, const sluice_call* call, const sluice_credentials* credentials,
                                 sluice_principal_sink out, sluice_error* error) {
  uint32_t metric;
  (void)self, (void)call, (void)out;
  the_log->write(the_log->ctx, SLUICE_LOG_WARNING, Str("asked"), NULL, 0);
  if (credentials->secret.size == 0) return SLUICE_OK;
  return the_metrics->declare(the_metrics->ctx, SLUICE_METRIC_GAUGE, Str("late"), Str("Too late"), NULL, 0, &metric,
                              error);
}
#include "plugin.h"
