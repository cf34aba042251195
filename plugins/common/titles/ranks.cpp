// SPDX-License-Identifier: MIT
#include "common/titles/ranks.hpp"

#include <cstddef>
#include <sluice/sdk/text.hpp>

#include "common/titles/words.hpp"

namespace sluice::plugins::titles {
namespace {

struct Rule {
  std::string_view part;
  std::string_view other;  ///< Must be there too.
  int rank;
};

/// The first that holds is it.
constexpr Rule kQualities[] = {
    {"remux", "", 100}, {"mux", "", 99}, {"bluray", "", 98}, {"web", "dl", 89}, {"web", "rip", 85}, {"web", "", 80},
    {"br", "", 96},     {"bd", "", 94},  {"uhd", "", 92},    {"hd", "rip", 79}, {"hd", "", 75},     {"dvd", "", 60},
    {"sat", "", 59},    {"tv", "", 57},  {"ppv", "", 55},    {"cam", "", 40},   {"tele", "", 30},   {"scr", "", 20},
};

constexpr std::uint64_t UnitOf(std::string_view unit) {
  if (unit.ends_with("ib"))
    unit.remove_suffix(2);
  else if (unit.ends_with('b'))
    unit.remove_suffix(1);
  if (unit.empty()) return 1;
  constexpr std::string_view kPrefixes = "kmgtp";
  const auto place = unit.size() == 1 ? kPrefixes.find(unit) : std::string_view::npos;
  return place == std::string_view::npos ? 0 : std::uint64_t{1} << (10 * (place + 1));
}

}  // namespace

int ResolutionRank(std::string_view resolution) {
  int lines = 0;
  std::size_t digits = 0;
  for (; digits < resolution.size() && digits < 5 && IsDigit(resolution[digits]); ++digits)
    lines = lines * 10 + (resolution[digits] - '0');
  const auto unit = sdk::LowerCase(resolution.substr(digits));
  if (unit == "k") return lines * 1000;
  return unit.empty() || unit == "p" || unit == "i" ? lines : 0;
}

int QualityRank(std::string_view quality) {
  const auto lower = sdk::LowerCase(quality);
  const auto has = [&](std::string_view part) { return lower.find(part) != std::string::npos; };
  for (const auto& rule : kQualities)
    if (has(rule.part) && has(rule.other)) return rule.rank;
  return 0;
}

int HdrRank(std::span<const std::string> hdr) {
  std::size_t length = hdr.empty() ? 0 : hdr.size() - 1;
  for (const auto& name : hdr) length += name.size();
  return static_cast<int>(length);
}

std::optional<std::uint64_t> SizeRank(std::string_view text) {
  text = sdk::TrimSpace(text);
  std::uint64_t whole = 0;
  double fraction = 0;
  std::size_t i = 0;
  for (; i < text.size() && IsDigit(text[i]); ++i) {
    if (i >= 18) return std::nullopt;
    whole = whole * 10 + static_cast<std::uint64_t>(text[i] - '0');
  }
  if (i == 0) return std::nullopt;
  if (i + 1 < text.size() && (text[i] == '.' || text[i] == ',') && IsDigit(text[i + 1]))
    for (double place = 0.1; ++i < text.size() && IsDigit(text[i]); place /= 10) fraction += place * (text[i] - '0');
  const auto unit = UnitOf(sdk::LowerCase(sdk::TrimSpace(text.substr(i))));
  if (unit == 0 || (unit > 1 && whole >= (std::uint64_t{1} << 63U) / unit)) return std::nullopt;
  return whole * unit + static_cast<std::uint64_t>(fraction * static_cast<double>(unit));
}

}  // namespace sluice::plugins::titles
