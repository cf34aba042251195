// SPDX-License-Identifier: MIT
// Breaks: calls throw. One component of type "throws" for each kind that a step can call, but for auth
// (call_throws.cpp), and some that throw later.
#include <sluice/abi/endpoint.h>
#include <sluice/abi/filter.h>
#include <sluice/abi/manifest.h>
#include <sluice/abi/media.h>
#include <sluice/abi/plugin.h>
#include <sluice/abi/resolver.h>
#include <sluice/abi/store.h>

#include <stdexcept>
#include <string>

namespace {

[[noreturn]] void Throw(const char* where) { throw std::runtime_error(where); }

template <typename T>
constexpr std::uint32_t kSize = sizeof(T);

sluice_status Routes(void*, sluice_route_sink out, sluice_error*) {
  sluice_route route{};
  route.struct_size = kSize<sluice_route>;
  route.method = {"GET", 3};
  route.path_template = {"/{rest...}", 10};
  out.put(out.ctx, &route);
  return SLUICE_OK;
}

sluice_status PutFile(sluice_str path, sluice_source_sink out) {
  const auto url = "file://" + std::string(path.data, path.size);
  sluice_source source{};
  source.struct_size = kSize<sluice_source>;
  source.url = {url.data(), url.size()};
  out.put(out.ctx, &source);
  return SLUICE_OK;
}

sluice_status PutItem(void*, const sluice_call*, const sluice_store_user*, const sluice_store_order*,
                      sluice_item_sink out, sluice_error*) {
  static constexpr sluice_file kFile = {0, 0, {"0", 1}, {"a.mkv", 5}, 0, {}};
  sluice_item item{};
  item.struct_size = kSize<sluice_item>;
  item.state = SLUICE_ITEM_READY;
  item.id = {"item", 4};
  item.files = &kFile;
  item.file_count = 1;
  out.put(out.ctx, &item);
  return SLUICE_OK;
}

constexpr sluice_resolver_table kResolver = {
    kSize<sluice_resolver_table>, 0,
    [](void*, const sluice_call*, const sluice_request_head*, sluice_source_sink, sluice_error*) -> sluice_status {
      Throw("thrown by resolve");
    },
    nullptr};
constexpr sluice_resolver_table kResolverOfChildren = {
    kSize<sluice_resolver_table>, 0,
    [](void*, const sluice_call*, const sluice_request_head* head, sluice_source_sink out,
       sluice_error*) -> sluice_status { return PutFile(head->path, out); },
    [](auto...) -> sluice_status { Throw("thrown by resolve_child"); }};
constexpr sluice_media_table kMedia = {kSize<sluice_media_table>,
                                       0,
                                       [](auto...) -> sluice_status { Throw("thrown by browse"); },
                                       [](auto...) -> sluice_status { Throw("thrown by resolve"); },
                                       [](auto...) -> sluice_status { Throw("thrown by resolve_child"); },
                                       [](auto...) -> sluice_status { Throw("thrown by report"); }};
constexpr sluice_media_table kMediaOfChildren = {
    kSize<sluice_media_table>,
    0,
    kMedia.browse,
    [](void*, const sluice_call*, const sluice_principal*, sluice_str item, sluice_str, sluice_source_sink out,
       sluice_error*) -> sluice_status { return PutFile(item, out); },
    kMedia.resolve_child,
    kMedia.report};
constexpr sluice_store_table kStore = {kSize<sluice_store_table>,
                                       0,
                                       [](void*, sluice_store_traits*) {},
                                       [](auto...) -> sluice_status { Throw("thrown by get_account"); },
                                       [](auto...) -> sluice_status { Throw("thrown by check"); },
                                       [](auto...) -> sluice_status { Throw("thrown by add"); },
                                       [](auto...) -> sluice_status { Throw("thrown by get"); },
                                       [](auto...) -> sluice_status { Throw("thrown by list"); },
                                       [](auto...) -> sluice_status { Throw("thrown by remove"); },
                                       [](auto...) -> sluice_status { Throw("thrown by link"); }};
constexpr sluice_store_table kStoreOfItems = {kSize<sluice_store_table>,
                                              0,
                                              kStore.traits,
                                              kStore.get_account,
                                              kStore.check,
                                              PutItem,
                                              kStore.get,
                                              kStore.list,
                                              kStore.remove,
                                              kStore.link};
constexpr sluice_manifest_table kManifest = {
    kSize<sluice_manifest_table>,
    0,
    [](void*, const sluice_manifest_probe*) -> std::uint32_t { return 1; },
    [](void*, const sluice_call*, const sluice_manifest*, sluice_link_minter, sluice_rewritten_manifest_sink,
       sluice_error*) -> sluice_status { Throw("thrown by rewrite"); },
    [](void*, const sluice_call*, const sluice_followed*, sluice_destination_sink, sluice_error*) -> sluice_status {
      Throw("thrown by follow");
    },
    [](void*, const sluice_call*, const sluice_manifest*, sluice_manifest_finding_sink,
       sluice_error*) -> sluice_status { Throw("thrown by check"); }};
constexpr sluice_manifest_table kUndecided = {
    kSize<sluice_manifest_table>,
    0,
    [](void*, const sluice_manifest_probe*) -> std::uint32_t { Throw("thrown by accepts"); },
    kManifest.rewrite,
    nullptr,
    nullptr};
constexpr sluice_endpoint_table kEndpoint = {
    kSize<sluice_endpoint_table>, 0, Routes,
    [](void*, const sluice_call*, size_t, const sluice_request_head*, sluice_bytes, sluice_response_writer,
       sluice_source_sink, sluice_error*) -> sluice_status { Throw("thrown by handle"); }};
constexpr sluice_filter_table kFilter = {
    kSize<sluice_filter_table>,
    0,
    [](void*, const sluice_call*, const sluice_request_head*, sluice_head_edit, sluice_reply_sink,
       sluice_error*) -> sluice_status { Throw("thrown by on_request"); },
    nullptr,
    nullptr,
    nullptr,
    nullptr,
    nullptr,
    nullptr,
    nullptr};
constexpr sluice_filter_table kLateFilter = {
    kSize<sluice_filter_table>,
    0,
    nullptr,
    [](void*, const sluice_call*, const sluice_response_head*, sluice_head_edit edit, sluice_error*) -> sluice_status {
      edit.remove(edit.ctx, {"Content-Type", 12});
      Throw("thrown by on_response");
    },
    nullptr,
    nullptr,
    nullptr,
    nullptr,
    nullptr,
    nullptr};
constexpr sluice_filter_table kBodyFilter = {
    kSize<sluice_filter_table>,
    0,
    nullptr,
    nullptr,
    [](void* self, const sluice_call*, const sluice_response_head*, void** stream, sluice_error*) -> sluice_status {
      *stream = self;
      return SLUICE_OK;
    },
    [](void*, const sluice_call*, sluice_bytes, sluice_byte_sink, sluice_error*) -> sluice_status {
      Throw("thrown by body_write");
    },
    [](void*, const sluice_call*, sluice_byte_sink, sluice_error*) -> sluice_status { return SLUICE_OK; },
    [](void*) {},
    nullptr,
    nullptr};

int self_of_all;

constexpr sluice_component Component(const char* kind, const char* type, const void* table) {
  return {kSize<sluice_component>,
          0,
          kind,
          type,
          "Throws",
          R"({"type": "object"})",
          table,
          [](const sluice_host*, sluice_str, const sluice_config*, void** out, sluice_error*) -> sluice_status {
            *out = &self_of_all;
            return SLUICE_OK;
          },
          [](void*) {},
          nullptr,
          0,
          nullptr,
          0};
}
constexpr sluice_component kComponents[] = {Component(SLUICE_RESOLVER_KIND, "throws", &kResolver),
                                            Component(SLUICE_MANIFEST_KIND, "throws", &kManifest),
                                            Component(SLUICE_MANIFEST_KIND, "throws-undecided", &kUndecided),
                                            Component(SLUICE_ENDPOINT_KIND, "throws", &kEndpoint),
                                            Component(SLUICE_FILTER_KIND, "throws", &kFilter),
                                            Component(SLUICE_FILTER_KIND, "throws-late", &kLateFilter),
                                            Component(SLUICE_FILTER_KIND, "throws-in-body", &kBodyFilter),
                                            Component(SLUICE_RESOLVER_KIND, "throws-in-child", &kResolverOfChildren),
                                            Component(SLUICE_MEDIA_KIND, "throws", &kMedia),
                                            Component(SLUICE_MEDIA_KIND, "throws-in-child", &kMediaOfChildren),
                                            Component(SLUICE_STORE_KIND, "throws", &kStore),
                                            Component(SLUICE_STORE_KIND, "throws-in-link", &kStoreOfItems)};
const sluice_component* const kThrowing[] = {&kComponents[0], &kComponents[1], &kComponents[2],  &kComponents[3],
                                             &kComponents[4], &kComponents[5], &kComponents[6],  &kComponents[7],
                                             &kComponents[8], &kComponents[9], &kComponents[10], &kComponents[11]};

}  // namespace

#define BAD_ID "org.example.throws"
#define BAD_COMPONENTS kThrowing
#define BAD_COMPONENT_COUNT 12
#include "plugin.h"
