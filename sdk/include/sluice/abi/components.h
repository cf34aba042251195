/* SPDX-License-Identifier: MIT */
/**
 * \file
 * Other components of the same server, for an instance whose configuration names them.
 */
#ifndef SLUICE_ABI_COMPONENTS_H_
#define SLUICE_ABI_COMPONENTS_H_

#include <sluice/abi/base.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SLUICE_COMPONENTS_SERVICE "sluice.components/1"

/** A component behind the host, which times and counts every call, and refuses it while the component is in quarantine.
 */
typedef struct sluice_component_ref {
  const void* table; /* of the kind that was asked for: sluice_auth_table, sluice_store_table … */
  void* self;        /* for the table's functions; never to be destroyed */
} sluice_component_ref;

/** What the host offers. */
typedef struct sluice_components_service {
  uint32_t struct_size;
  uint32_t reserved; /* 0 */
  void* ctx;
  /**
   * [any] Fills `out` with component `name` as one of `kind` (SLUICE_AUTH_KIND, SLUICE_STORE_KIND,
   * SLUICE_INDEXER_KIND), good for as long as the asking instance lives. A reload may put another instance behind it,
   * or none: then every call answers SLUICE_NOT_FOUND. SLUICE_PERMISSION_DENIED: the configuration of the asking
   * instance does not name it (see the schema's "component"). SLUICE_UNSUPPORTED: a kind that cannot be called this
   * way.
   */
  sluice_status (*find)(void* ctx, sluice_str kind, sluice_str name, sluice_component_ref* out, sluice_error* error);
} sluice_components_service;

#ifdef __cplusplus
}
#endif

#endif /* SLUICE_ABI_COMPONENTS_H_ */
