/* SPDX-License-Identifier: MIT */
/**
 * \file
 * Clock service: the time, so that tests can set it.
 */
#ifndef SLUICE_ABI_CLOCK_H_
#define SLUICE_ABI_CLOCK_H_

#include <sluice/abi/base.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SLUICE_CLOCK_SERVICE "sluice.clock/1"

/** Every function takes `ctx` first. Threads: [any]. */
typedef struct sluice_clock_service {
  uint32_t struct_size;
  uint32_t reserved; /* 0 */
  void* ctx;
  /** CLOCK_REALTIME: nanoseconds since 1970-01-01T00:00:00Z. May go back when the machine's clock is set. */
  int64_t (*now_ns)(void* ctx);
  /** CLOCK_MONOTONIC, nanoseconds: never goes back; comparable with a call's deadline_ns. */
  int64_t (*steady_ns)(void* ctx);
} sluice_clock_service;

#ifdef __cplusplus
}
#endif

#endif /* SLUICE_ABI_CLOCK_H_ */
