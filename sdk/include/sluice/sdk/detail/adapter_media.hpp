// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// MediaBackend over a plugin's C table.

#include <sluice/abi/media.h>
#include <sluice/sdk/detail/adapter.hpp>
#include <sluice/sdk/detail/views.hpp>
#include <sluice/sdk/media.hpp>

namespace sluice::sdk::detail {

class MediaFromTable final : public MediaBackend {
 public:
  MediaFromTable(const sluice_component& component, void* self, CallObserver& observer)
      : target_(component, self, observer, "media") {}

  Status Browse(const Call& call, const Principal& who, std::string_view parent_id, MediaSink& sink) override {
    const PrincipalView principal(who);
    ManyFrame<MediaSink> frame(sink);
    return target_.Invoke("browse", &call.abi(), frame, [&](void* ctx, sluice_error* error) {
      return table().browse(self(), &call.abi(), principal.get(), Str(parent_id),
                            {ctx, &PutMany<MediaSink, MediaItem, sluice_media_item>}, error);
    });
  }
  Result<Source> Resolve(const Call& call, const Principal& who, std::string_view item_id,
                         std::string_view device_profile_json) override {
    const PrincipalView principal(who);
    OneFrame<Source> frame(true);
    return InvokeOne<Source>(target_, "resolve", call, frame, [&](void* ctx, sluice_error* error) {
      return table().resolve(self(), &call.abi(), principal.get(), Str(item_id), Str(device_profile_json),
                             {ctx, &PutOne<Source, sluice_source>}, error);
    });
  }
  Result<Source> ResolveChild(const Call& call, const Principal& who, const Child& child) override {
    if (table().resolve_child == nullptr) return MediaBackend::ResolveChild(call, who, child);
    const PrincipalView principal(who);
    const auto link = ToChild(child);
    OneFrame<Source> frame(true);
    return InvokeOne<Source>(target_, "resolve_child", call, frame, [&](void* ctx, sluice_error* error) {
      return table().resolve_child(self(), &call.abi(), principal.get(), &link, {ctx, &PutOne<Source, sluice_source>},
                                   error);
    });
  }
  Status Report(const Call& call, const Principal& who, std::string_view item_id, PlaybackEvent event,
                std::chrono::milliseconds position) override {
    const PrincipalView principal(who);
    Frame frame;
    return target_.Invoke("report", &call.abi(), frame, [&](void*, sluice_error* error) {
      return table().report(self(), &call.abi(), principal.get(), Str(item_id),
                            static_cast<sluice_playback_event>(event), position.count(), error);
    });
  }

 private:
  const sluice_media_table& table() const noexcept { return target_.table<sluice_media_table>(); }
  void* self() const noexcept { return target_.self(); }

  Target target_;
};

}  // namespace sluice::sdk::detail
