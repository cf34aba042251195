/* SPDX-License-Identifier: MIT */
/**
 * \file
 * Filters: see and edit heads; optionally see and change bodies.
 */
#ifndef SLUICE_ABI_FILTER_H_
#define SLUICE_ABI_FILTER_H_

#include <sluice/abi/base.h>
#include <sluice/abi/http.h>
#include <sluice/abi/manifest.h>
#include <sluice/abi/values.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SLUICE_FILTER_KIND "sluice.filter/1"

/** Edits the header fields of a head, for the call. Names compare without case. The head that the filter was given
 * shows the fields as they were before. */
typedef struct sluice_head_edit {
  void* ctx;
  /** Replaces all fields of that name. A name that is no token (RFC 9110 section 5.1), or a value with a line break or
   * NUL, fails the filter's call with SLUICE_INTERNAL, whatever it answers. */
  void (*set)(void* ctx, sluice_str name, sluice_str value);
  /** Drops all fields of that name; there need be none. */
  void (*remove)(void* ctx, sluice_str name);
} sluice_head_edit;

/** A whole answer, given instead of going on. */
typedef struct sluice_reply {
  uint32_t struct_size;
  uint32_t status;             /* 200 to 599 */
  const sluice_field* headers; /* without framing fields: core sets Content-Length, Date and X-Request-Id */
  size_t header_count;
  sluice_bytes body; /* after HEAD not sent */
} sluice_reply;

/** Takes one reply, at most once. The receiver copies. */
typedef struct sluice_reply_sink {
  void* ctx;
  void (*put)(void* ctx, const sluice_reply* reply);
} sluice_reply_sink;

/** For whom a body passes, and how more of what it belongs to can be had. Valid until `body_open_for` returns. */
typedef struct sluice_body_origin {
  uint32_t struct_size;
  sluice_link_kind kind;              /* of the link that led here; SLUICE_LINK_DATA without one */
  const sluice_request_head* request; /* as `on_request` sees it */
  sluice_str url;                     /* what the resolver named, before redirects */
  sluice_str note;                    /* of the link, as a rewriter of this pipeline ordered it; else empty */
  sluice_str context;                 /* of the source */
  void* ctx;
  /** As `sluice_manifest_host.fetch`, within the deadline of `body_open_for`. Null: this host fetches nothing. */
  sluice_status (*fetch)(void* ctx, const sluice_reference* reference, sluice_http_response_sink out,
                         sluice_error* error);
} sluice_body_origin;

/**
 * A null function is a step that this filter does not take. `body_open` and `body_open_for` need the three other body
 * functions.
 *
 * An error of `on_request`, `on_response`, `body_open` or `body_open_for`, of any status, is the failure of the
 * filter's step, and `on_error` of that step decides: `fail` answers the viewer with an error reply, `next` turns to
 * the next pipeline that matches, `skip` drops the edits of the call and goes on. Nothing has been sent to the viewer
 * by then.
 */
typedef struct sluice_filter_table {
  uint32_t struct_size;
  uint32_t reserved; /* 0 */
  /** [worker] Before the source is fetched, unless the filter is listed after the fetch; `edit` changes the head that
   * goes upstream. A reply ends the exchange. SLUICE_INVALID_ARGUMENT, SLUICE_PERMISSION_DENIED and so on refuse the
   * request. */
  sluice_status (*on_request)(void* self, const sluice_call* call, const sluice_request_head* head,
                              sluice_head_edit edit, sluice_reply_sink reply, sluice_error* error);
  /** [worker] When the upstream's head has come; of a manifest, when it has been rewritten. `head` holds what the
   * viewer would get; `edit` changes that. SLUICE_UPSTREAM_FAILED: a response that must not pass. */
  sluice_status (*on_response)(void* self, const sluice_call* call, const sluice_response_head* head,
                               sluice_head_edit edit, sluice_error* error);
  /** [worker] Asked after `on_response`, for HEAD too; not for 204 and 304, nor for manifests that a rewriter took.
   * `*stream` left null: the bytes pass untouched. A stream ends with `body_close`; one that is set together with an
   * error is never closed. */
  sluice_status (*body_open)(void* self, const sluice_call* call, const sluice_response_head* head, void** stream,
                             sluice_error* error);
  /** [stream] The next octets of the body. `next` blocks while the viewer is slow; when it answers non-zero the viewer
   * is gone: answer SLUICE_CANCELLED. Any error: the viewer gets an error reply as long as nothing has come out of the
   * last filter; after that it is cut off. `call` has no deadline. */
  sluice_status (*body_write)(void* stream, const sluice_call* call, sluice_bytes chunk, sluice_byte_sink next,
                              sluice_error* error);
  /** [stream] After the last octet of a body that arrived whole: puts out what was kept back. Errors as in
   * `body_write`. */
  sluice_status (*body_finish)(void* stream, const sluice_call* call, sluice_byte_sink next, sluice_error* error);
  /** [stream] Last, always, also without `body_finish` or any `body_write` before; destroys `stream`. */
  void (*body_close)(void* stream);
  /** [worker] Non-zero: every stream puts out as many octets as it takes in, at the same positions. Otherwise a body
   * with a stream loses Content-Length, ranges, Content-Encoding, validators and digests, and is fetched whole. */
  uint32_t (*length_preserving)(void* self);
  /** [worker] Asked in place of `body_open`, by hosts that know it; answers as that does. */
  sluice_status (*body_open_for)(void* self, const sluice_call* call, const sluice_response_head* head,
                                 const sluice_body_origin* origin, void** stream, sluice_error* error);
} sluice_filter_table;

#ifdef __cplusplus
}
#endif

#endif /* SLUICE_ABI_FILTER_H_ */
