// SPDX-License-Identifier: MIT
// Breaks: calls throw. One component for each kind that a step can call, all of type "throws".
#include <sluice/abi/endpoint.h>
#include <sluice/abi/filter.h>
#include <sluice/abi/manifest.h>
#include <sluice/abi/plugin.h>
#include <sluice/abi/resolver.h>

#include <stdexcept>

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

constexpr sluice_resolver_table kResolver = {
    kSize<sluice_resolver_table>, 0,
    [](void*, const sluice_call*, const sluice_request_head*, sluice_source_sink, sluice_error*) -> sluice_status {
      Throw("thrown by resolve");
    },
    nullptr};
constexpr sluice_manifest_table kManifest = {
    kSize<sluice_manifest_table>, 0, [](void*, const sluice_manifest_probe*) -> std::uint32_t { return 1; },
    [](void*, const sluice_call*, const sluice_manifest*, sluice_link_minter, sluice_rewritten_manifest_sink,
       sluice_error*) -> sluice_status { Throw("thrown by rewrite"); },
    [](void*, const sluice_call*, const sluice_followed*, sluice_destination_sink, sluice_error*) -> sluice_status {
      Throw("thrown by follow");
    }};
constexpr sluice_manifest_table kUndecided = {
    kSize<sluice_manifest_table>, 0,
    [](void*, const sluice_manifest_probe*) -> std::uint32_t { Throw("thrown by accepts"); }, kManifest.rewrite,
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
          [](void*) {}};
}
constexpr sluice_component kComponents[] = {Component(SLUICE_RESOLVER_KIND, "throws", &kResolver),
                                            Component(SLUICE_MANIFEST_KIND, "throws", &kManifest),
                                            Component(SLUICE_MANIFEST_KIND, "throws-undecided", &kUndecided),
                                            Component(SLUICE_ENDPOINT_KIND, "throws", &kEndpoint),
                                            Component(SLUICE_FILTER_KIND, "throws", &kFilter),
                                            Component(SLUICE_FILTER_KIND, "throws-late", &kLateFilter),
                                            Component(SLUICE_FILTER_KIND, "throws-in-body", &kBodyFilter)};
const sluice_component* const kThrowing[] = {&kComponents[0], &kComponents[1], &kComponents[2], &kComponents[3],
                                             &kComponents[4], &kComponents[5], &kComponents[6]};

}  // namespace

#define BAD_ID "org.example.throws"
#define BAD_COMPONENTS kThrowing
#define BAD_COMPONENT_COUNT 7
#include "plugin.h"
