/* SPDX-License-Identifier: MIT */
/**
 * \file
 * Links service: URLs under which the gateway serves something else, authentic, encrypted and expiring.
 */
#ifndef SLUICE_ABI_LINKS_H_
#define SLUICE_ABI_LINKS_H_

#include <sluice/abi/base.h>
#include <sluice/abi/values.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SLUICE_LINKS_SERVICE "sluice.links/1"

/** Every function takes `ctx` first. Threads: [any]. */
typedef struct sluice_links_service {
  uint32_t struct_size;
  uint32_t reserved; /* 0 */
  void* ctx;
  /**
   * Puts a path that starts with "/"; the same for the same arguments within one hour. `pipeline` fetches the link,
   * `subject` is whom it lets in, `context` (0 to 256 bytes) comes back with it.
   * SLUICE_NOT_FOUND: unknown pipeline. SLUICE_INVALID_ARGUMENT: a URL that cannot be fetched.
   */
  sluice_status (*mint)(void* ctx, sluice_str pipeline, sluice_str url, sluice_link_kind kind, sluice_str context,
                        sluice_str subject, int64_t ttl_seconds, sluice_text_sink out, sluice_error* error);
} sluice_links_service;

#ifdef __cplusplus
}
#endif

#endif /* SLUICE_ABI_LINKS_H_ */
