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

/** Edits the header fields of a head. Names compare without case. `set` replaces all fields of that name. */
typedef struct sluice_head_edit {
  void* ctx;
  void (*set)(void* ctx, sluice_str name, sluice_str value);
  void (*remove)(void* ctx, sluice_str name);
} sluice_head_edit;

/** A whole answer, given instead of going on. */
typedef struct sluice_reply {
  uint32_t struct_size;
  uint32_t status; /* 200 to 599 */
  const sluice_field* headers;
  size_t header_count;
  sluice_bytes body;
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

/** A null function is a step that this filter does not take. `body_open` and
 * `body_open_for` need the three other body functions. */
typedef struct sluice_filter_table {
  uint32_t struct_size;
  uint32_t reserved; /* 0 */
  /** [worker] Before the source is fetched; `edit` changes the head that goes upstream. A reply ends the exchange. */
  sluice_status (*on_request)(void* self, const sluice_call* call, const sluice_request_head* head,
                              sluice_head_edit edit, sluice_reply_sink reply, sluice_error* error);
  /** [worker] When the upstream's head has come; `edit` changes the head that goes to the viewer. */
  sluice_status (*on_response)(void* self, const sluice_call* call, const sluice_response_head* head,
                               sluice_head_edit edit, sluice_error* error);
  /** [worker] `*stream` left null: the bytes pass untouched. A stream ends with `body_close`. */
  sluice_status (*body_open)(void* self, const sluice_call* call, const sluice_response_head* head, void** stream,
                             sluice_error* error);
  /** [stream] The next octets of the body. `next` blocks while the viewer is slow. An error: the viewer is cut off. */
  sluice_status (*body_write)(void* stream, const sluice_call* call, sluice_bytes chunk, sluice_byte_sink next,
                              sluice_error* error);
  /** [stream] After the last octet of a body that arrived whole. */
  sluice_status (*body_finish)(void* stream, const sluice_call* call, sluice_byte_sink next, sluice_error* error);
  /** [stream] Last, always; destroys `stream`. */
  void (*body_close)(void* stream);
  /** [worker] Non-zero: every stream puts out as many octets as it takes in, at the same positions. */
  uint32_t (*length_preserving)(void* self);
  /** [worker] Asked in place of `body_open`, by hosts that know it. */
  sluice_status (*body_open_for)(void* self, const sluice_call* call, const sluice_response_head* head,
                                 const sluice_body_origin* origin, void** stream, sluice_error* error);
} sluice_filter_table;

#ifdef __cplusplus
}
#endif

#endif /* SLUICE_ABI_FILTER_H_ */
