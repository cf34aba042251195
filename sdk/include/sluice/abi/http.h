/* SPDX-License-Identifier: MIT */
/**
 * \file
 * HTTP service: the one way out of the process: pooled, guarded against private addresses, with TLS verified.
 */
#ifndef SLUICE_ABI_HTTP_H_
#define SLUICE_ABI_HTTP_H_

#include <sluice/abi/base.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SLUICE_HTTP_SERVICE "sluice.http/1"

/** What to ask of an upstream. */
typedef struct sluice_http_request {
  uint32_t struct_size;
  uint32_t max_redirects; /* 0: a redirect is an answer like any other; more than that are SLUICE_UPSTREAM_FAILED */
  sluice_str method;      /* "GET"; any but CONNECT */
  sluice_str url;         /* absolute, http or https, without user name and password */
  /** Host, Content-Length, Expect and hop-by-hop fields are the host's own and left out. Without an Accept-Encoding the
   * upstream is told "identity". */
  const sluice_field* headers;
  size_t header_count;
  sluice_bytes body;
  int64_t timeout_ms;      /* for the whole exchange; the call's deadline holds as well */
  uint64_t max_body_bytes; /* `send`: a longer body is SLUICE_UPSTREAM_FAILED; `stream` ignores it */
} sluice_http_request;

/** What an upstream answered. */
typedef struct sluice_http_response {
  uint32_t struct_size;
  uint32_t status; /* 100 to 599 */
  sluice_str url;  /* where it was finally retrieved from */
  const sluice_field* headers;
  size_t header_count;
  sluice_bytes body; /* empty in `start` of a stream */
} sluice_http_response;

/** Takes one response, once. The receiver copies. */
typedef struct sluice_http_response_sink {
  void* ctx;
  void (*put)(void* ctx, const sluice_http_response* response);
} sluice_http_response_sink;

/** Takes a response while it arrives: `start` once, then `put`, 1 to 64 KiB each time. Non-zero from either ends the
 * exchange. */
typedef struct sluice_http_stream_sink {
  void* ctx;
  uint32_t (*start)(void* ctx, const sluice_http_response* head);
  uint32_t (*put)(void* ctx, sluice_bytes chunk);
} sluice_http_stream_sink;

/**
 * An HTTP status is never an error here: only a missing or broken answer is. SLUICE_INVALID_ARGUMENT (URL, method or
 * header field), SLUICE_PERMISSION_DENIED (address guard), SLUICE_UPSTREAM_FAILED (no answer, or a broken one),
 * SLUICE_DEADLINE_EXCEEDED (the call's, or `timeout_ms`), SLUICE_CANCELLED (the viewer is gone), SLUICE_INTERNAL.
 * Every function takes `ctx` first. Threads: [any].
 */
typedef struct sluice_http_service {
  uint32_t struct_size;
  uint32_t reserved; /* 0 */
  void* ctx;
  /** Waits for the whole answer, and puts it once on SLUICE_OK. SLUICE_UPSTREAM_FAILED also for a body longer than
   * `max_body_bytes`, SLUICE_DEADLINE_EXCEEDED also for one that takes more than a minute to come. */
  sluice_status (*send)(void* ctx, const sluice_call* call, const sluice_http_request* request,
                        sluice_http_response_sink out, sluice_error* error);
  /** Hands the answer on while it arrives. Time that the sink takes counts against `timeout_ms`. A sink that ends the
   * exchange makes this answer an error, SLUICE_CANCELLED unless something else failed first. */
  sluice_status (*stream)(void* ctx, const sluice_call* call, const sluice_http_request* request,
                          sluice_http_stream_sink out, sluice_error* error);
} sluice_http_service;

#ifdef __cplusplus
}
#endif

#endif /* SLUICE_ABI_HTTP_H_ */
