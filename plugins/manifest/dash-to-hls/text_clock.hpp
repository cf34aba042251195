// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// TextClock: how the times of WebVTT lie on the clock of the pictures (RFC 8216bis §3.1.4).

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "manifest/common/mpd.hpp"

namespace sluice::plugins::dash_to_hls {

/// A cue's time counts from the presentationTimeOffset of its own set, and players of HLS take it for one of the media.
/// So what links to WebVTT say is where on the media's clock its zero lies.
class TextClock {
 public:
  explicit TextClock(mpd::Micros zero) : zero_(zero) {}

  /// \param text  a Representation of WebVTT in `period`. \returns  nothing: its times are the media's as they are.
  static std::optional<TextClock> Of(const mpd::Period& period, const mpd::Representation& text);

  /// What a link's note says.
  std::string Pack() const;
  static std::optional<TextClock> Unpack(std::string_view note);
  static bool IsOne(std::string_view note) noexcept;

  /// `text` with an X-TIMESTAMP-MAP in its header. As it is where it has one, and where it is no WebVTT: segments
  /// without cues may be empty.
  std::string Apply(std::string_view text) const;

 private:
  mpd::Micros zero_;
};

}  // namespace sluice::plugins::dash_to_hls
