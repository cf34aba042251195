/* SPDX-License-Identifier: MIT */
/**
 * \file
 * Metrics service: Prometheus metrics named `sluice_plugin_<type>_<name>`, labelled with the component's name.
 */
#ifndef SLUICE_ABI_METRICS_H_
#define SLUICE_ABI_METRICS_H_

#include <sluice/abi/base.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SLUICE_METRICS_SERVICE "sluice.metrics/1"

/** Append only; a host answers SLUICE_UNSUPPORTED to a value it does not know. */
typedef uint32_t sluice_metric_kind;
enum { SLUICE_METRIC_COUNTER = 0, SLUICE_METRIC_GAUGE = 1, SLUICE_METRIC_HISTOGRAM = 2 };

/** Every function takes `ctx` first. */
typedef struct sluice_metrics_service {
  uint32_t struct_size;
  uint32_t reserved; /* 0 */
  void* ctx;
  /**
   * [control] `name` is [a-z][a-z0-9_]*, at most 100 characters, with its unit; a counter ends in "_total". At most 4
   * labels with distinct names of that form, not "component" or "le"; at most 64 metrics an instance. `*out` names the
   * metric as long as the instance lives; the same metric again has the same number.
   * SLUICE_INVALID_ARGUMENT: a bad name or label, one metric too many, or declared before in another way.
   * SLUICE_UNSUPPORTED: a kind that the host does not know.
   */
  sluice_status (*declare)(void* ctx, sluice_metric_kind kind, sluice_str name, sluice_str help,
                           const sluice_str* labels, size_t label_count, uint32_t* out, sluice_error* error);
  /** [any] Adds to a counter, sets a gauge, observes in a histogram. `values` in the order of the labels; a metric
   * keeps 100 sets of them, further ones count as "other". What does not fit is dropped: an unknown metric, another
   * number of values, a value that is not finite, a negative one for a counter. */
  void (*record)(void* ctx, uint32_t metric, double value, const sluice_str* values, size_t value_count);
} sluice_metrics_service;

#ifdef __cplusplus
}
#endif

#endif /* SLUICE_ABI_METRICS_H_ */
