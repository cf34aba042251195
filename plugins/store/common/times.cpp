// SPDX-License-Identifier: MIT
#include "store/common/times.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <system_error>

namespace sluice::plugins::store {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

/// The digits of `text` at `at`; negative: there are none.
int DigitsAt(std::string_view text, std::size_t at, std::size_t count) {
  int value = 0;
  if (text.size() < at + count) return -1;
  const auto* const end = text.data() + at + count;
  const auto [stop, fault] = std::from_chars(text.data() + at, end, value);
  return fault == std::errc() && stop == end ? value : -1;
}

std::optional<sdk::Seconds> Combine(int years, int months, int days_of_month, std::string_view time) {
  const std::chrono::year_month_day date{std::chrono::year{years},
                                         std::chrono::month{static_cast<unsigned>(std::max(months, 0))},
                                         std::chrono::day{static_cast<unsigned>(std::max(days_of_month, 0))}};
  const int hour = DigitsAt(time, 0, 2);
  const int minute = DigitsAt(time, 3, 2);
  const int second = DigitsAt(time, 6, 2);
  if (!date.ok() || years < 1970 || time.size() < 8 || time[2] != ':' || time[5] != ':' || hour < 0 || hour > 23 ||
      minute < 0 || minute > 59 || second < 0 || second > 60) {
    return std::nullopt;
  }
  return std::chrono::sys_days{date} + hours(hour) + minutes(minute) + seconds(second);
}

}  // namespace

std::optional<sdk::Seconds> ReadTime(std::string_view text) {
  if (text.size() < 19 || text[4] != '-' || text[7] != '-' || (text[10] != 'T' && text[10] != ' ')) return std::nullopt;
  auto time = Combine(DigitsAt(text, 0, 4), DigitsAt(text, 5, 2), DigitsAt(text, 8, 2), text.substr(11, 8));
  if (!time) return std::nullopt;
  auto rest = text.substr(19);
  if (rest.starts_with('.')) {
    const auto digits = std::min(rest.find_first_not_of("0123456789", 1), rest.size());
    if (digits == 1) return std::nullopt;
    rest.remove_prefix(digits);
  }
  if (rest.empty() || rest == "Z" || rest == "z") return time;
  const int hour = DigitsAt(rest, 1, 2);
  const int minute = DigitsAt(rest, 4, 2);
  if (rest.size() != 6 || (rest[0] != '+' && rest[0] != '-') || rest[3] != ':' || hour < 0 || hour > 23 || minute < 0 ||
      minute > 59) {
    return std::nullopt;
  }
  const auto offset = hours(hour) + minutes(minute);
  return rest[0] == '+' ? *time - offset : *time + offset;
}

std::optional<sdk::Seconds> ReadHttpDate(std::string_view text) {
  constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  if (text.size() != 29 || text.substr(25) != " GMT") return std::nullopt;
  const auto* const found = std::find(kMonths.begin(), kMonths.end(), text.substr(8, 3));
  if (found == kMonths.end()) return std::nullopt;
  return Combine(DigitsAt(text, 12, 4), static_cast<int>(found - kMonths.begin()) + 1, DigitsAt(text, 5, 2),
                 text.substr(17, 8));
}

sdk::Seconds ReadUnixTime(const Json& object, const char* name) {
  constexpr std::uint64_t kYear10000 = 253'402'300'800;
  const auto number = UintOf(object, name);
  return sdk::Seconds(seconds(number < kYear10000 ? number : 0));
}

}  // namespace sluice::plugins::store
