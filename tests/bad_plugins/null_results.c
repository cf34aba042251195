/* SPDX-License-Identifier: MIT */
/* Breaks: calls answer OK and hand null, or nothing, where the host needs a value. One component type for each way. */
#define BAD_ID "org.example.null-results"
#define BAD_COMPONENTS null_components
#define BAD_COMPONENT_COUNT 18
#include <sluice/abi/endpoint.h>
#include <sluice/abi/filter.h>
#include <sluice/abi/manifest.h>
#include <sluice/abi/media.h>
#include <sluice/abi/plugin.h>
#include <sluice/abi/resolver.h>
#include <sluice/abi/store.h>
#include <stdio.h>
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

/* A resolver and a library that find the file, and nothing behind the links in it. */
static sluice_status PutFile(sluice_str path, sluice_source_sink out) {
  char url[4096];
  sluice_source source;
  memset(&source, 0, sizeof(source));
  source.struct_size = (uint32_t)sizeof(source);
  source.url.data = url;
  source.url.size = (size_t)snprintf(url, sizeof(url), "file://%.*s", (int)path.size, path.data);
  out.put(out.ctx, &source);
  return SLUICE_OK;
}
static sluice_status PutPath(void* self, const sluice_call* call, const sluice_request_head* head,
                             sluice_source_sink out, sluice_error* error) {
  (void)self, (void)call, (void)error;
  return PutFile(head->path, out);
}
static sluice_status PutNullForChild(void* self, const sluice_call* call, const sluice_request_head* head,
                                     const sluice_child* child, sluice_source_sink out, sluice_error* error) {
  (void)self, (void)call, (void)head, (void)child, (void)error;
  out.put(out.ctx, NULL);
  return SLUICE_OK;
}
static sluice_status PutItemPath(void* self, const sluice_call* call, const sluice_principal* who, sluice_str item,
                                 sluice_str profile, sluice_source_sink out, sluice_error* error) {
  (void)self, (void)call, (void)who, (void)profile, (void)error;
  return PutFile(item, out);
}
static sluice_status PutNothingForChild(void* self, const sluice_call* call, const sluice_principal* who,
                                        const sluice_child* child, sluice_source_sink out, sluice_error* error) {
  (void)self, (void)call, (void)who, (void)child, (void)out, (void)error;
  return SLUICE_OK;
}
static const sluice_resolver_table null_child = {(uint32_t)sizeof(sluice_resolver_table), 0, PutPath, PutNullForChild};

/* Libraries. */
static sluice_status BrowseNothing(void* self, const sluice_call* call, const sluice_principal* who, sluice_str parent,
                                   sluice_media_sink out, sluice_error* error) {
  (void)self, (void)call, (void)who, (void)parent, (void)out, (void)error;
  return SLUICE_OK;
}
static sluice_status PutNoMedia(void* self, const sluice_call* call, const sluice_principal* who, sluice_str item,
                                sluice_str profile, sluice_source_sink out, sluice_error* error) {
  (void)self, (void)call, (void)who, (void)item, (void)profile, (void)out, (void)error;
  return SLUICE_OK;
}
static sluice_status PutNullMedia(void* self, const sluice_call* call, const sluice_principal* who, sluice_str item,
                                  sluice_str profile, sluice_source_sink out, sluice_error* error) {
  (void)self, (void)call, (void)who, (void)item, (void)profile, (void)error;
  out.put(out.ctx, NULL);
  return SLUICE_OK;
}
static sluice_status ReportNothing(void* self, const sluice_call* call, const sluice_principal* who, sluice_str item,
                                   sluice_playback_event event, int64_t position_ms, sluice_error* error) {
  (void)self, (void)call, (void)who, (void)item, (void)event, (void)position_ms, (void)error;
  return SLUICE_OK;
}
#define MEDIA(name, resolve, resolve_child) \
  static const sluice_media_table name = {  \
      (uint32_t)sizeof(sluice_media_table), 0, BrowseNothing, resolve, resolve_child, ReportNothing}
MEDIA(no_media, PutNoMedia, NULL);
MEDIA(null_media, PutNullMedia, NULL);
MEDIA(no_child, PutItemPath, PutNothingForChild);

/* Stores. */
static sluice_status NoAccount(void* self, const sluice_call* call, const sluice_store_user* user,
                               sluice_account_sink out, sluice_error* error) {
  (void)self, (void)call, (void)user, (void)out, (void)error;
  return SLUICE_OK;
}
static void AnyTraits(void* self, sluice_store_traits* out) {
  (void)self;
  out->contents = 1;
}
static sluice_status CheckNothing(void* self, const sluice_call* call, const sluice_store_user* user,
                                  sluice_content content, const sluice_str* hashes, size_t hash_count,
                                  sluice_item_sink out, sluice_error* error) {
  (void)self, (void)call, (void)user, (void)content, (void)hashes, (void)hash_count, (void)out, (void)error;
  return SLUICE_OK;
}
static sluice_status GetNoItem(void* self, const sluice_call* call, const sluice_store_user* user, sluice_str id,
                               sluice_item_sink out, sluice_error* error) {
  (void)self, (void)call, (void)user, (void)id, (void)out, (void)error;
  return SLUICE_OK;
}
static sluice_status PutNoItem(void* self, const sluice_call* call, const sluice_store_user* user,
                               const sluice_store_order* order, sluice_item_sink out, sluice_error* error) {
  (void)self, (void)call, (void)user, (void)order, (void)out, (void)error;
  return SLUICE_OK;
}
static sluice_status PutNullItem(void* self, const sluice_call* call, const sluice_store_user* user,
                                 const sluice_store_order* order, sluice_item_sink out, sluice_error* error) {
  (void)self, (void)call, (void)user, (void)order, (void)error;
  out.put(out.ctx, NULL);
  return SLUICE_OK;
}
static void PutReadyItem(sluice_item_sink out, size_t file_count) {
  static const sluice_file file = {.id = {.data = "0", .size = 1}, .path = {.data = "a.mkv", .size = 5}};
  sluice_item item;
  memset(&item, 0, sizeof(item));
  item.struct_size = (uint32_t)sizeof(item);
  item.state = SLUICE_ITEM_READY;
  item.id.data = "item", item.id.size = 4;
  item.files = file_count == 1 ? &file : NULL;
  item.file_count = file_count;
  out.put(out.ctx, &item);
}
static sluice_status PutNullFiles(void* self, const sluice_call* call, const sluice_store_user* user,
                                  const sluice_store_order* order, sluice_item_sink out, sluice_error* error) {
  (void)self, (void)call, (void)user, (void)order, (void)error;
  PutReadyItem(out, 3);
  return SLUICE_OK;
}
static sluice_status PutItem(void* self, const sluice_call* call, const sluice_store_user* user,
                             const sluice_store_order* order, sluice_item_sink out, sluice_error* error) {
  (void)self, (void)call, (void)user, (void)order, (void)error;
  PutReadyItem(out, 1);
  return SLUICE_OK;
}
static sluice_status ListNothing(void* self, const sluice_call* call, const sluice_store_user* user,
                                 const sluice_store_page* page, sluice_item_sink out, uint64_t* total,
                                 sluice_error* error) {
  (void)self, (void)call, (void)user, (void)page, (void)out, (void)total, (void)error;
  return SLUICE_OK;
}
static sluice_status RemoveNothing(void* self, const sluice_call* call, const sluice_store_user* user, sluice_str id,
                                   sluice_error* error) {
  (void)self, (void)call, (void)user, (void)id, (void)error;
  return SLUICE_OK;
}
static sluice_status PutNoLink(void* self, const sluice_call* call, const sluice_store_user* user, sluice_str id,
                               sluice_str file, sluice_source_sink out, sluice_error* error) {
  (void)self, (void)call, (void)user, (void)id, (void)file, (void)out, (void)error;
  return SLUICE_OK;
}
static sluice_status PutNullLink(void* self, const sluice_call* call, const sluice_store_user* user, sluice_str id,
                                 sluice_str file, sluice_source_sink out, sluice_error* error) {
  (void)self, (void)call, (void)user, (void)id, (void)file, (void)error;
  out.put(out.ctx, NULL);
  return SLUICE_OK;
}
#define STORE(name, add, link)                                                  \
  static const sluice_store_table name = {(uint32_t)sizeof(sluice_store_table), \
                                          0,                                    \
                                          AnyTraits,                            \
                                          NoAccount,                            \
                                          CheckNothing,                         \
                                          add,                                  \
                                          GetNoItem,                            \
                                          ListNothing,                          \
                                          RemoveNothing,                        \
                                          link}
STORE(no_item, PutNoItem, PutNoLink);
STORE(null_item, PutNullItem, PutNoLink);
STORE(null_files, PutNullFiles, PutNoLink);
STORE(no_link, PutItem, PutNoLink);
STORE(null_link, PutItem, PutNullLink);

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
                                                NULL, NULL};

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

#define COMPONENT(name, kind, type, table)                                              \
  static const sluice_component name##_component = {(uint32_t)sizeof(sluice_component), \
                                                    0,                                  \
                                                    kind,                               \
                                                    type,                               \
                                                    "Hands null",                       \
                                                    "{\"type\": \"object\"}",           \
                                                    table,                              \
                                                    Make,                               \
                                                    Unmake,                             \
                                                    NULL,                               \
                                                    0,                                  \
                                                    NULL,                               \
                                                    0}
COMPONENT(no_source, SLUICE_RESOLVER_KIND, "no-source", &no_source);
COMPONENT(null_source, SLUICE_RESOLVER_KIND, "null-source", &null_source);
COMPONENT(null_url, SLUICE_RESOLVER_KIND, "null-url", &null_url);
COMPONENT(null_child, SLUICE_RESOLVER_KIND, "null-child", &null_child);
COMPONENT(no_media, SLUICE_MEDIA_KIND, "no-media", &no_media);
COMPONENT(null_media, SLUICE_MEDIA_KIND, "null-media", &null_media);
COMPONENT(no_child, SLUICE_MEDIA_KIND, "no-child", &no_child);
COMPONENT(no_item, SLUICE_STORE_KIND, "no-item", &no_item);
COMPONENT(null_item, SLUICE_STORE_KIND, "null-item", &null_item);
COMPONENT(null_files, SLUICE_STORE_KIND, "null-files", &null_files);
COMPONENT(no_link, SLUICE_STORE_KIND, "no-link", &no_link);
COMPONENT(null_link, SLUICE_STORE_KIND, "null-link", &null_link);
COMPONENT(null_text, SLUICE_MANIFEST_KIND, "null-text", &null_text);
COMPONENT(silent, SLUICE_ENDPOINT_KIND, "silent", &silent);
COMPONENT(null_fields, SLUICE_ENDPOINT_KIND, "null-fields", &null_fields);
COMPONENT(null_chunk, SLUICE_ENDPOINT_KIND, "null-chunk", &null_chunk);
COMPONENT(null_name, SLUICE_FILTER_KIND, "null-name", &null_name);
COMPONENT(null_name_late, SLUICE_FILTER_KIND, "null-name-late", &null_name_late);

static const sluice_component* const null_components[] = {
    &no_source_component, &null_source_component,   &null_url_component,    &null_child_component,
    &no_media_component,  &null_media_component,    &no_child_component,    &no_item_component,
    &null_item_component, &null_files_component,    &no_link_component,     &null_link_component,
    &null_text_component, &silent_component,        &null_fields_component, &null_chunk_component,
    &null_name_component, &null_name_late_component};
#include "plugin.h"
