/* SPDX-License-Identifier: MIT */
/**
 * \file
 * Secrets service: cryptography with the server's key, separated by component. All texts are octets.
 */
#ifndef SLUICE_ABI_SECRETS_H_
#define SLUICE_ABI_SECRETS_H_

#include <sluice/abi/base.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SLUICE_SECRETS_SERVICE "sluice.secrets/1"

/**
 * Every function takes `ctx` first. A function with a sink puts its result once on SLUICE_OK. SLUICE_INTERNAL from
 * those that encrypt: the cipher fails. Threads: [any].
 */
typedef struct sluice_secrets_service {
  uint32_t struct_size;
  uint32_t reserved; /* 0 */
  void* ctx;
  /** Encrypts with AES-256-GCM: 28 octets more than `plaintext`, and other ones each time. `context` is bound to the
   * result; `open` must name the same. */
  sluice_status (*seal)(void* ctx, sluice_str plaintext, sluice_str context, sluice_text_sink out, sluice_error* error);
  /** SLUICE_INVALID_ARGUMENT: not made by `seal` with this context, or changed. */
  sluice_status (*open)(void* ctx, sluice_str sealed, sluice_str context, sluice_text_sink out, sluice_error* error);
  /** Non-zero: equal. Takes time that depends on neither's content; their lengths may show. */
  uint32_t (*equal)(void* ctx, sluice_str a, sluice_str b);
  /** Half of an HMAC-SHA256 as 32 lower-case hex digits: names a secret without showing it, to this component. */
  sluice_status (*fingerprint)(void* ctx, sluice_str secret, sluice_text_sink out, sluice_error* error);
  /** Puts `size` (1 to 4096; else SLUICE_INVALID_ARGUMENT) cryptographically random octets. */
  sluice_status (*random)(void* ctx, size_t size, sluice_text_sink out, sluice_error* error);
  /** Encrypts with AES-256-SIV (RFC 5297): equal plaintexts give equal results, so that URLs made of them stay the
   * same. `plaintext`: at least one octet, else SLUICE_INVALID_ARGUMENT. */
  sluice_status (*seal_deterministic)(void* ctx, sluice_str plaintext, sluice_text_sink out, sluice_error* error);
  /** SLUICE_INVALID_ARGUMENT: not made by `seal_deterministic`, or changed. */
  sluice_status (*open_deterministic)(void* ctx, sluice_str sealed, sluice_text_sink out, sluice_error* error);
  /**
   * Keeps a secret, encrypted, under a name (1 to 256 octets) by which every component finds it; at most 64 KiB.
   * `ttl_seconds` 0: until it is forgotten, or dropped for want of room. SLUICE_INVALID_ARGUMENT: name, size or ttl.
   * SLUICE_UPSTREAM_FAILED: the cache server is away. SLUICE_UNSUPPORTED: this server keeps none. Both also from the
   * next two.
   */
  sluice_status (*keep)(void* ctx, const sluice_call* call, sluice_str name, sluice_str secret, int64_t ttl_seconds,
                        sluice_error* error);
  /** Puts the secret, or nothing when there is none of that name. SLUICE_INVALID_ARGUMENT: name. */
  sluice_status (*recall)(void* ctx, const sluice_call* call, sluice_str name, sluice_text_sink out,
                          sluice_error* error);
  /** Drops it for every component; SLUICE_OK also when there was none. SLUICE_INVALID_ARGUMENT: name. */
  sluice_status (*forget)(void* ctx, const sluice_call* call, sluice_str name, sluice_error* error);
  /** Puts the name of the server's key that `seal` uses now, 16 lower-case hex digits: what stands beside a sealed
   * value in the database, so that the server finds what to seal anew after its key was changed (sluice_sealed_column).
   */
  sluice_status (*key_id)(void* ctx, sluice_text_sink out, sluice_error* error);
} sluice_secrets_service;

#ifdef __cplusplus
}
#endif

#endif /* SLUICE_ABI_SECRETS_H_ */
