// SPDX-License-Identifier: MIT
#include "manifest/common/track.hpp"

#include <algorithm>
#include <limits>
#include <sluice/sdk/url_template.hpp>

namespace sluice::plugins::mpd {
namespace {

constexpr auto kMost = std::numeric_limits<std::uint64_t>::max();
/// Segments of a timeline that are looked at, wanted or not.
constexpr std::size_t kMaxSteps = 1'000'000;

sdk::Error Fault(const Representation& representation, const std::string& message) {
  return {.code = sdk::Errc::kUpstreamFailed,
          .message = "Representation " + representation.id.substr(0, 64) + ": " + message};
}

/// Sums that stop at the largest number there is.
std::uint64_t Sum(std::uint64_t a, std::uint64_t b) { return a > kMost - b ? kMost : a + b; }

/// Lists the segments of one track. Used once.
class SegmentLister {
 public:
  SegmentLister(const SegmentInfo& info, const Extent& extent, Track& track)
      : info_(info), extent_(extent), track_(track), end_(EndOfPeriod()) {
    ReadNumber(info.Value("startNumber"), number_);
    ReadNumber(info.Value("endNumber"), last_number_);
  }

  /// \returns  empty, or what is wrong.
  std::string List() {
    if (const auto timeline = info_.Child("SegmentTimeline")) return ListTimeline(timeline);
    std::uint64_t duration = 0;
    const bool has_duration = ReadNumber(info_.Value("duration"), duration) && duration > 0;
    if (track_.addressing == Addressing::kList) return ListUrls(duration);
    if (has_duration) return ListByDuration(duration);
    if (end_ == kMost) return "want a duration of segments, or of the Period";
    track_.segments.push_back({.time = track_.offset, .duration = end_ - track_.offset, .number = number_});
    return {};
  }

 private:
  /// In ticks; kMost: it goes on.
  std::uint64_t EndOfPeriod() const {
    return extent_.duration ? Sum(track_.offset, ToTicks(*extent_.duration, track_.timescale)) : kMost;
  }

  std::string ListByDuration(std::uint64_t duration) {
    std::uint64_t first = 0;
    std::uint64_t count = 0;
    if (extent_.dynamic) {
      const auto until = std::min(ToTicks(extent_.until, track_.timescale), end_ - track_.offset);
      count = until / duration;
      if (until == end_ - track_.offset) count += until % duration > 0 ? 1 : 0;
      if (extent_.buffer) first = (until - std::min(until, ToTicks(*extent_.buffer, track_.timescale))) / duration;
      first = std::max(first, count - std::min<std::uint64_t>(count, extent_.max_segments));
    } else {
      if (end_ == kMost) return "want a duration of the Period";
      count = (end_ - track_.offset) / duration + ((end_ - track_.offset) % duration > 0 ? 1 : 0);
    }
    for (auto k = first; k < count && number_ <= last_number_ && k <= last_number_ - number_; ++k) {
      const auto time = k * duration + track_.offset;
      if (!Put({.time = time, .duration = std::min(duration, end_ - time), .number = number_ + k})) return TooMany();
    }
    return {};
  }

  std::string ListUrls(std::uint64_t duration) {
    const auto urls = Urls();
    if (duration == 0 && urls.size() == 1 && end_ != kMost) duration = end_ - track_.offset;
    if (duration == 0 && !urls.empty()) return "want a duration of the segments";
    if (!urls.empty() && duration > kMost / urls.size()) return "want shorter segments";
    for (std::size_t i = 0; i < urls.size(); ++i) {
      const auto time = Sum(track_.offset, duration * i);
      if (time >= end_) break;
      Segment segment{.time = time, .duration = std::min(duration, end_ - time), .number = number_ + i};
      FillIn(urls[i], segment);
      if (!Put(std::move(segment))) return TooMany();
    }
    return {};
  }

  std::vector<pugi::xml_node> Urls() const { return ChildrenOf(info_.Child("SegmentURL").parent(), "SegmentURL"); }

  static void FillIn(pugi::xml_node url, Segment& segment) {
    segment.reference = ValueOf(url, "media");
    segment.range = ReadRange(ValueOf(url, "mediaRange"));
  }

  std::string ListTimeline(pugi::xml_node timeline) {
    const bool listed = track_.addressing == Addressing::kList;
    const auto urls = listed ? Urls() : std::vector<pugi::xml_node>();
    std::uint64_t time = 0;
    std::uint64_t index = 0;
    for (auto node = timeline.first_child(); node; node = node.next_sibling()) {
      if (!IsElement(node, "S")) continue;
      std::uint64_t duration = 0;
      if (!ReadNumber(ValueOf(node, "d"), duration) || duration == 0) return "want a duration of each S";
      ReadNumber(ValueOf(node, "t"), time);
      if (std::uint64_t number = 0; ReadNumber(ValueOf(node, "n"), number)) index = number - std::min(number, number_);
      const auto end = RunEnd(node, time, duration);
      if (end == kMost) return "want an end of the SegmentTimeline";
      for (; time < end; time = Sum(time, duration), ++index) {
        if (time >= end_ || (listed && index >= urls.size())) return Trim();
        if (++steps_ > kMaxSteps) return TooMany();
        Segment segment{.time = time, .duration = duration, .number = Sum(number_, index)};
        if (listed) FillIn(urls[index], segment);
        if (!Put(std::move(segment))) return TooMany();
      }
    }
    return Trim();
  }

  /// Where the segments end that an S stands for.
  std::uint64_t RunEnd(pugi::xml_node node, std::uint64_t time, std::uint64_t duration) const {
    const auto repeat = ValueOf(node, "r");
    std::uint64_t more = 0;
    if (!repeat.starts_with('-')) {
      ReadNumber(repeat, more);
      return more > (kMost - 1 - std::min(time, kMost - 1)) / duration ? kMost - 1 : Sum(time, duration * (more + 1));
    }
    for (auto next = node.next_sibling(); next; next = next.next_sibling()) {
      std::uint64_t begin = 0;
      if (!IsElement(next, "S")) continue;
      if (ReadNumber(ValueOf(next, "t"), begin)) return begin;
      break;
    }
    if (!extent_.dynamic || end_ != kMost) return end_;
    const auto until = Sum(track_.offset, ToTicks(extent_.until, track_.timescale));
    return time + (until - std::min(time, until)) / duration * duration;
  }

  /// What left the buffer, counted from the last segment: it is there, whatever the clock says.
  std::string Trim() {
    auto& segments = track_.segments;
    if (!extent_.dynamic || segments.empty()) return {};
    if (extent_.buffer) {
      const auto end = Sum(segments.back().time, segments.back().duration);
      const auto from = end - std::min(end, ToTicks(*extent_.buffer, track_.timescale));
      segments.erase(segments.begin(), std::find_if(segments.begin(), segments.end(), [&](const Segment& segment) {
                       return Sum(segment.time, segment.duration) > from;
                     }));
    }
    return {};
  }

  /// What lies before the Period is left out. \returns  false: there are too many.
  bool Put(Segment segment) {
    if (segment.number > last_number_ || Sum(segment.time, segment.duration) <= track_.offset) return true;
    if (track_.segments.size() >= extent_.max_segments) return false;
    track_.segments.push_back(std::move(segment));
    return true;
  }

  std::string TooMany() const { return "more than " + std::to_string(extent_.max_segments) + " segments"; }

  const SegmentInfo& info_;
  const Extent& extent_;
  Track& track_;
  const std::uint64_t end_;
  std::uint64_t number_ = 1;
  std::uint64_t last_number_ = kMost;
  std::size_t steps_ = 0;
};

}  // namespace

sdk::Result<Track> ReadTrack(const Representation& representation, const Extent& extent) {
  const auto info = SegmentInfoOf(representation.node);
  Track track{.addressing = info.addressing, .base_url = representation.base_url};
  ReadNumber(info.Value("timescale"), track.timescale);
  ReadNumber(info.Value("presentationTimeOffset"), track.offset);
  if (track.timescale == 0) return Fault(representation, "want a timescale above 0");
  const sdk::TemplateVariant variant{representation.id, representation.bandwidth};
  auto init = ReadInitSection(info, variant);
  if (!init) return Fault(representation, init.error().message);
  track.init = std::move(*init);
  if (info.addressing == Addressing::kBase) {
    track.index = ReadRange(info.Value("indexRange"));
    return track;
  }
  if (info.addressing == Addressing::kTemplate) {
    const auto parsed = sdk::UrlTemplate::Parse(info.Value("media"));
    if (!parsed) return Fault(representation, parsed.error().message);
    track.media = parsed->Bind(variant);
  }
  const auto fault = SegmentLister(info, extent, track).List();
  if (!fault.empty()) return Fault(representation, fault);
  return track;
}

}  // namespace sluice::plugins::mpd
