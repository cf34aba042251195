// SPDX-License-Identifier: MIT
#include "indexes.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "common/isobmff/sidx.hpp"
#include "fetch_part.hpp"

namespace sluice::plugins::dash_to_hls {
namespace {

constexpr std::uint64_t kMaxIndexBytes = 1024 * 1024;
/// Where an index is looked for that the MPD says nothing of.
constexpr std::uint64_t kProbeBytes = 64 * 1024;
constexpr unsigned kMaxDepth = 4;
constexpr unsigned kMaxFetches = 64;
constexpr std::size_t kMaxSegments = 100'000;
constexpr std::chrono::seconds kKept = std::chrono::minutes(10);

sdk::Error Fault(std::string message) {
  return {.code = sdk::Errc::kUpstreamFailed, .message = "segment index: " + std::move(message)};
}

}  // namespace

sdk::Result<std::string> Indexes::Read(const std::string& url, mpd::ByteRange range) {
  if (range.length > kMaxIndexBytes) return Fault("longer than " + std::to_string(kMaxIndexBytes) + " octets");
  const auto place = std::to_string(range.offset) + "+" + std::to_string(range.length);
  const auto key = "index/" + host_.secrets().Fingerprint(scope_ + "\n" + url + "\n" + place);
  if (auto kept = host_.kv().Get(call_, key); kept && *kept) return std::move(**kept);
  if (++fetched_ > kMaxFetches) return Fault("more than " + std::to_string(kMaxFetches) + " of them");
  auto octets = FetchPart(references_, url, range, kMaxIndexBytes * 4, sdk::LinkKind::kData);
  if (!octets) return std::move(octets).error();
  // An index that cannot be kept is fetched again.
  if (!host_.kv().Put(call_, key, *octets, kKept))
    host_.Log(sdk::LogLevel::kDebug, "a segment index could not be kept");
  return octets;
}

sdk::Result<mpd::ByteRange> Indexes::Find(const std::string& url) {
  const auto front = Read(url, {0, kProbeBytes});
  if (!front) return front.error();
  const auto found = isobmff::FindIndex(sdk::AsBytes(*front));
  if (!found) return Fault("the MPD names none, and the file begins with none");
  return *found;
}

/// Indexes may refer to further ones, and wrong ones to themselves.
sdk::Status Indexes::Collect(const std::string& url, mpd::ByteRange range, unsigned depth, mpd::Track& track) {
  if (depth > kMaxDepth) return Fault("nested deeper than " + std::to_string(kMaxDepth));
  const auto octets = Read(url, range);
  if (!octets) return octets.error();
  const auto index = isobmff::ReadIndex(sdk::AsBytes(*octets), range.offset);
  if (!index) return index.error();
  if (depth == 0) track.offset = mpd::ToTicks(mpd::FromTicks(track.offset, track.timescale), index->timescale);
  track.timescale = index->timescale;
  for (const auto& entry : index->entries) {
    if (entry.is_index) {
      if (auto collected = Collect(url, entry.place, depth + 1, track); !collected) return collected;
      continue;
    }
    if (track.segments.size() >= kMaxSegments) return Fault("more than " + std::to_string(kMaxSegments) + " segments");
    track.segments.push_back(
        {.time = entry.time, .duration = entry.duration, .number = track.segments.size() + 1, .range = entry.place});
  }
  return sdk::Ok();
}

sdk::Status Indexes::Fill(mpd::Track& track, std::optional<mpd::Micros> duration) {
  const auto url = track.base_url;
  auto range = track.index;
  if (!range) {
    auto found = Find(url);
    if (!found) return std::move(found).error();
    range = *found;
  }
  if (!track.init) track.init = mpd::InitSection{.range = mpd::ByteRange{0, range->offset}};
  if (auto collected = Collect(url, *range, 0, track); !collected) return collected;
  // A file may hold more than the Period.
  const auto begin = track.offset;
  const auto length = duration ? mpd::ToTicks(*duration, track.timescale) : ~std::uint64_t{0};
  std::erase_if(track.segments, [&](const mpd::Segment& segment) {
    return segment.time + segment.duration <= begin || (segment.time >= begin && segment.time - begin >= length);
  });
  return sdk::Ok();
}

}  // namespace sluice::plugins::dash_to_hls
