// SPDX-License-Identifier: MIT
#include "manifest/common/times.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <limits>
#include <sluice/sdk/text.hpp>
#include <system_error>

namespace sluice::plugins::mpd {
namespace {

__extension__ using Wide = unsigned __int128;

constexpr std::int64_t kSecond = 1'000'000;
/// Ten thousand years: far from what would overflow.
constexpr std::int64_t kMaxSeconds = 315'360'000'000;

/// Digits at the front of `text`, which are taken off.
std::optional<std::int64_t> TakeNumber(std::string_view& text) {
  std::int64_t value = 0;
  const auto [stop, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (fault != std::errc() || text.front() == '-' || value > kMaxSeconds) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(stop - text.data()));
  return value;
}

/// ".25" at the front of `text`, in millionths; further digits are dropped.
std::int64_t TakeFraction(std::string_view& text) {
  if (!text.starts_with('.') && !text.starts_with(',')) return 0;
  text.remove_prefix(1);
  std::int64_t value = 0;
  std::int64_t unit = kSecond / 10;
  for (; !text.empty() && text.front() >= '0' && text.front() <= '9'; text.remove_prefix(1), unit /= 10)
    value += (text.front() - '0') * unit;
  return value;
}

struct Unit {
  char letter;
  bool of_time;
  std::int64_t seconds;
};
constexpr std::array kUnits{Unit{'Y', false, 31'536'000}, Unit{'M', false, 2'592'000}, Unit{'D', false, 86'400},
                            Unit{'H', true, 3'600},       Unit{'M', true, 60},         Unit{'S', true, 1}};

bool Take(std::string_view& text, char c) {
  if (!text.starts_with(c)) return false;
  text.remove_prefix(1);
  return true;
}

/// "+02:00", "Z" or nothing, at the end of a date.
std::optional<std::int64_t> ReadZone(std::string_view text) {
  if (text.empty() || text == "Z" || text == "z") return 0;
  const bool west = text.front() == '-';
  if (!west && text.front() != '+') return std::nullopt;
  text.remove_prefix(1);
  const auto hours = text.empty() ? std::nullopt : TakeNumber(text);
  if (!hours || !Take(text, ':') || text.empty()) return std::nullopt;
  const auto minutes = TakeNumber(text);
  if (!minutes || !text.empty() || *hours > 14 || *minutes > 59) return std::nullopt;
  return (west ? -1 : 1) * (*hours * 3600 + *minutes * 60);
}

}  // namespace

std::optional<Micros> ReadDuration(std::string_view text) {
  text = sdk::TrimSpace(text);
  const bool negative = Take(text, '-');
  if (!Take(text, 'P') || text.empty()) return std::nullopt;
  bool of_time = false;
  std::int64_t total = 0;
  while (!text.empty()) {
    if (!of_time && Take(text, 'T')) of_time = true;
    const auto number = text.empty() ? std::nullopt : TakeNumber(text);
    if (!number) return std::nullopt;
    const auto fraction = TakeFraction(text);
    const auto* const unit = std::find_if(kUnits.begin(), kUnits.end(), [&](const Unit& one) {
      return one.of_time == of_time && text.starts_with(one.letter);
    });
    if (unit == kUnits.end() || *number > kMaxSeconds / unit->seconds) return std::nullopt;
    text.remove_prefix(1);
    total += *number * unit->seconds * kSecond + fraction * unit->seconds;
    if (total > kMaxSeconds * kSecond) return std::nullopt;
  }
  return Micros(negative ? -total : total);
}

std::optional<Instant> ReadDateTime(std::string_view text) {
  text = sdk::TrimSpace(text);
  std::array<std::int64_t, 6> fields{};
  constexpr std::string_view kBehind = "--T::";
  for (std::size_t i = 0; i < fields.size(); ++i) {
    const auto number = text.empty() ? std::nullopt : TakeNumber(text);
    if (!number || *number > 9999) return std::nullopt;
    fields[i] = *number;
    if (i < kBehind.size() && !Take(text, kBehind[i])) return std::nullopt;
  }
  const auto fraction = TakeFraction(text);
  const auto zone = ReadZone(text);
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(fields[0])),
                                         std::chrono::month(static_cast<unsigned>(fields[1])),
                                         std::chrono::day(static_cast<unsigned>(fields[2]))};
  if (!zone || !date.ok() || fields[3] > 24 || fields[4] > 59 || fields[5] > 60) return std::nullopt;
  const auto seconds = std::chrono::seconds(fields[3] * 3600 + fields[4] * 60 + fields[5] - *zone);
  return Instant(std::chrono::sys_days(date) + seconds + Micros(fraction));
}

std::string FormatDateTime(Instant instant) {
  const auto day = std::chrono::floor<std::chrono::days>(instant);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::milliseconds>(instant - day));
  std::array<char, 64> out{};
  std::snprintf(out.data(), out.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                static_cast<int>(time.seconds().count()), static_cast<int>(time.subseconds().count()));
  return out.data();
}

Micros FromTicks(std::uint64_t ticks, std::uint64_t timescale) {
  const auto micros = (static_cast<Wide>(ticks) * static_cast<Wide>(kSecond) + timescale / 2) / timescale;
  constexpr auto kMost = static_cast<Wide>(kMaxSeconds) * static_cast<Wide>(kSecond);
  return Micros(static_cast<std::int64_t>(std::min(micros, kMost)));
}

std::uint64_t ToTicks(Micros time, std::uint64_t timescale) {
  if (time.count() <= 0) return 0;
  const auto ticks = static_cast<Wide>(time.count()) * timescale / static_cast<Wide>(kSecond);
  constexpr auto kMost = static_cast<Wide>(std::numeric_limits<std::uint64_t>::max());
  return static_cast<std::uint64_t>(std::min(ticks, kMost));
}

}  // namespace sluice::plugins::mpd
