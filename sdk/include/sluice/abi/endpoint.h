/* SPDX-License-Identifier: MIT */
/**
 * \file
 * Endpoints: routes of a plugin's own. A source that is handed back is fetched and streamed by core.
 */
#ifndef SLUICE_ABI_ENDPOINT_H_
#define SLUICE_ABI_ENDPOINT_H_

#include <sluice/abi/base.h>
#include <sluice/abi/values.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SLUICE_ENDPOINT_KIND "sluice.endpoint/1"

/** One route. Templates: "/v1/items/{id}" captures one segment, "/files/{path...}" the rest. */
typedef struct sluice_route {
  uint32_t struct_size;
  uint32_t reserved;        /* 0 */
  sluice_str method;        /* "GET" answers HEAD too */
  sluice_str path_template; /* relative to where the pipeline's match ends, starts with "/" */
  sluice_str scope;         /* the principal must have it; empty: anybody whom the pipeline lets in */
} sluice_route;

/** Takes routes, at most 10,000. The receiver copies. */
typedef struct sluice_route_sink {
  void* ctx;
  void (*put)(void* ctx, const sluice_route* route);
} sluice_route_sink;

/** Writes one response to the viewer: `start` once, then `put` any number of times. */
typedef struct sluice_response_writer {
  void* ctx;
  /**
   * `status` 200 to 599; `headers` without framing fields but a Content-Length, which announces the size of what
   * follows. On an error nothing is sent. SLUICE_INTERNAL: a second start, a control character, two Content-Lengths.
   * SLUICE_INVALID_ARGUMENT: another status, a name that is no token, a line break; then `handle` fails with
   * SLUICE_INTERNAL, whatever it answers. SLUICE_CANCELLED: the call's deadline has passed.
   */
  sluice_status (*start)(void* ctx, uint32_t status, const sluice_field* headers, size_t header_count,
                         sluice_error* error);
  /** Non-zero: the viewer is gone or too slow, or Content-Length is exceeded; stop. Blocks while the viewer is slow. */
  uint32_t (*put)(void* ctx, sluice_bytes chunk);
} sluice_response_writer;

/** All functions are required. */
typedef struct sluice_endpoint_table {
  uint32_t struct_size;
  uint32_t reserved; /* 0 */
  /** [control] Asked once, after creation. The first route that matches path and method is taken. An error, or a
   * template that is none: the configuration is refused. */
  sluice_status (*routes)(void* self, sluice_route_sink out, sluice_error* error);
  /**
   * [worker] Answers through `response`, or puts a source (then `response` is untouched).
   * `route` is the position of the route in what `routes` put; `head->params` holds the captures of its template and of
   * the pipeline's; `body` is the whole request body, at most the pipeline's `max_body`. SLUICE_OK with neither is
   * SLUICE_INTERNAL. An error before `start` is the failure of the `serve` step and becomes an error reply, unless
   * `on_error` of that step goes on; after `start` the connection is cut.
   */
  sluice_status (*handle)(void* self, const sluice_call* call, size_t route, const sluice_request_head* head,
                          sluice_bytes body, sluice_response_writer response, sluice_source_sink source,
                          sluice_error* error);
} sluice_endpoint_table;

#ifdef __cplusplus
}
#endif

#endif /* SLUICE_ABI_ENDPOINT_H_ */
