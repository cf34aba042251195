/* SPDX-License-Identifier: MIT */
/**
 * \file
 * Usage service: what viewers were served, written down so that it is not lost, and reported to the auth backend that
 * let them in. For endpoints that answer by themselves, such as with a redirect; what core fetches it counts.
 */
#ifndef SLUICE_ABI_USAGE_H_
#define SLUICE_ABI_USAGE_H_

#include <sluice/abi/values.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SLUICE_USAGE_SERVICE "sluice.usage/1"

/** Threads: [any]. */
typedef struct sluice_usage_service {
  uint32_t struct_size;
  uint32_t reserved; /* 0 */
  void* ctx;
  /** On SLUICE_OK it is on the disk, and will be reported; or its backend wants no reports. `backend` and `subject` are
   * not empty. SLUICE_INVALID_ARGUMENT: an unknown backend, or a text of more than 256 octets. SLUICE_UPSTREAM_FAILED,
   * SLUICE_DEADLINE_EXCEEDED: it could not be written within the call's time; it is kept in memory, and written later.
   */
  sluice_status (*record)(void* ctx, const sluice_call* call, const sluice_usage* usage, sluice_error* error);
} sluice_usage_service;

#ifdef __cplusplus
}
#endif

#endif /* SLUICE_ABI_USAGE_H_ */
