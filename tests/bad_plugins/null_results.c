/* SPDX-License-Identifier: MIT */
/* Breaks: calls answer OK and hand null, or nothing, where the host needs a value. One component type for each way. */
#define BAD_ID "org.example.null-results"
#define BAD_COMPONENTS null_components
#define BAD_COMPONENT_COUNT 9
#include <sluice/abi/endpoint.h>
#include <sluice/abi/filter.h>
#include <sluice/abi/manifest.h>
#include <sluice/abi/plugin.h>
#include <sluice/abi/resolver.h>
#include <string.h>

static int nothing;
static sluice_status Make(const sluice_host* host, sluice_str name, const sluice_config* config, void** out,
                          sluice_error* error) {
  (void)host, (void)name, (void)config, (void)error;
  *out = &nothing;
  return SLUICE_OK;
}
static void Unmake(void* self) { (void)self; }

/* Resolvers. */
static sluice_status PutNoSource(void* self, const sluice_call* call, const sluice_request_head* head,
                                 sluice_source_sink out, sluice_error* error) {
  (void)self, (void)call, (void)head, (void)out, (void)error;
  return SLUICE_OK;
}
static sluice_status PutNullSource(void* self, const sluice_call* call, const sluice_request_head* head,
                                   sluice_source_sink out, sluice_error* error) {
  (void)self, (void)call, (void)head, (void)error;
  out.put(out.ctx, NULL);
  return SLUICE_OK;
}
static sluice_status PutNullUrl(void* self, const sluice_call* call, const sluice_request_head* head,
                                sluice_source_sink out, sluice_error* error) {
  sluice_source source;
  (void)self, (void)call, (void)head, (void)error;
  memset(&source, 0, sizeof(source));
  source.struct_size = (uint32_t)sizeof(source);
  source.url.size = 20;
  out.put(out.ctx, &source);
  return SLUICE_OK;
}
static const sluice_resolver_table no_source = {(uint32_t)sizeof(sluice_resolver_table), 0, PutNoSource, NULL};
static const sluice_resolver_table null_source = {(uint32_t)sizeof(sluice_resolver_table), 0, PutNullSource, NULL};
static const sluice_resolver_table null_url = {(uint32_t)sizeof(sluice_resolver_table), 0, PutNullUrl, NULL};

/* A manifest rewriter, for everything. */
static uint32_t AcceptAll(void* self, const sluice_manifest_probe* probe) {
  (void)self, (void)probe;
  return 1;
}
static sluice_status PutNullText(void* self, const sluice_call* call, const sluice_manifest* manifest,
                                 sluice_link_minter links, sluice_rewritten_manifest_sink out, sluice_error* error) {
  sluice_rewritten_manifest rewritten;
  (void)self, (void)call, (void)manifest, (void)links, (void)error;
  memset(&rewritten, 0, sizeof(rewritten));
  rewritten.struct_size = (uint32_t)sizeof(rewritten);
  rewritten.text.size = 9;
  out.put(out.ctx, &rewritten);
  return SLUICE_OK;
}
static const sluice_manifest_table null_text = {(uint32_t)sizeof(sluice_manifest_table), 0, AcceptAll, PutNullText,
                                                NULL};

/* Endpoints with one route. */
static sluice_status Routes(void* self, sluice_route_sink out, sluice_error* error) {
  sluice_route route;
  (void)self, (void)error;
  memset(&route, 0, sizeof(route));
  route.struct_size = (uint32_t)sizeof(route);
  route.method.data = "GET", route.method.size = 3;
  route.path_template.data = "/{rest...}", route.path_template.size = 10;
  out.put(out.ctx, &route);
  return SLUICE_OK;
}
static sluice_status AnswerNothing(void* self, const sluice_call* call, size_t route, const sluice_request_head* head,
                                   sluice_bytes body, sluice_response_writer response, sluice_source_sink source,
                                   sluice_error* error) {
  (void)self, (void)call, (void)route, (void)head, (void)body, (void)response, (void)source, (void)error;
  return SLUICE_OK;
}
static sluice_status StartWithNullFields(void* self, const sluice_call* call, size_t route,
                                         const sluice_request_head* head, sluice_bytes body,
                                         sluice_response_writer response, sluice_source_sink source,
                                         sluice_error* error) {
  (void)self, (void)call, (void)route, (void)head, (void)body, (void)source;
  response.start(response.ctx, 200, NULL, 3, error);
  return SLUICE_OK;
}
static sluice_status PutNullChunk(void* self, const sluice_call* call, size_t route, const sluice_request_head* head,
                                  sluice_bytes body, sluice_response_writer response, sluice_source_sink source,
                                  sluice_error* error) {
  const sluice_bytes chunk = {NULL, 10};
  (void)self, (void)call, (void)route, (void)head, (void)body, (void)source;
  response.start(response.ctx, 200, NULL, 0, error);
  response.put(response.ctx, chunk);
  return SLUICE_OK;
}
static const sluice_endpoint_table silent = {(uint32_t)sizeof(sluice_endpoint_table), 0, Routes, AnswerNothing};
static const sluice_endpoint_table null_fields = {(uint32_t)sizeof(sluice_endpoint_table), 0, Routes,
                                                  StartWithNullFields};
static const sluice_endpoint_table null_chunk = {(uint32_t)sizeof(sluice_endpoint_table), 0, Routes, PutNullChunk};

/* Filters. */
static sluice_status SetNullName(void* self, const sluice_call* call, const sluice_request_head* head,
                                 sluice_head_edit edit, sluice_reply_sink reply, sluice_error* error) {
  const sluice_str name = {NULL, 4};
  const sluice_str value = {"x", 1};
  (void)self, (void)call, (void)head, (void)reply, (void)error;
  edit.set(edit.ctx, name, value);
  return SLUICE_OK;
}
static sluice_status SetNullNameOnResponse(void* self, const sluice_call* call, const sluice_response_head* head,
                                           sluice_head_edit edit, sluice_error* error) {
  const sluice_str name = {NULL, 4};
  const sluice_str value = {"x", 1};
  const sluice_str removed = {"Content-Type", 12};
  (void)self, (void)call, (void)head, (void)error;
  edit.remove(edit.ctx, removed);
  edit.set(edit.ctx, name, value);
  return SLUICE_OK;
}
static const sluice_filter_table null_name = {
    (uint32_t)sizeof(sluice_filter_table), 0, SetNullName, NULL, NULL, NULL, NULL, NULL, NULL, NULL};
static const sluice_filter_table null_name_late = {
    (uint32_t)sizeof(sluice_filter_table), 0, NULL, SetNullNameOnResponse, NULL, NULL, NULL, NULL, NULL, NULL};

#define COMPONENT(name, kind, type, table)           \
  static const sluice_component name##_component = { \
      (uint32_t)sizeof(sluice_component), 0, kind, type, "Hands null", "{\"type\": \"object\"}", table, Make, Unmake}
COMPONENT(no_source, SLUICE_RESOLVER_KIND, "no-source", &no_source);
COMPONENT(null_source, SLUICE_RESOLVER_KIND, "null-source", &null_source);
COMPONENT(null_url, SLUICE_RESOLVER_KIND, "null-url", &null_url);
COMPONENT(null_text, SLUICE_MANIFEST_KIND, "null-text", &null_text);
COMPONENT(silent, SLUICE_ENDPOINT_KIND, "silent", &silent);
COMPONENT(null_fields, SLUICE_ENDPOINT_KIND, "null-fields", &null_fields);
COMPONENT(null_chunk, SLUICE_ENDPOINT_KIND, "null-chunk", &null_chunk);
COMPONENT(null_name, SLUICE_FILTER_KIND, "null-name", &null_name);
COMPONENT(null_name_late, SLUICE_FILTER_KIND, "null-name-late", &null_name_late);

static const sluice_component* const null_components[] = {
    &no_source_component,   &null_source_component, &null_url_component,  &null_text_component,     &silent_component,
    &null_fields_component, &null_chunk_component,  &null_name_component, &null_name_late_component};
#include "plugin.h"
