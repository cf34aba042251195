// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// How values stand in HLS playlists (RFC 8216bis §4.2).

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "manifest/common/times.hpp"

namespace sluice::plugins::dash_to_hls {

/// Whether a text can stand between quotes as it is.
inline bool IsQuotable(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return c == '"' || static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

/// A quoted string. What cannot stand in one, which an MPD may hold, becomes an apostrophe or a blank.
inline std::string Quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? '\'' : IsQuotable({&c, 1}) ? c : ' ';
  return out + '"';
}

/// `numerator / denominator` with so many decimals, rounded: "29.970". \param denominator  not 0.
inline std::string Decimal(std::uint64_t numerator, std::uint64_t denominator, unsigned decimals) {
  __extension__ using Wide = unsigned __int128;
  std::uint64_t scale = 1;
  for (unsigned i = 0; i < decimals; ++i) scale *= 10;
  const auto scaled =
      static_cast<std::uint64_t>((static_cast<Wide>(numerator) * scale + denominator / 2) / denominator);
  auto digits = std::to_string(scaled);
  if (digits.size() <= decimals) digits.insert(0, decimals + 1 - digits.size(), '0');
  return digits.insert(digits.size() - decimals, ".");
}

/// Seconds with six decimals.
inline std::string Seconds(mpd::Micros time) {
  return Decimal(static_cast<std::uint64_t>(std::max<std::int64_t>(time.count(), 0)), 1'000'000, 6);
}

}  // namespace sluice::plugins::dash_to_hls
