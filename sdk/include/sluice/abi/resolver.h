/* SPDX-License-Identifier: MIT */
/**
 * \file
 * Resolvers: say what core shall fetch for a request of a pipeline.
 */
#ifndef SLUICE_ABI_RESOLVER_H_
#define SLUICE_ABI_RESOLVER_H_

#include <sluice/abi/base.h>
#include <sluice/abi/values.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SLUICE_RESOLVER_KIND "sluice.resolver/1"

/** All functions are [worker]. */
typedef struct sluice_resolver_table {
  uint32_t struct_size;
  uint32_t reserved; /* 0 */
  /** Required. Puts what to fetch for a request that came by no link. SLUICE_INVALID_ARGUMENT (the request names no
   * source), SLUICE_NOT_FOUND, SLUICE_PERMISSION_DENIED, SLUICE_UPSTREAM_FAILED, SLUICE_DEADLINE_EXCEEDED,
   * SLUICE_CANCELLED: the failure of the `resolve` step, whose `on_error` decides. */
  sluice_status (*resolve)(void* self, const sluice_call* call, const sluice_request_head* head, sluice_source_sink out,
                           sluice_error* error);
  /** May be null: the link is taken as it is. Puts what to fetch for a link of a manifest of this resolver's.
   * SLUICE_PERMISSION_DENIED: it leads out of what this resolver serves; otherwise as `resolve`. Also asked before a
   * redirect of a source is followed: then only the headers of what is put count. */
  sluice_status (*resolve_child)(void* self, const sluice_call* call, const sluice_request_head* head,
                                 const sluice_child* child, sluice_source_sink out, sluice_error* error);
} sluice_resolver_table;

#ifdef __cplusplus
}
#endif

#endif /* SLUICE_ABI_RESOLVER_H_ */
