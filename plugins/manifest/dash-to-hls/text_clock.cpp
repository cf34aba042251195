// SPDX-License-Identifier: MIT
#include "text_clock.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <limits>

#include "manifest/common/addressing.hpp"

namespace sluice::plugins::dash_to_hls {
namespace {

constexpr std::string_view kName = "dash-to-hls-text:";
constexpr std::string_view kMap = "X-TIMESTAMP-MAP=";
constexpr std::string_view kBom = "\xef\xbb\xbf";
/// MPEG time stamps have 33 bits.
constexpr std::uint64_t kMpegTicks = 1ULL << 33U;

mpd::Micros OffsetOf(const mpd::Representation& one) {
  const auto info = mpd::SegmentInfoOf(one.node);
  std::uint64_t offset = 0;
  std::uint64_t timescale = 1;
  mpd::ReadNumber(info.Value("presentationTimeOffset"), offset);
  mpd::ReadNumber(info.Value("timescale"), timescale);
  return timescale == 0 ? mpd::Micros(0) : mpd::FromTicks(offset, timescale);
}

/// The first pictures of the Period, or its first sound.
const mpd::Representation* MediaOf(const mpd::Period& period) {
  for (const auto type : {mpd::MediaType::kVideo, mpd::MediaType::kAudio})
    for (const auto& set : period.sets)
      if (set.type == type && !set.representations.empty()) return &set.representations.front();
  return nullptr;
}

/// "00:00:10.500"
std::string Clock(mpd::Micros time) {
  const auto millis = std::chrono::round<std::chrono::milliseconds>(time).count();
  std::array<char, 48> out{};
  std::snprintf(out.data(), out.size(), "%02lld:%02lld:%02lld.%03lld", static_cast<long long>(millis / 3'600'000),
                static_cast<long long>(millis / 60'000 % 60), static_cast<long long>(millis / 1000 % 60),
                static_cast<long long>(millis % 1000));
  return out.data();
}

}  // namespace

std::optional<TextClock> TextClock::Of(const mpd::Period& period, const mpd::Representation& text) {
  const auto* const media = MediaOf(period);
  if (media == nullptr) return std::nullopt;
  const auto of_media = OffsetOf(*media);
  const auto of_text = OffsetOf(text);
  if (of_media == mpd::Micros(0) && of_text == mpd::Micros(0)) return std::nullopt;
  return TextClock(of_media - of_text);
}

std::string TextClock::Pack() const { return std::string(kName) + std::to_string(zero_.count()); }

bool TextClock::IsOne(std::string_view note) noexcept { return note.starts_with(kName); }

std::optional<TextClock> TextClock::Unpack(std::string_view note) {
  if (!IsOne(note)) return std::nullopt;
  note.remove_prefix(kName.size());
  std::int64_t micros = 0;
  const auto [stop, fault] = std::from_chars(note.data(), note.data() + note.size(), micros);
  if (fault != std::errc() || stop != note.data() + note.size() || micros == std::numeric_limits<std::int64_t>::min())
    return std::nullopt;
  return TextClock(mpd::Micros(micros));
}

std::string TextClock::Apply(std::string_view text) const {
  const auto start = text.starts_with(kBom) ? kBom.size() : 0;
  const auto first = text.substr(start, text.find_first_of("\r\n", start) - start);
  const bool is_text = first == "WEBVTT" || first.starts_with("WEBVTT ") || first.starts_with("WEBVTT\t");
  const auto end = start + first.size();  // of the first line
  const std::string_view line_end = text.substr(end).starts_with("\r\n") ? "\r\n" : "\n";
  // The header ends at the first empty line.
  const auto header =
      text.substr(0, std::min({text.find("\n\n"), text.find("\n\r\n"), text.find("\r\r"), text.size()}));
  if (!is_text || header.find(kMap) != std::string_view::npos) return std::string(text);
  std::string map(kMap);
  // LOCAL has no sign and MPEGTS has none: whichever is ahead says by how much.
  map += "LOCAL:" + Clock(std::max(-zero_, mpd::Micros(0)));
  map += ",MPEGTS:" + std::to_string(mpd::ToTicks(zero_, 90'000) % kMpegTicks);
  std::string out(text.substr(0, end));
  out.append(line_end).append(map);
  if (end == text.size()) out += line_end;
  return out.append(text.substr(end));
}

}  // namespace sluice::plugins::dash_to_hls
