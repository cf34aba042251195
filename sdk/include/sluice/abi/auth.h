/* SPDX-License-Identifier: MIT */
/**
 * \file
 * Auth backends: turn a credential into a principal, or refuse it.
 */
#ifndef SLUICE_ABI_AUTH_H_
#define SLUICE_ABI_AUTH_H_

#include <sluice/abi/base.h>
#include <sluice/abi/values.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SLUICE_AUTH_KIND "sluice.auth/1"

/** One credential as the viewer presented it. */
typedef struct sluice_credentials {
  uint32_t struct_size;
  uint32_t reserved;     /* 0 */
  sluice_str scheme;     /* "bearer", "basic", "header", "query", "path" or "userdata" */
  sluice_str user;       /* user name of "basic"; name of the header or parameter; store of "userdata" */
  sluice_str secret;     /* never empty */
  sluice_str client_ip;  /* textual, without port */
  sluice_str user_agent; /* may be empty */
} sluice_credentials;

/** Takes one principal, at most once. The receiver copies. */
typedef struct sluice_principal_sink {
  void* ctx;
  void (*put)(void* ctx, const sluice_principal* principal);
} sluice_principal_sink;

/** What an auth backend does. */
typedef struct sluice_auth_table {
  uint32_t struct_size;
  uint32_t reserved; /* 0 */
  /**
   * [worker] Required. Who presents `credentials`.
   * SLUICE_OK with a principal put: this is who it is; its `subject` is not empty. SLUICE_OK without: not a credential
   * of this backend's, the next one is asked. SLUICE_UNAUTHENTICATED, SLUICE_PERMISSION_DENIED: it is, and is refused.
   * SLUICE_UPSTREAM_FAILED or any other error: it cannot be decided now; the request is refused.
   */
  sluice_status (*authenticate)(void* self, const sluice_call* call, const sluice_credentials* credentials,
                                sluice_principal_sink out, sluice_error* error);
} sluice_auth_table;

#ifdef __cplusplus
}
#endif

#endif /* SLUICE_ABI_AUTH_H_ */
