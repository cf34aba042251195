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
   * Puts `server.base_url` and a path, or without a base URL the path alone, which starts with "/"; the same for the
   * same arguments as long as the same full hour ends it. `pipeline` (of the configuration that runs; while `create`
   * runs at start there is none) fetches the link. `url` begins with "http://" or "https://". `context` (0 to 256
   * bytes, not checked here) comes back as `sluice_child.context`. `subject` is whom the link lets in, without scopes,
   * grants and session; empty: a pipeline with an authenticate step refuses it. The link works for `ttl_seconds` (0 to
   * 100 years, not checked) at the least, up to a full hour.
   * SLUICE_NOT_FOUND: unknown pipeline. SLUICE_INVALID_ARGUMENT: another URL. SLUICE_INTERNAL: the cipher fails.
   */
  sluice_status (*mint)(void* ctx, sluice_str pipeline, sluice_str url, sluice_link_kind kind, sluice_str context,
                        sluice_str subject, int64_t ttl_seconds, sluice_text_sink out, sluice_error* error);
} sluice_links_service;

#ifdef __cplusplus
}
#endif

#endif /* SLUICE_ABI_LINKS_H_ */
