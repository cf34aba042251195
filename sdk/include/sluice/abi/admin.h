/* SPDX-License-Identifier: MIT */
/**
 * \file
 * Admin service: what the server knows of itself. Answers are JSON documents described in docs/operating.md.
 */
#ifndef SLUICE_ABI_ADMIN_H_
#define SLUICE_ABI_ADMIN_H_

#include <sluice/abi/base.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SLUICE_ADMIN_SERVICE "sluice.admin/1"

/** Offered to endpoints only. Every function takes `ctx` first. Threads: [any]. */
typedef struct sluice_admin_service {
  uint32_t struct_size;
  uint32_t reserved; /* 0 */
  void* ctx;
  /** Puts one document. `topic`: "plugins", "pipelines", "principals", "config" (secrets masked) or "reload" (the last
   * one and its faults). SLUICE_NOT_FOUND: another topic. */
  sluice_status (*query)(void* ctx, sluice_str topic, sluice_text_sink out, sluice_error* error);
  /** Reads the configuration again and swaps it in; waits for a reload that is under way. Not from a [control]
   * function: a reload calls those, and would wait for itself. SLUICE_INVALID_ARGUMENT: the first fault; what ran, runs
   * on. */
  sluice_status (*reload)(void* ctx, sluice_error* error);
} sluice_admin_service;

#ifdef __cplusplus
}
#endif

#endif /* SLUICE_ABI_ADMIN_H_ */
