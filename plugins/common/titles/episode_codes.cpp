// SPDX-License-Identifier: MIT
#include <algorithm>
#include <iterator>
#include <utility>

#include "common/titles/draft.hpp"
#include "common/titles/numbers.hpp"

namespace sluice::plugins::titles {
namespace {

/// What a word says: "s01", "s01s02", "s01e02", "s01e02e03", "2x05".
struct Code {
  std::vector<int> seasons;
  std::vector<int> episodes;
};

/// "e02", "ep02", "e02e03", "x02x03".
std::vector<int> ReadEpisodes(std::string_view word) {
  std::vector<int> episodes;
  while (TakePrefix(word, "ep") || TakePrefix(word, "e") || TakePrefix(word, "x")) {
    const int episode = TakeNumber(word, 4);
    if (episode < 0) return {};
    AddNumber(episodes, episode);
  }
  return IsSuffix(word) ? episodes : std::vector<int>{};
}

/// "s01", "s01e02" ... In front of an episode also "t01e02", as in Spanish and Turkish.
Code ReadSeasonCode(std::string_view word) {
  Code code;
  const bool other = word.starts_with('t');
  if (!TakePrefix(word, "s") && !TakePrefix(word, "t")) return {};
  std::size_t digits = 0;
  do {
    const auto before = word.size();
    const int season = TakeNumber(word, code.seasons.empty() ? 4 : 2);
    digits = std::max(digits, before - word.size());
    if (season < 0) return {};
    AddNumber(code.seasons, season);
  } while (!other && TakePrefix(word, "s"));
  if (auto disc = word; TakePrefix(disc, "d") && TakeNumber(disc, 2) >= 0 && disc.empty()) word = {};
  if (word.empty()) return other || digits > 2 ? Code{} : code;
  code.episodes = ReadEpisodes(word);
  return code.episodes.empty() ? Code{} : code;
}

/// "2x05", "2x05x06". The episode has two digits or more: "4x4" is a car.
Code ReadCross(std::string_view word) {
  Code code;
  const int season = TakeNumber(word, 2);
  if (season < 0 || !word.starts_with('x') || word.size() < 3 || !IsDigit(word[2])) return {};
  code.episodes = ReadEpisodes(word);
  if (code.episodes.empty() || code.episodes.front() > 999) return {};
  code.seasons.push_back(season);
  return code;
}

/// Takes what goes on with the episodes of `code` from word `i`: "-E03", ".E03", "-03", "+03", "-S01E03".
std::size_t TakeMoreEpisodes(const Draft& draft, std::size_t i, Code& code) {
  const auto& words = draft.words;
  const auto before = words.Lower(i - 1);
  const bool short_form = before.size() > 1 && !IsDigit(before[before.size() - 2]);  // "E1-8"
  for (; i < words.size() && words.Near(i); ++i) {
    const auto gap = words.Gap(i);
    const auto word = words.Lower(i);
    auto digits = word;
    const int number = TakeNumber(digits, 3);
    auto more = word.starts_with('e') ? ReadEpisodes(word) : std::vector<int>{};
    const auto other = word.starts_with('s') ? ReadSeasonCode(word) : ReadCross(word);
    if (!more.empty()) {
      if (IsDash(gap)) AddUpTo(code.episodes, more.front());
      Append(code.episodes, more);
    } else if (number > code.episodes.back() && (word.size() >= 2 || short_form) && IsSuffix(digits) &&
               IsTightDash(gap)) {
      AddUpTo(code.episodes, number);
    } else if (number > code.episodes.back() && word.size() == 2 && IsAnd(gap)) {
      AddNumber(code.episodes, number);
    } else if (!other.episodes.empty() && other.seasons == code.seasons) {
      if (IsDash(gap)) AddUpTo(code.episodes, other.episodes.front());
      Append(code.episodes, other.episodes);
    } else if (!other.episodes.empty() && IsDash(gap) && !code.seasons.empty() &&
               other.seasons.front() > code.seasons.back()) {
      AddUpTo(code.seasons, other.seasons.front());  // whole seasons and parts of them: no list of episodes fits
      code.episodes.clear();
      return i + 1;
    } else {
      return i;
    }
  }
  return i;
}

/// Takes what goes on with the seasons of `code` from word `i`: "-S03", "-03", "+S03", ".E02".
std::size_t TakeMoreSeasons(const Draft& draft, std::size_t i, Code& code) {
  const auto& words = draft.words;
  for (; i < words.size() && words.Near(i); ++i) {
    const auto gap = words.Gap(i);
    const auto word = words.Lower(i);
    if (auto episodes = word.starts_with('e') ? ReadEpisodes(word) : std::vector<int>{}; !episodes.empty()) {
      code.episodes = std::move(episodes);
      return TakeMoreEpisodes(draft, i + 1, code);
    }
    const auto other = word.starts_with('s') ? ReadSeasonCode(word) : Code{};
    if (!other.seasons.empty() && other.episodes.empty()) {
      if (IsDash(gap)) AddUpTo(code.seasons, other.seasons.front());
      Append(code.seasons, other.seasons);
    } else if (IsNumber(word) && word.size() <= 2 && IsTightDash(gap) && ToNumber(word) > code.seasons.back() &&
               !draft.file) {
      AddUpTo(code.seasons, ToNumber(word));
    } else {
      break;
    }
  }
  return i;
}

/// The number that fansub groups put behind the code in brackets: "S02E03 (28)".
std::size_t TakeAbsolute(Draft& draft, std::size_t i) {
  const auto& words = draft.words;
  if (i >= words.size() || (words.Gap(i) != " (" && words.Gap(i) != "(") || words.BracketOf(i) == Words::kNoBracket)
    return i;
  const auto& bracket = words.brackets()[words.BracketOf(i)];
  const auto word = words.Lower(i);
  if (bracket.last - bracket.first != 1 || !IsNumber(word) || word.size() > 4) return i;
  if (word.size() == 4 && ToNumber(word) >= kFirstYear && ToNumber(word) <= kLastYear) return i;
  AddNumber(draft.out.absolute, ToNumber(word));
  return i + 1;
}

}  // namespace

std::size_t TakeCode(Draft& draft, std::size_t i) {
  const auto word = draft.words.Lower(i);
  auto code = word.starts_with('s') || word.starts_with('t') ? ReadSeasonCode(word) : ReadCross(word);
  if (word.starts_with('e') && word.size() >= 3) code.episodes = ReadEpisodes(word);
  if (code.seasons.empty() && code.episodes.empty()) return i;
  auto end = code.episodes.empty() ? TakeMoreSeasons(draft, i + 1, code) : TakeMoreEpisodes(draft, i + 1, code);
  Append(draft.out.seasons, code.seasons);
  Append(draft.out.episodes, code.episodes);
  if (!code.episodes.empty()) end = TakeAbsolute(draft, end);
  const auto kind = code.episodes.empty() ? MarkKind::kSeason : MarkKind::kEpisode;
  draft.Add({.kind = kind, .first = i, .last = end});
  return end;
}

}  // namespace sluice::plugins::titles
