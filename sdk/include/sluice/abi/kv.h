/* SPDX-License-Identifier: MIT */
/**
 * \file
 * Key-value service: small values with a time to live, in a name space of the component's own.
 * Keys are 1 to 512 octets, values up to 1 MiB of octets.
 */
#ifndef SLUICE_ABI_KV_H_
#define SLUICE_ABI_KV_H_

#include <sluice/abi/base.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SLUICE_KV_SERVICE "sluice.kv/1"

/**
 * From each: SLUICE_INVALID_ARGUMENT (an empty key, or key or value too long), SLUICE_UPSTREAM_FAILED (cache server
 * away). `ttl_seconds` 0: until it is erased; negative: SLUICE_INVALID_ARGUMENT. Any value may be dropped before its
 * time for want of room, the least recently used first. Every function takes `ctx` first. Threads: [any].
 */
typedef struct sluice_kv_service {
  uint32_t struct_size;
  uint32_t reserved; /* 0 */
  void* ctx;
  /** Puts the value's octets, once, or nothing when there is none, or no longer. */
  sluice_status (*get)(void* ctx, const sluice_call* call, sluice_str key, sluice_text_sink out, sluice_error* error);
  /** Stores a value, 0 octets or more, in place of what was there. */
  sluice_status (*put)(void* ctx, const sluice_call* call, sluice_str key, sluice_str value, int64_t ttl_seconds,
                       sluice_error* error);
  /** Stores only if the present value equals `*expected` (null: only if there is none), in one step for all who ask.
   * On SLUICE_OK `*stored` says whether it did: non-zero. */
  sluice_status (*put_if)(void* ctx, const sluice_call* call, sluice_str key, const sluice_str* expected,
                          sluice_str value, int64_t ttl_seconds, uint32_t* stored, sluice_error* error);
  /** SLUICE_OK also when there was none. */
  sluice_status (*erase)(void* ctx, const sluice_call* call, sluice_str key, sluice_error* error);
  /** Adds `by` to the value, which is a decimal number such as "-12", or stores `by` when there is none, in one step
   * for all who ask. `ttl_seconds` counts from when the value is stored: what is added later does not prolong it. On
   * SLUICE_OK `*sum` is the value now. SLUICE_INVALID_ARGUMENT also when the value is no such number, or the sum does
   * not fit. */
  sluice_status (*increment)(void* ctx, const sluice_call* call, sluice_str key, int64_t by, int64_t ttl_seconds,
                             int64_t* sum, sluice_error* error);
} sluice_kv_service;

#ifdef __cplusplus
}
#endif

#endif /* SLUICE_ABI_KV_H_ */
