// SPDX-License-Identifier: MIT
#include "indexer/common/item.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <sluice/sdk/text.hpp>
#include <system_error>

#include "store/common/times.hpp"

namespace sluice::plugins::indexer {
namespace {

using namespace std::chrono;

/// Takes the next word off `rest`.
std::string_view TakeWord(std::string_view& rest) {
  rest = sdk::TrimSpace(rest);
  return sdk::TakeUpTo(rest, ' ');
}

/// \returns  negative: no number of one to four digits.
int NumberOf(std::string_view text) {
  int value = 0;
  const auto* const end = text.data() + text.size();
  const auto [stop, fault] = std::from_chars(text.data(), end, value);
  return text.size() <= 4 && fault == std::errc() && stop == end && value >= 0 ? value : -1;
}

std::optional<seconds> TimeOfDay(std::string_view text) {
  const int hour = NumberOf(sdk::TakeUpTo(text, ':'));
  const int minute = NumberOf(sdk::TakeUpTo(text, ':'));
  const int second = text.empty() ? 0 : NumberOf(text);
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return std::nullopt;
  return hours(hour) + minutes(minute) + seconds(second);
}

/// Names of zones are not trusted by anybody: UTC.
seconds OffsetOf(std::string_view text) {
  if (text.size() != 5 || (text[0] != '+' && text[0] != '-')) return seconds(0);
  const int hour = NumberOf(text.substr(1, 2));
  const int minute = NumberOf(text.substr(3, 2));
  if (hour < 0 || minute < 0 || minute > 59) return seconds(0);
  const seconds offset = hours(hour) + minutes(minute);
  return text[0] == '-' ? -offset : offset;
}

std::optional<sdk::Seconds> ReadMailDate(std::string_view text) {
  constexpr std::array<std::string_view, 12> kMonths{"jan", "feb", "mar", "apr", "may", "jun",
                                                     "jul", "aug", "sep", "oct", "nov", "dec"};
  if (const auto comma = text.find(','); comma != std::string_view::npos) text.remove_prefix(comma + 1);
  const int day_of_month = NumberOf(TakeWord(text));
  const auto name = sdk::LowerCase(TakeWord(text));
  const auto* const found = std::find(kMonths.begin(), kMonths.end(), std::string_view(name).substr(0, 3));
  const auto year_text = TakeWord(text);
  int years = NumberOf(year_text);
  if (year_text.size() == 2 && years >= 0) years += years < 50 ? 2000 : 1900;
  const auto time = TimeOfDay(TakeWord(text));
  if (day_of_month < 0 || found == kMonths.end() || years < 0 || !time) return std::nullopt;
  const auto date = year(years) / month(static_cast<unsigned>(found - kMonths.begin()) + 1) /
                    day(static_cast<unsigned>(day_of_month));
  if (!date.ok()) return std::nullopt;
  return sys_days(date) + *time - OffsetOf(TakeWord(text));
}

}  // namespace

std::string CleanText(std::string_view text, std::size_t max_bytes) {
  std::string out;
  text = sdk::TrimSpace(text);
  out.reserve(std::min(text.size(), max_bytes));
  while (!text.empty()) {
    const auto size = sdk::Utf8Size(text);
    const auto taken = std::max<std::size_t>(size, 1);
    if (out.size() + taken > max_bytes) break;
    if (size == 0) {
      out += '?';
    } else if (size == 1 && (sdk::IsControlOrSpace(text.front()) || text.front() == '\x7f')) {
      out += ' ';
    } else {
      out += text.substr(0, size);
    }
    text.remove_prefix(taken);
  }
  return std::string(sdk::TrimSpace(out));
}

std::uint64_t CountOf(std::string_view text, std::uint64_t max) {
  text = sdk::TrimSpace(text);
  std::uint64_t value = 0;
  const auto* const end = text.data() + text.size();
  const auto [stop, fault] = std::from_chars(text.data(), end, value);
  return fault == std::errc() && stop == end && value <= max ? value : 0;
}

bool IsPrivateKind(std::string_view text) {
  const auto kind = sdk::LowerCase(sdk::TrimSpace(text));
  return kind == "private" || kind == "semi-private" || kind == "semiprivate";
}

bool IsOtherMedium(const std::vector<std::uint32_t>& categories) {
  const auto is_other = [](std::uint32_t category) {
    const auto thousand = category / 1000;
    return thousand == 1 || thousand == 3 || thousand == 4 || thousand == 7;
  };
  // Numbers of a site's own start at 100000, and mean nothing to others.
  bool is_known = false;
  for (const auto category : categories) {
    if (category >= 100'000) continue;
    if (!is_other(category)) return false;
    is_known = true;
  }
  return is_known;
}

std::optional<sdk::Seconds> ReadPubDate(std::string_view text) {
  text = sdk::TrimSpace(text);
  if (text.size() > 64) return std::nullopt;
  auto date = store::ReadTime(text);
  if (!date) date = ReadMailDate(text);
  constexpr sdk::Seconds kEnd = sys_days(year(2101) / January / 1);
  if (!date || *date < sdk::Seconds() || *date >= kEnd) return std::nullopt;
  return date;
}

}  // namespace sluice::plugins::indexer
