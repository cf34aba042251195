/* SPDX-License-Identifier: MIT */
/* Breaks: puts the configured secret and the viewer's credential into log lines and errors; create fails where the
 * configuration says so. */
#define BAD_ID "org.example.tells-secrets"
#define BAD_TYPE "tells-secrets"
#define BAD_SCHEMA                                                                                            \
  "{\"type\": \"object\", \"additionalProperties\": false, \"properties\": "                                  \
  "{\"secret\": {\"type\": \"string\", \"default\": \"\", \"description\": \"the word\", \"secret\": true}, " \
  "\"fail\": {\"type\": \"boolean\", \"default\": false, \"description\": \"whether create fails\"}}}"
#define BAD_CREATE CreateTalking
#define BAD_DESTROY DestroyTalking
#define BAD_AUTHENTICATE AuthenticateTalking
#include <sluice/abi/auth.h>
#include <sluice/abi/log.h>
#include <sluice/abi/plugin.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct talker {
  const sluice_log_service* log;
  char secret[200];
};

static sluice_str Str(const char* text) {
  sluice_str view;
  view.data = text;
  view.size = strlen(text);
  return view;
}

static void DestroyTalking(void* self) { free(self); }

static sluice_status CreateTalking(const sluice_host* host, sluice_str name, const sluice_config* config, void** out,
                                   sluice_error* error) {
  struct talker* talker = (struct talker*)calloc(1, sizeof(struct talker));
  sluice_str text = {NULL, 0};
  uint32_t fail = 0;
  (void)name;
  if (talker == NULL) return error->status = SLUICE_INTERNAL;
  talker->log = (const sluice_log_service*)host->service(host, Str(SLUICE_LOG_SERVICE));
  config->get_string(config, Str("/secret"), &text);
  config->get_bool(config, Str("/fail"), &fail);
  snprintf(talker->secret, sizeof(talker->secret), "%.*s", (int)text.size, text.size == 0 ? "" : text.data);
  if (fail == 0) {
    *out = talker;
    return SLUICE_OK;
  }
  snprintf(error->message, sizeof(error->message), "/secret: %s is no good", talker->secret);
  free(talker);
  return error->status = SLUICE_INVALID_ARGUMENT;
}

static sluice_status AuthenticateTalking(void* self, const sluice_call* call, const sluice_credentials* credentials,
                                         sluice_principal_sink out, sluice_error* error) {
  const struct talker* talker = (const struct talker*)self;
  sluice_field field;
  (void)call, (void)out;
  field.name = Str("configured");
  field.value = Str(talker->secret);
  if (talker->log != NULL) talker->log->write(talker->log->ctx, SLUICE_LOG_ERROR, Str("asked"), &field, 1);
  snprintf(error->message, sizeof(error->message), "want %s, found %.*s", talker->secret, (int)credentials->secret.size,
           credentials->secret.data);
  return error->status = SLUICE_UPSTREAM_FAILED;
}
#include "plugin.h"
