// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Track: the segments of one Representation in one Period (ISO/IEC 23009-1 §5.3.9).

#include <sluice/sdk/result.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "manifest/common/addressing.hpp"
#include "manifest/common/init_section.hpp"
#include "manifest/common/mpd.hpp"

namespace sluice::plugins::mpd {

struct Segment {
  std::uint64_t time = 0;      ///< On the media's own clock, in ticks.
  std::uint64_t duration = 0;  ///< In ticks.
  std::uint64_t number = 0;
  std::string reference{};  ///< Of a SegmentList: where it lies. Empty: the template says so, or it is the base URL.
  std::optional<ByteRange> range{};
  bool is_gap = false;  ///< There is none: the timeline has a hole of this length.
};

struct Track {
  Addressing addressing = Addressing::kBase;
  std::uint64_t timescale = 1;
  std::uint64_t offset = 0;  ///< presentationTimeOffset: the tick at which the Period begins.
  std::string base_url{};
  std::string media{};  ///< The URL template, with the Representation's own values in it. Empty: none.
  std::optional<InitSection> init{};
  std::optional<ByteRange> index{};  ///< Of kBase: where the index lies, if the MPD says so.
  std::vector<Segment> segments{};   ///< Of kBase: none; the index knows them.
};

/// Which part of a Period is wanted.
struct Extent {
  std::optional<Micros> duration{};  ///< Of the Period.
  bool dynamic = false;
  Micros until{};                  ///< Dynamic: segments that end later are not there yet. From the Period's start.
  std::optional<Micros> buffer{};  ///< Dynamic: how much of what was before that is still there.
  std::size_t max_segments = 100'000;
};

/// \returns  kUpstreamFailed for what gives no list of segments: no duration, numbers that do not fit, too many.
sdk::Result<Track> ReadTrack(const Representation& representation, const Extent& extent);

}  // namespace sluice::plugins::mpd
