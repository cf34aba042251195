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
  sluice_str scheme;     /* "bearer", "basic", "header", "query", "path", "userdata" or "viewer" */
  sluice_str user;       /* user name of "basic"; name of the header or parameter; store of "userdata", "viewer" */
  sluice_str secret;     /* never empty */
  sluice_str client_ip;  /* textual, without port */
  sluice_str user_agent; /* may be empty */
  sluice_str action;     /* what the viewer is about to do: "check-cache", "stream"; may be empty: not known */
  sluice_str hash;       /* of what: an info hash, 40 lower-case hex digits; may be empty */
} sluice_credentials;

/** Takes one principal, at most once. The receiver copies. */
typedef struct sluice_principal_sink {
  void* ctx;
  void (*put)(void* ctx, const sluice_principal* principal);
} sluice_principal_sink;

/** What a viewer was served. Element of an array. */
typedef struct sluice_usage_record {
  sluice_str id;      /* the same each time that this record is reported, and no other's */
  sluice_str subject; /* of the principal */
  sluice_str key_id;  /* of the grant that was used; may be empty */
  sluice_str action;  /* "stream-served" */
  sluice_str hash;    /* of what, 40 lower-case hex digits; may be empty */
  uint32_t cached;    /* non-zero: the store had it at once */
  uint32_t reserved;  /* 0 */
  uint64_t bytes;     /* sent to the viewer; of a redirect the size of what it leads to, 0: not known */
  sluice_seconds at;  /* when it began */
} sluice_usage_record;

/** Takes news of who must not go on, and of who may again. `put` answers non-zero when the receiver wants no more. */
typedef struct sluice_revocation_sink {
  void* ctx;
  uint32_t (*put)(void* ctx, sluice_str subject, uint32_t is_revoked);
} sluice_revocation_sink;

/** What `interests` answers: one bit each. */
enum {
  SLUICE_AUTH_USAGE = 1,      /* `report_usage` is to be called for whom this backend lets in */
  SLUICE_AUTH_REVOCATIONS = 2 /* `watch` is to be called */
};

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
  /** [any] What else this instance does; the same each time. Null: nothing. */
  uint32_t (*interests)(void* self);
  /**
   * [worker] Of interest SLUICE_AUTH_USAGE. 1 to 100 records that are all on the disk. SLUICE_OK: they are in good
   * hands, and are forgotten. Any error: they come again, later each time, on their own or with others; the receiver
   * tells by their ids what it has already. One at a time, in no order.
   */
  sluice_status (*report_usage)(void* self, const sluice_call* call, const sluice_usage_record* records,
                                size_t record_count, sluice_error* error);
  /**
   * [worker] Of interest SLUICE_AUTH_REVOCATIONS. Puts subjects into `out` until the call is cancelled; then it comes
   * back within a second. One at a time, on a thread that is kept for it; after any answer it is called again a little
   * later. Streams and links of a subject that is revoked end at once.
   */
  sluice_status (*watch)(void* self, const sluice_call* call, sluice_revocation_sink out, sluice_error* error);
} sluice_auth_table;

#ifdef __cplusplus
}
#endif

#endif /* SLUICE_ABI_AUTH_H_ */
