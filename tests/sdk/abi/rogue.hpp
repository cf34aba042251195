// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// A plugin that breaks the rules of the boundary, as C tables whose functions do what a test says.

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>

#include "tests/sdk/abi/through.hpp"

namespace sluice::sdk::abi_test {

/// A plugin that breaks rules: each C function runs what the test put here.
struct Rogue {
  std::function<sluice_status(sluice_item_sink, sluice_error*)> get;
  std::function<sluice_status(sluice_source_sink, sluice_error*)> resolve;
  std::function<sluice_status(sluice_response_writer, sluice_source_sink, sluice_error*)> handle;
  std::function<sluice_status(sluice_route_sink, sluice_error*)> routes;
  std::function<sluice_status(sluice_link_minter, sluice_rewritten_manifest_sink)> rewrite;
  const sluice_manifest* manifest = nullptr;  ///< Of the last `rewrite`.
  sluice_destination destination{};           ///< What `follow` puts.
  sluice_manifest_finding finding{};          ///< What `check` puts.
  std::function<sluice_status(sluice_head_edit, sluice_reply_sink, sluice_error*)> on_request;
  std::function<sluice_status(sluice_byte_sink)> body_write;
  int destroyed = 0;
  int closed = 0;
};

inline Rogue& Of(void* self) { return *static_cast<Rogue*>(self); }

inline const sluice_store_table kStore{
    .struct_size = sizeof(sluice_store_table),
    .reserved = 0,
    .traits = nullptr,
    .get_account = nullptr,
    .check = [](void* self, const sluice_call*, const sluice_store_user*, sluice_content, const sluice_str*, size_t,
                sluice_item_sink out, sluice_error* error) { return Of(self).get(out, error); },
    .add = nullptr,
    .get = [](void* self, const sluice_call*, const sluice_store_user*, sluice_str, sluice_item_sink out,
              sluice_error* error) { return Of(self).get(out, error); },
    .list = nullptr,
    .remove = nullptr,
    .link = nullptr};
inline const sluice_resolver_table kResolver{
    .struct_size = sizeof(sluice_resolver_table),
    .reserved = 0,
    .resolve = [](void* self, const sluice_call*, const sluice_request_head*, sluice_source_sink out,
                  sluice_error* error) { return Of(self).resolve(out, error); },
    .resolve_child = nullptr};
inline const sluice_endpoint_table kEndpoint{
    .struct_size = sizeof(sluice_endpoint_table),
    .reserved = 0,
    .routes = [](void* self, sluice_route_sink out, sluice_error* error) -> sluice_status {
      return Of(self).routes ? Of(self).routes(out, error) : static_cast<sluice_status>(SLUICE_OK);
    },
    .handle = [](void* self, const sluice_call*, size_t, const sluice_request_head*, sluice_bytes,
                 sluice_response_writer response, sluice_source_sink source,
                 sluice_error* error) { return Of(self).handle(response, source, error); }};
inline const sluice_manifest_table kManifest{
    .struct_size = sizeof(sluice_manifest_table),
    .reserved = 0,
    .accepts = [](void*, const sluice_manifest_probe*) -> uint32_t { throw 1; },
    .rewrite =
        [](void* self, const sluice_call*, const sluice_manifest* manifest, sluice_link_minter links,
           sluice_rewritten_manifest_sink out, sluice_error*) {
          Of(self).manifest = manifest;
          return Of(self).rewrite(links, out);
        },
    .follow = nullptr,
    .check = nullptr};
inline const sluice_manifest_table kFollowing{
    .struct_size = sizeof(sluice_manifest_table),
    .reserved = 0,
    .accepts = kManifest.accepts,
    .rewrite = kManifest.rewrite,
    .follow = [](void* self, const sluice_call*, const sluice_followed*, sluice_destination_sink out,
                 sluice_error*) -> sluice_status {
      out.put(out.ctx, &Of(self).destination);
      return SLUICE_OK;
    },
    .check = [](void* self, const sluice_call*, const sluice_manifest*, sluice_manifest_finding_sink out,
                sluice_error*) -> sluice_status {
      out.put(out.ctx, &Of(self).finding);
      return SLUICE_OK;
    }};
inline const sluice_filter_table kFilter{
    .struct_size = sizeof(sluice_filter_table),
    .reserved = 0,
    .on_request = [](void* self, const sluice_call*, const sluice_request_head*, sluice_head_edit edit,
                     sluice_reply_sink reply, sluice_error* error) { return Of(self).on_request(edit, reply, error); },
    .on_response = nullptr,
    .body_open = [](void* self, const sluice_call*, const sluice_response_head*, void** stream,
                    sluice_error*) -> sluice_status {
      *stream = self;
      return SLUICE_OK;
    },
    .body_write = [](void* stream, const sluice_call* call, sluice_bytes, sluice_byte_sink next,
                     sluice_error*) -> sluice_status {
      EXPECT_EQ(detail::View(call->request_id), "r-1");
      EXPECT_EQ(call->cancelled(call), 0U);
      return Of(stream).body_write(next);
    },
    .body_finish = nullptr,
    .body_close = [](void* stream) { ++Of(stream).closed; },
    .length_preserving = nullptr,
    .body_open_for = nullptr};
inline const sluice_filter_table kNoFilter{.struct_size = sizeof(sluice_filter_table),
                                           .reserved = 0,
                                           .on_request = nullptr,
                                           .on_response = nullptr,
                                           .body_open = nullptr,
                                           .body_write = nullptr,
                                           .body_finish = nullptr,
                                           .body_close = nullptr,
                                           .length_preserving = nullptr,
                                           .body_open_for = nullptr};

inline sluice_component RogueComponent(const void* table) {
  return {.struct_size = sizeof(sluice_component),
          .reserved = 0,
          .kind = "",
          .type = "rogue",
          .summary = "",
          .config_schema = "{}",
          .table = table,
          .create = nullptr,
          .destroy = [](void* self) { ++Of(self).destroyed; },
          .migrations = nullptr,
          .migration_count = 0,
          .sealed_columns = nullptr,
          .sealed_column_count = 0};
}

class GarbageTest : public ::testing::Test {
 protected:
  template <typename Interface>
  std::unique_ptr<Interface> Make(const void* table) {
    component_ = RogueComponent(table);
    auto adapted = detail::Adapt<Interface>(component_, &rogue_, observer_);
    return adapted ? std::move(*adapted) : nullptr;
  }
  /// What comes of a `get` that does `what`.
  std::string Get(std::function<sluice_status(sluice_item_sink, sluice_error*)> what) {
    rogue_.get = std::move(what);
    auto item = Make<Store>(&kStore)->Get(call_, {}, "id");
    return item ? "item " + item->id : Text(item.error());
  }
  std::string Resolve(const sluice_source& source) {
    rogue_.resolve = [&](sluice_source_sink out, sluice_error*) -> sluice_status {
      out.put(out.ctx, &source);
      return SLUICE_OK;
    };
    auto answer = Make<Resolver>(&kResolver)->Resolve(call_, {});
    return answer ? "source " + answer->url : Text(answer.error());
  }
  static std::string Text(const Error& error) {
    return std::to_string(static_cast<unsigned>(error.code)) + " " + error.message;
  }
  static sluice_item Item() {
    sluice_item item{};
    item.struct_size = sizeof(item);
    item.id = detail::Str("i1");
    return item;
  }
  static sluice_source Source() {
    sluice_source source{};
    source.struct_size = sizeof(source);
    source.url = detail::Str("https://o.example/");
    return source;
  }

  Rogue rogue_;
  RecordingObserver observer_;
  sluice_component component_{};
  const Call call_{RequestCall()};
  std::ostringstream got_;
  Taker taker_{got_};
};

}  // namespace sluice::sdk::abi_test
