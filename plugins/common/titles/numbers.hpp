// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Numbers at the front of words, and lists of them.

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <vector>

#include "common/titles/words.hpp"

namespace sluice::plugins::titles {

/// Which numbers of four digits are taken for years. Later ones are titles, "Blade Runner 2049".
inline constexpr int kFirstYear = 1900;
inline constexpr int kLastYear = 2035;

/// What a list of seasons or episodes may hold: the longest shows have some thousands.
inline constexpr std::size_t kMaxListed = 4000;

/// \param digits  1 to 9 of them.
constexpr int ToNumber(std::string_view digits) {
  int number = 0;
  for (const char c : digits) number = number * 10 + (c - '0');
  return number;
}

/// Takes a number of at most `most` (up to 9) digits off the front of `text`.
/// \returns  -1, and takes nothing: there is none, or it has more digits.
constexpr int TakeNumber(std::string_view& text, std::size_t most) {
  std::size_t digits = 0;
  while (digits < text.size() && IsDigit(text[digits])) ++digits;
  if (digits == 0 || digits > most) return -1;
  const int number = ToNumber(text.substr(0, digits));
  text.remove_prefix(digits);
  return number;
}

inline void AddNumber(std::vector<int>& list, int number) {
  if (list.size() < kMaxListed && std::ranges::find(list, number) == list.end()) list.push_back(number);
}

/// From what `list` ends with up to `to`. Spans that are no spans, or go on for thousands, add `to` alone.
inline void AddUpTo(std::vector<int>& list, int to) {
  const int from = list.empty() ? to : list.back() + 1;
  if (from > to || to - from > 2000) return AddNumber(list, to);
  for (int number = from; number <= to && list.size() < kMaxListed; ++number) list.push_back(number);
}

inline bool TakePrefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

/// What may follow the number of an episode: a version, "v2", or the half of a double episode, "a".
inline bool IsSuffix(std::string_view text) {
  return text.empty() || (text.size() == 2 && text[0] == 'v' && IsDigit(text[1])) ||
         (text.size() == 1 && text[0] >= 'a' && text[0] <= 'd');
}

inline bool IsDash(std::string_view gap) { return gap.find_first_of("-~") != std::string_view::npos; }
inline bool IsTightDash(std::string_view gap) { return gap == "-" || gap == "~"; }
inline bool IsAnd(std::string_view gap) { return gap.find_first_of("&+,") != std::string_view::npos; }

inline void Append(std::vector<int>& list, const std::vector<int>& more) {
  for (const int number : more) AddNumber(list, number);
}

}  // namespace sluice::plugins::titles
