// SPDX-License-Identifier: MIT
#include "media_playlist.hpp"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <sluice/sdk/url.hpp>
#include <utility>

#include "keys.hpp"
#include "manifest/common/addressing.hpp"
#include "playlist_text.hpp"
#include "text_clock.hpp"

namespace sluice::plugins::dash_to_hls {
namespace {

using mpd::Micros;

/// Of a list that keeps all that ever was.
constexpr std::size_t kMaxLiveSegments = 5000;
constexpr std::size_t kSegmentsBetweenPolls = 1024;
constexpr Micros kGap = std::chrono::seconds(6);
constexpr Micros kLeastHole = std::chrono::milliseconds(100);
/// Segments that could have stood in a hole; where more could, time starts anew rather than being filled.
constexpr std::uint64_t kMaxHole = 1000;

sdk::Error Unfetchable() {
  return {.code = sdk::Errc::kUpstreamFailed,
          .message = "segments by a scheme that nobody fetches; want http or https"};
}

/// availabilityTimeOffset of the segments and of the base URLs above them; nothing for "INF": all is there.
std::optional<Micros> AheadOf(const mpd::Representation& one) {
  double seconds = 0;
  const auto add = [&](std::string_view text) {
    if (text == "INF") return false;
    if (!text.empty() && text.size() < 32) seconds += std::strtod(std::string(text).c_str(), nullptr);
    return true;
  };
  const auto info = mpd::SegmentInfoOf(one.node);
  if (info.Value("availabilityTimeComplete") == "false") return Micros(0);
  if (!add(info.Value("availabilityTimeOffset"))) return std::nullopt;
  for (auto level = one.node; level.type() == pugi::node_element; level = level.parent()) {
    const auto base = mpd::ChosenBase(level);
    if (mpd::ValueOf(base, "availabilityTimeComplete") == "false") return Micros(0);
    if (!add(mpd::ValueOf(base, "availabilityTimeOffset"))) return std::nullopt;
  }
  if (!(seconds > 0 && seconds < 1e6)) return Micros(0);
  return Micros(static_cast<std::int64_t>(seconds * 1e6));
}

/// How long one segment is that is named by numbers alone: by so much an unsure clock may be wrong.
Micros OneSegment(const mpd::Representation& one) {
  const auto info = mpd::SegmentInfoOf(one.node);
  std::uint64_t duration = 0;
  std::uint64_t timescale = 1;
  mpd::ReadNumber(info.Value("duration"), duration);
  mpd::ReadNumber(info.Value("timescale"), timescale);
  return timescale == 0 ? Micros(0) : mpd::FromTicks(duration, timescale);
}

/// Of links to WebVTT. Parts of files have none: what is put in would move the octets that a range is of.
std::string TextNote(const mpd::Period& period, const mpd::Representation& one, const mpd::Track& track) {
  const bool in_parts = std::any_of(track.segments.begin(), track.segments.end(),
                                    [](const mpd::Segment& segment) { return segment.range.has_value(); });
  const auto clock = in_parts ? std::nullopt : TextClock::Of(period, one);
  return clock ? clock->Pack() : std::string();
}

}  // namespace

void FillHoles(mpd::Track& track) {
  const auto least = mpd::ToTicks(kLeastHole, track.timescale);
  std::uint64_t longest = 1;
  for (const auto& segment : track.segments) longest = std::max(longest, segment.duration);
  std::vector<mpd::Segment> out;
  for (auto& segment : track.segments) {
    auto end = out.empty() ? segment.time : out.back().time + out.back().duration;
    if (segment.time > end && segment.time - end >= least && (segment.time - end) / longest < kMaxHole) {
      for (; end < segment.time; end += out.back().duration)
        out.push_back({.time = end, .duration = std::min(longest, segment.time - end), .is_gap = true});
    }
    out.push_back(std::move(segment));
  }
  track.segments = std::move(out);
}

MediaPlaylist::MediaPlaylist(const Making& making, const Wanted& wanted)
    : making_(making), wanted_(wanted), indexes_(making.call, making.host, making.references, making.mpd.url) {}

const Now& MediaPlaylist::Clock() {
  if (!now_) now_ = ReadClock(making_.call, making_.host, making_.mpd, making_.references);
  return *now_;
}

mpd::Extent MediaPlaylist::ExtentOf(const mpd::Period& period, const mpd::Representation& one) {
  mpd::Extent extent{.duration = period.duration, .dynamic = making_.mpd.dynamic, .buffer = making_.mpd.buffer};
  if (!extent.dynamic) return extent;
  const auto ahead = AheadOf(one);
  const auto& now = Clock();
  const auto unsure = now.agreed ? Micros(0) : OneSegment(one);
  extent.until =
      now.time - making_.mpd.available.value_or(mpd::Instant{}) - period.start + ahead.value_or(Micros(0)) - unsure;
  if (!ahead) extent.until = period.duration.value_or(extent.until);
  if (!extent.buffer) extent.max_segments = kMaxLiveSegments;
  return extent;
}

sdk::Result<MediaPlaylist::Part> MediaPlaylist::ReadPart(const mpd::Period& period, const Rendition& rendition) {
  const auto& one = *rendition.representation;
  Part part{.period = &period, .representation_id = one.id, .mime_type = one.mime_type};
  if (rendition.type == RenditionType::kSubtitles) part.kind = sdk::LinkKind::kSubtitle;
  auto track = mpd::ReadTrack(one, ExtentOf(period, one));
  if (!track) return std::move(track).error();
  part.track = std::move(*track);
  FillHoles(part.track);
  part.numbered = part.track.media.find("$Number") != std::string::npos;
  if (part.track.addressing == mpd::Addressing::kBase) {
    if (one.mime_type != "text/vtt") {
      if (auto filled = indexes_.Fill(part.track, period.duration); !filled) return std::move(filled).error();
    } else if (period.duration) {  // a sidecar file: all of it at once
      part.track.segments.push_back(
          {.time = part.track.offset, .duration = mpd::ToTicks(*period.duration, part.track.timescale), .number = 1});
    }
  }
  if (one.protection && making_.decrypted)
    part.note = part.track.init ? mpd::InitNoteOf(*part.track.init, part.track.base_url) : "";
  if (one.mime_type == "text/vtt" && part.note.empty()) part.note = TextNote(period, one, part.track);
  if (one.protection && !making_.decrypted) {
    auto keys = KeyLines(*one.protection, one.base_url, making_.linker);
    if (!keys) return std::move(keys).error();
    part.keys = std::move(*keys);
  }
  if (auto found = FindLinks(one, part); !found) return std::move(found).error();
  return part;
}

sdk::Status MediaPlaylist::FindLinks(const mpd::Representation& one, Part& part) {
  const mpd::LinkUse use{.kind = part.kind, .mime_type = part.mime_type, .note = part.note};
  if (part.track.init && one.mime_type != "text/vtt") {
    auto map = MapLine(*part.track.init, part);
    if (!map) return std::move(map).error();
    part.map = std::move(*map);
  }
  if (part.track.addressing == mpd::Addressing::kTemplate) {
    const auto link = making_.linker.Template(part.track.base_url, part.track.media, {}, use);
    if (!link) return link.error();
    if (!*link) return Unfetchable();
    auto parsed = sdk::UrlTemplate::Parse(**link);
    if (!parsed) return std::move(parsed).error();
    part.media = std::move(*parsed);
  } else if (part.track.addressing == mpd::Addressing::kBase) {
    auto link = LinkTo(part, "");
    if (!link) return std::move(link).error();
    part.file_link = std::move(*link);
  }
  return sdk::Ok();
}

sdk::Result<std::string> MediaPlaylist::LinkTo(const Part& part, std::string_view reference) {
  auto link = making_.linker.Link(part.track.base_url, reference,
                                  {.kind = part.kind, .mime_type = part.mime_type, .note = part.note});
  if (!link) return std::move(link).error();
  if (!*link) return Unfetchable();
  return std::move(**link);
}

sdk::Result<std::string> MediaPlaylist::MapLine(const mpd::InitSection& piece, const Part& part) {
  const auto& base = part.track.base_url;
  // A part of the media's own file is linked as that: one link, one place in caches.
  const bool own_file = piece.reference.empty();
  const mpd::LinkUse use{.kind = own_file ? part.kind : sdk::LinkKind::kInit,
                         .mime_type = part.mime_type,
                         .note = own_file ? std::string_view(part.note) : std::string_view()};
  const auto link = piece.is_template ? making_.linker.Template(base, piece.reference, {}, use)
                                      : making_.linker.Link(base, piece.reference, use);
  if (!link) return link.error();
  if (!*link) return Unfetchable();
  // In a template's link a dollar is written twice.
  const auto url = piece.is_template ? sdk::UrlTemplate::Parse(**link)->Expand({}) : **link;
  auto line = "#EXT-X-MAP:URI=\"" + url + "\"";
  if (piece.range)
    line += ",BYTERANGE=\"" + std::to_string(piece.range->length) + "@" + std::to_string(piece.range->offset) + "\"";
  return line + "\n";
}

/// So that every rendition is as long as the others.
MediaPlaylist::Part MediaPlaylist::GapPart(const mpd::Period& period) const {
  Part part{.period = &period, .absent = true};
  part.track.timescale = 1'000'000;
  auto length = period.duration.value_or(Micros(0));
  if (making_.mpd.dynamic && now_) {
    const auto until = now_->time - making_.mpd.available.value_or(mpd::Instant{}) - period.start;
    if (!period.duration || until < length) length = until / kGap * kGap;
  }
  auto time = Micros(0);
  if (making_.mpd.dynamic) time = std::max(time, (length - making_.mpd.buffer.value_or(length)) / kGap * kGap);
  for (; time < length && part.track.segments.size() < kMaxLiveSegments; time += kGap)
    part.track.segments.push_back({.time = static_cast<std::uint64_t>(time.count()),
                                   .duration = static_cast<std::uint64_t>(std::min(kGap, length - time).count())});
  return part;
}

sdk::Status MediaPlaylist::Collect() {
  bool found = false;
  if (making_.mpd.dynamic) Clock();
  for (const auto& period : making_.mpd.periods) {
    if (making_.call.cancelled()) return sdk::Error{.code = sdk::Errc::kCancelled, .message = "the viewer is gone"};
    const auto rendition = Find(RenditionsOf(period, making_.decrypted), wanted_);
    found = found || rendition;
    auto part = rendition ? ReadPart(period, *rendition) : sdk::Result<Part>(GapPart(period));
    if (!part) return std::move(part).error();
    if (!part->track.segments.empty()) parts_.push_back(std::move(*part));
  }
  if (found) return sdk::Ok();
  return sdk::Error{.code = sdk::Errc::kNotFound, .message = "the MPD no longer has that rendition"};
}

/// Whether the timeline goes on from the part before. The same for every rendition: players count discontinuities.
bool MediaPlaylist::Continues(std::size_t part) const {
  const auto& continues = parts_[part].period->continues;
  return !continues.empty() && continues == parts_[part - 1].period->id;
}

std::vector<Mark> MediaPlaylist::Marks() const {
  std::vector<Mark> marks;
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    const auto& part = parts_[i];
    bool begins = i > 0 && !Continues(i);
    for (const auto& segment : part.track.segments) {
      const auto by_time = segment.duration == 0 ? segment.time : segment.time / segment.duration;
      const auto expected =
          part.numbered || part.track.addressing != mpd::Addressing::kTemplate ? segment.number : by_time;
      // Gaps have a key of their own: the rendition may come while the Period lasts.
      const bool gap = part.absent || segment.is_gap;
      const auto key = gap ? ~segment.time : part.numbered ? segment.number : segment.time;
      marks.push_back({part.period->id, key, std::exchange(begins, false), expected});
    }
  }
  return marks;
}

std::uint64_t MediaPlaylist::Target() const {
  auto longest = making_.mpd.dynamic ? making_.mpd.longest.value_or(Micros(0)) : Micros(0);
  for (const auto& part : parts_)
    for (const auto& segment : part.track.segments)
      longest = std::max(longest, mpd::FromTicks(segment.duration, part.track.timescale));
  const auto rounded = std::chrono::round<std::chrono::seconds>(longest).count();
  return static_cast<std::uint64_t>(std::max<std::int64_t>(rounded, 1));
}

sdk::Result<std::string> MediaPlaylist::Write() {
  if (auto collected = Collect(); !collected) return std::move(collected).error();
  const auto& mpd = making_.mpd;
  const auto marks = Marks();
  auto numbers = Sequence(making_.call, making_.host, wanted_.Pack()).Continue(marks, Target(), mpd.dynamic);
  one_file_ = !mpd.dynamic && !numbers.known;
  if (one_file_) numbers.sequence = 0;
  WriteHead(numbers);
  for (std::size_t i = 0; i < parts_.size(); ++i)
    if (auto written = WritePart(i); !written) return std::move(written).error();
  if (!mpd.dynamic) out_ += "#EXT-X-ENDLIST\n";
  return std::move(out_);
}

void MediaPlaylist::WriteHead(const Numbers& numbers) {
  out_ = "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:" + std::to_string(numbers.target) +
         "\n#EXT-X-MEDIA-SEQUENCE:" + std::to_string(numbers.sequence) + "\n";
  if (numbers.discontinuities > 0)
    out_ += "#EXT-X-DISCONTINUITY-SEQUENCE:" + std::to_string(numbers.discontinuities) + "\n";
  if (one_file_) out_ += "#EXT-X-PLAYLIST-TYPE:VOD\n";
  if (wanted_.type == RenditionType::kIFrames) out_ += "#EXT-X-I-FRAMES-ONLY\n";
  if (!making_.mpd.dynamic || !making_.mpd.delay) return;
  const auto least = std::chrono::seconds(3 * numbers.target);
  out_ += "#EXT-X-SERVER-CONTROL:HOLD-BACK=" + Seconds(std::max<Micros>(*making_.mpd.delay, least)) + "\n";
}

sdk::Status MediaPlaylist::WritePart(std::size_t index) {
  const auto& part = parts_[index];
  if (index > 0 && !Continues(index)) out_ += "#EXT-X-DISCONTINUITY\n";
  const bool same_map = index > 0 && parts_[index - 1].map == part.map;
  if (!same_map) out_ += part.map;
  const std::string none;
  const auto& keys_before = index > 0 ? parts_[index - 1].keys : none;
  if (keys_before != part.keys) out_ += part.keys.empty() ? "#EXT-X-KEY:METHOD=NONE\n" : part.keys;
  std::optional<Micros> told;  // what players take for the time of the segment: the last date, and lengths since then
  std::size_t count = 0;
  for (const auto& segment : part.track.segments) {
    if (++count % kSegmentsBetweenPolls == 0 && making_.call.expired())
      return sdk::Error{.code = sdk::Errc::kDeadlineExceeded, .message = "the MPD is too long for the time left"};
    const auto since =
        mpd::FromTicks(segment.time, part.track.timescale) - mpd::FromTicks(part.track.offset, part.track.timescale);
    if (!told || since - *told >= kLeastHole || *told - since >= kLeastHole) {
      WriteDate(part, since);
      told = since;
    }
    *told += mpd::FromTicks(segment.duration, part.track.timescale);
    if (auto written = WriteSegment(part, segment); !written) return written;
  }
  return sdk::Ok();
}

/// \param since  the Period's start.
void MediaPlaylist::WriteDate(const Part& part, Micros since) {
  if (!making_.mpd.dynamic || !making_.mpd.available) return;
  out_ += "#EXT-X-PROGRAM-DATE-TIME:" + mpd::FormatDateTime(*making_.mpd.available + part.period->start + since) + "\n";
}

sdk::Status MediaPlaylist::WriteSegment(const Part& part, const mpd::Segment& segment) {
  out_ += "#EXTINF:" + Seconds(mpd::FromTicks(segment.duration, part.track.timescale)) + ",\n";
  if (part.absent || segment.is_gap) {
    out_ += "#EXT-X-GAP\ndata:,\n";
    return sdk::Ok();
  }
  if (segment.range)
    out_ += "#EXT-X-BYTERANGE:" + std::to_string(segment.range->length) + "@" + std::to_string(segment.range->offset) +
            "\n";
  if (part.media) {
    part.media->Expand({.number = segment.number, .time = segment.time}, out_);
  } else if (part.track.addressing == mpd::Addressing::kBase) {
    out_ += part.file_link;
  } else {
    const auto link = LinkTo(part, segment.reference);
    if (!link) return link.error();
    out_ += *link;
  }
  out_ += '\n';
  return sdk::Ok();
}

}  // namespace sluice::plugins::dash_to_hls
