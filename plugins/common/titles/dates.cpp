// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

#include "common/titles/draft.hpp"
#include "common/titles/numbers.hpp"

namespace sluice::plugins::titles {
namespace {

struct Month {
  std::string_view name;
  int number;
};

constexpr Month kMonths[] = {
    {"jan", 1},  {"january", 1},  {"feb", 2},    {"february", 2},  {"mar", 3},  {"march", 3},
    {"apr", 4},  {"april", 4},    {"may", 5},    {"jun", 6},       {"june", 6}, {"jul", 7},
    {"july", 7}, {"aug", 8},      {"august", 8}, {"sep", 9},       {"sept", 9}, {"september", 9},
    {"oct", 10}, {"october", 10}, {"nov", 11},   {"november", 11}, {"dec", 12}, {"december", 12},
};

int MonthOf(std::string_view word) {
  const auto* found = std::ranges::find(kMonths, word, &Month::name);
  return found == std::end(kMonths) ? 0 : found->number;
}

bool IsDay(int month, int day) {
  constexpr int kDays[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  return month >= 1 && month <= 12 && day >= 1 && day <= kDays[month - 1];
}

bool IsRecent(int year) { return year >= 1950 && year <= kLastYear; }

/// Keeps the first date of a name.
bool Keep(Draft& draft, std::size_t first, std::size_t last, int year, int month, int day) {
  if (!IsRecent(year) || !IsDay(month, day)) return false;
  if (draft.out.date.empty()) {
    const auto two = [](int n) { return (n < 10 ? "0" : "") + std::to_string(n); };
    draft.out.date = std::to_string(year) + "-" + two(month) + "-" + two(day);
  }
  draft.Add({.kind = MarkKind::kDate, .first = first, .last = last});
  return true;
}

/// "20240115"; behind a title also "240115".
bool TakeSolidDate(Draft& draft, std::size_t i) {
  const auto word = draft.words.Lower(i);
  const auto number = IsNumber(word) && (word.size() == 8 || word.size() == 6) ? ToNumber(word) : 0;
  if (number == 0) return false;
  const bool shortened = word.size() == 6;
  if (shortened && i == 0) return false;
  return Keep(draft, i, i + 1, number / 10000 + (shortened ? 2000 : 0), number / 100 % 100, number % 100);
}

/// "15 Jan 2024", "Jan 15 2024", "15th January 2024".
bool TakeNamedDate(Draft& draft, std::size_t i) {
  const auto& words = draft.words;
  const auto day_of = [&](std::size_t k) {
    auto word = words.Lower(k);
    const int day = TakeNumber(word, 2);
    return word.empty() || word == "st" || word == "nd" || word == "rd" || word == "th" ? day : -1;
  };
  const auto year = words.Lower(i + 2);
  if (!IsNumber(year) || year.size() != 4) return false;
  if (const int month = MonthOf(words.Lower(i + 1)); month != 0)
    return Keep(draft, i, i + 3, ToNumber(year), month, day_of(i));
  if (const int month = MonthOf(words.Lower(i)); month != 0)
    return Keep(draft, i, i + 3, ToNumber(year), month, day_of(i + 1));
  return false;
}

bool TakeNumericDate(Draft& draft, std::size_t i) {
  const auto& words = draft.words;
  const auto gap = words.Gap(i + 1);
  if (gap.size() != 1 || gap != words.Gap(i + 2) || std::string_view(".-_ /").find(gap) == std::string_view::npos)
    return false;
  std::array<int, 3> n{};
  std::array<std::size_t, 3> digits{};
  for (std::size_t k = 0; k < 3; ++k) {
    const auto word = words.Lower(i + k);
    if (!IsNumber(word) || word.size() > 4) return false;
    n[k] = ToNumber(word);
    digits[k] = word.size();
  }
  if (digits[0] == 4 && digits[1] <= 2 && digits[2] <= 2) return Keep(draft, i, i + 3, n[0], n[1], n[2]);
  if (digits[2] == 4 && digits[0] <= 2 && digits[1] <= 2) {
    if (n[1] > 12) return Keep(draft, i, i + 3, n[2], n[0], n[1]);
    return Keep(draft, i, i + 3, n[2], n[1], n[0]);
  }
  const bool two_each = digits == std::array<std::size_t, 3>{2, 2, 2};
  return two_each && i > 0 && gap == "." && Keep(draft, i, i + 3, 2000 + n[0], n[1], n[2]);
}

}  // namespace

std::size_t TakeDate(Draft& draft, std::size_t i) {
  if (TakeSolidDate(draft, i)) return i + 1;
  if (i + 2 >= draft.words.size() || !draft.words.Near(i + 1) || !draft.words.Near(i + 2)) return i;
  return TakeNumericDate(draft, i) || TakeNamedDate(draft, i) ? i + 3 : i;
}

std::size_t TakeYear(Draft& draft, std::size_t i) {
  const auto& words = draft.words;
  const auto year_of = [&](std::size_t k) {
    const auto word = words.Lower(k);
    const int year = IsNumber(word) && word.size() == 4 ? ToNumber(word) : 0;
    return year >= kFirstYear && year <= kLastYear ? year : 0;
  };
  const int year = year_of(i);
  if (year == 0) return i;
  Mark mark{.kind = MarkKind::kYear, .first = i, .last = i + 1, .year = year};
  const auto gap = i + 1 < words.size() && words.Near(i + 1) ? words.Gap(i + 1) : std::string_view{};
  if (gap.find('-') != std::string_view::npos && year_of(i + 1) > year) {
    mark.year_end = year_of(i + 1);
    mark.last = i + 2;
  }
  draft.Add(mark);
  return mark.last;
}

}  // namespace sluice::plugins::titles
