// SPDX-License-Identifier: MIT
#include "check_media.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <sluice/sdk/text.hpp>
#include <sluice/sdk/url.hpp>

namespace sluice::plugins::hls {
namespace {

/// "100@50": the length, and whether there is an offset. Nothing: it is no byte range.
std::optional<bool> HasOffset(std::string_view text) {
  const auto at = text.find('@');
  if (!ReadWhole<std::uint64_t>(text.substr(0, at))) return std::nullopt;
  if (at == std::string_view::npos) return false;
  return ReadWhole<std::uint64_t>(text.substr(at + 1)) ? std::optional(true) : std::nullopt;
}

bool IsFragment(std::string_view uri) {
  static constexpr std::array<std::string_view, 6> kNames{"m4s", "mp4", "m4v", "cmfv", "cmfa", "cmft"};
  const auto extension = sdk::PathExtension(uri);
  return std::find(kNames.begin(), kNames.end(), extension) != kNames.end();
}

}  // namespace

void MediaChecks::Tag(const CheckedLine& line) {
  if (line.Is("EXTINF")) return Duration(line);
  if (line.Is("EXT-X-BYTERANGE")) return ByteRange(line);
  if (line.Is("EXT-X-KEY")) return Key(line);
  if (line.Is("EXT-X-PART")) return Part(line);
  if (line.Is("EXT-X-MAP")) has_map_ = true;
  if (line.Is("EXT-X-SKIP")) skips_ = true;
  if (line.Is("EXT-X-PART-INF")) has_part_info_ = true;
  if (line.Is("EXT-X-DISCONTINUITY")) discontinuous_ = true;
  if (line.Is("EXT-X-ENDLIST")) end_list_ = line.number;
  if (line.Is("EXT-X-PLAYLIST-TYPE") && line.value != "VOD" && line.value != "EVENT")
    findings_.Add(line.number, "4.4.3.5", "EXT-X-PLAYLIST-TYPE " + Named(line.value) + ": want VOD or EVENT");
  Order(line);
}

/// Tags that count from the first segment have to stand before it.
void MediaChecks::Order(const CheckedLine& line) {
  const bool sequence = line.Is("EXT-X-MEDIA-SEQUENCE");
  if (!sequence && !line.Is("EXT-X-DISCONTINUITY-SEQUENCE")) {
    has_target_ = has_target_ || line.Is("EXT-X-TARGETDURATION");
    if (line.Is("EXT-X-TARGETDURATION") && !ReadWhole<std::uint64_t>(line.value))
      findings_.Add(line.number, "4.4.3.1", "EXT-X-TARGETDURATION " + Named(line.value) + ": want a whole number");
    return;
  }
  const auto* const section = sequence ? "4.4.3.2" : "4.4.3.3";
  if (!ReadWhole<std::uint64_t>(line.value))
    findings_.Add(line.number, section, std::string(line.tag) + " " + Named(line.value) + ": want a whole number");
  if (first_segment_ != 0)
    findings_.Add(line.number, section,
                  std::string(line.tag) + ": want it before the first segment, which is in line " +
                      std::to_string(first_segment_));
  if (!sequence && discontinuous_)
    findings_.Add(line.number, section, "EXT-X-DISCONTINUITY-SEQUENCE: want it before every EXT-X-DISCONTINUITY");
}

void MediaChecks::Duration(const CheckedLine& line) {
  if (duration_ != 0)
    findings_.Add(duration_, "4.4.4.1", "EXTINF without a URI behind it; want one before the next EXTINF");
  duration_ = line.number;
  const auto text = sdk::TrimSpace(line.value.substr(0, line.value.find(',')));
  const auto seconds = ReadWhole<double>(text);
  if (!seconds || !std::isfinite(*seconds) || *seconds < 0) {
    findings_.Add(line.number, "4.4.4.1", "EXTINF " + Named(text) + ": want a duration in seconds");
    return;
  }
  if (target_ && std::round(*seconds) > static_cast<double>(*target_))
    findings_.Add(line.number, "4.4.3.1",
                  "EXTINF " + std::string(text.substr(0, 32)) + ": rounded, it is longer than EXT-X-TARGETDURATION, " +
                      std::to_string(*target_));
}

void MediaChecks::ByteRange(const CheckedLine& line) {
  const auto has_offset = HasOffset(sdk::TrimSpace(line.value));
  if (!has_offset)
    findings_.Add(line.number, "4.4.4.2", "EXT-X-BYTERANGE " + Named(line.value) + ": want <length>[@<offset>]");
  range_ = Range{line.number, has_offset.value_or(true)};
}

void MediaChecks::Key(const CheckedLine& line) {
  const auto method = line.Attribute("METHOD");
  if (method.empty()) return;  // said by the list of what tags need
  if (method != "NONE") {
    if (!line.Has("URI"))
      findings_.Add(line.number, "4.4.4.4",
                    "EXT-X-KEY with METHOD=" + std::string(method.substr(0, 32)) + ": want a URI");
    return;
  }
  AttributeScanner attribute(line.value);
  while (attribute.Next())
    if (!attribute.Is("METHOD")) {
      findings_.Add(line.number, "4.4.4.4", "EXT-X-KEY with METHOD=NONE: want no other attribute");
      return;
    }
}

void MediaChecks::Part(const CheckedLine& line) {
  if (part_ == 0) part_ = line.number;
  const auto uri = line.Attribute("URI");
  const auto text = line.Attribute("BYTERANGE");
  if (text.empty()) {
    ranged_part_.clear();
    return;
  }
  const auto has_offset = HasOffset(text);
  if (!has_offset)
    findings_.Add(line.number, "4.4.4.9", "EXT-X-PART with BYTERANGE " + Named(text) + ": want <length>[@<offset>]");
  else if (!*has_offset && ranged_part_ != uri && !skips_)
    findings_.Add(line.number, "4.4.4.9",
                  "EXT-X-PART with a BYTERANGE without an offset: want the part before to be of the same file");
  ranged_part_ = uri;
}

void MediaChecks::Uri(const CheckedLine& line) {
  if (duration_ == 0) findings_.Add(line.number, "4.4.4.1", "a segment without EXTINF");
  duration_ = 0;
  if (first_segment_ == 0) first_segment_ = line.number;
  if (end_list_ != 0 && !behind_end_) {
    behind_end_ = true;
    findings_.Add(line.number, "4.4.3.4",
                  "a segment behind EXT-X-ENDLIST, which is in line " + std::to_string(end_list_) +
                      ": that tag may stand anywhere, but players may read no further");
  }
  if (range_ && !range_->has_offset && ranged_uri_ != line.value && !skips_)
    findings_.Add(range_->line, "4.4.4.2",
                  "EXT-X-BYTERANGE without an offset: want the segment before to be a part of the same file");
  ranged_uri_ = range_ ? line.value : std::string_view();
  range_.reset();
  if (!has_map_ && !skips_ && !lacks_map_ && IsFragment(line.value)) {
    lacks_map_ = true;
    findings_.Add(line.number, "3.1.2", "a fragment of MP4 without EXT-X-MAP before it");
  }
}

void MediaChecks::End() {
  if (duration_ != 0) findings_.Add(duration_, "4.4.4.1", "EXTINF without a URI behind it");
  if (!has_target_) findings_.Add(first_segment_, "4.4.3.1", "a media playlist without EXT-X-TARGETDURATION");
  if (part_ != 0 && !has_part_info_) findings_.Add(part_, "4.4.3.7", "EXT-X-PART without EXT-X-PART-INF");
}

}  // namespace sluice::plugins::hls
