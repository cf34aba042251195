// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Renditions: what of an MPD HLS can say, and how one is found again in every Period and after every reload.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "manifest/common/mpd.hpp"

namespace sluice::plugins::dash_to_hls {

enum class RenditionType : char { kVideo = 'v', kAudio = 'a', kSubtitles = 's', kIFrames = 'i' };

/// What a link to a media playlist says. Periods come and go, and with them ids: it describes what is wanted.
struct Wanted {
  RenditionType type = RenditionType::kVideo;
  std::string representation_id{};
  std::uint64_t bandwidth = 0;
  std::string family{};  ///< Of codecs: "avc", "hevc", "aac"; only such follow one another in a playlist.
  std::string language{};
  std::string role{};
  std::string label{};
  /// Names the MPD as it was first asked for: what a reload is redirected to may be called otherwise each time.
  std::string presentation{};

  std::string Pack() const;
  static std::optional<Wanted> Unpack(std::string_view note);
  static bool IsOne(std::string_view note) noexcept;
};

/// A Representation that HLS can say something of.
struct Rendition {
  const mpd::AdaptationSet* set = nullptr;
  const mpd::Representation* representation = nullptr;
  RenditionType type = RenditionType::kVideo;
};

/// "avc" for "avc1.64001f"; the name itself for what is not known.
std::string CodecFamily(std::string_view codecs);
/// Whether codecs of both pictures and sound stand in `codecs`.
bool IsMuxed(std::string_view codecs);

/// Every Representation of a Period that HLS can express: in MP4 or WebVTT, with no property that has to be understood
/// and is not. \param decrypted  whether somebody decrypts, so that every scheme will do.
std::vector<Rendition> RenditionsOf(const mpd::Period& period, bool decrypted);

Wanted Describe(const Rendition& rendition);

/// The one of `renditions` that comes closest; nothing: none is of that type and language.
std::optional<Rendition> Find(const std::vector<Rendition>& renditions, const Wanted& wanted);

}  // namespace sluice::plugins::dash_to_hls
