// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// MediaBackend as a C table.

#include <sluice/abi/media.h>
#include <sluice/sdk/detail/kinds.hpp>
#include <sluice/sdk/detail/views.hpp>
#include <sluice/sdk/media.hpp>

namespace sluice::sdk::detail {

class MediaSinkClient final : public MediaSink {
 public:
  explicit MediaSinkClient(sluice_media_sink sink) : sink_(sink) {}
  bool Put(const MediaItem& item) override {
    const sluice_media_item view{.struct_size = SizeOf<sluice_media_item>(),
                                 .reserved = 0,
                                 .id = Str(item.id),
                                 .title = Str(item.title),
                                 .kind = Str(item.kind),
                                 .duration_ms = item.duration.count()};
    return sink_.put(sink_.ctx, &view) == 0;
  }

 private:
  sluice_media_sink sink_;
};

template <>
struct Kind<MediaBackend> {
  static constexpr const char* id = SLUICE_MEDIA_KIND;

  static Status Put(Result<Source> source, sluice_source_sink out) {
    if (!source) return std::move(source).error();
    PutSource(*source, out);
    return Ok();
  }
  static PlaybackEvent Event(sluice_playback_event event) noexcept {
    return event > SLUICE_PLAYBACK_STOP ? PlaybackEvent::kProgress : static_cast<PlaybackEvent>(event);
  }

  static sluice_status Browse(void* self, const sluice_call* call, const sluice_principal* who, sluice_str parent_id,
                              sluice_media_sink out, sluice_error* error) noexcept {
    return Barrier(error, [&] {
      MediaSinkClient sink(out);
      return Self<MediaBackend>(self).Browse(Call(*call), FromPrincipal(*who), View(parent_id), sink);
    });
  }
  static sluice_status Resolve(void* self, const sluice_call* call, const sluice_principal* who, sluice_str item_id,
                               sluice_str device_profile, sluice_source_sink out, sluice_error* error) noexcept {
    return Barrier(error, [&] {
      return Put(
          Self<MediaBackend>(self).Resolve(Call(*call), FromPrincipal(*who), View(item_id), View(device_profile)), out);
    });
  }
  static sluice_status ResolveChild(void* self, const sluice_call* call, const sluice_principal* who,
                                    const sluice_child* child, sluice_source_sink out, sluice_error* error) noexcept {
    return Barrier(error, [&] {
      return Put(Self<MediaBackend>(self).ResolveChild(Call(*call), FromPrincipal(*who), FromChild(*child)), out);
    });
  }
  static sluice_status Report(void* self, const sluice_call* call, const sluice_principal* who, sluice_str item_id,
                              sluice_playback_event event, int64_t position_ms, sluice_error* error) noexcept {
    return Barrier(error, [&] {
      return Self<MediaBackend>(self).Report(Call(*call), FromPrincipal(*who), View(item_id), Event(event),
                                             std::chrono::milliseconds(position_ms));
    });
  }

  static constexpr sluice_media_table kTable{.struct_size = SizeOf<sluice_media_table>(),
                                             .reserved = 0,
                                             .browse = &Browse,
                                             .resolve = &Resolve,
                                             .resolve_child = &ResolveChild,
                                             .report = &Report};
};

}  // namespace sluice::sdk::detail
