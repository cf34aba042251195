// SPDX-License-Identifier: MIT
#include <algorithm>
#include <string_view>

#include "common/titles/draft.hpp"
#include "common/titles/numbers.hpp"

namespace sluice::plugins::titles {
namespace {

/// "07", "07v2".
int EpisodeOf(std::string_view word) {
  const int number = TakeNumber(word, 4);
  const bool plain = word.empty() || (word.size() == 2 && word[0] == 'v' && IsDigit(word[1]));
  return plain ? number : -1;
}

bool IsYear(int number) { return number >= kFirstYear && number <= kLastYear; }

/// Whether word `i` is a number that nothing else explains.
bool IsFreeNumber(const Draft& draft, std::size_t i) {
  return i < draft.words.size() && draft.Free(i) && EpisodeOf(draft.words.Lower(i)) >= 0;
}

/// "07", "01-12", "01 ~ 12", "07+08" from word `i` on, and "07.5", which lies between two episodes.
/// \param spaced  whether a dash with spaces joins too.
std::size_t TakeSpan(Draft& draft, std::size_t i, bool spaced) {
  const auto& words = draft.words;
  const int first = EpisodeOf(words.Lower(i));
  auto end = i + 1;
  const bool more = end < words.size() && words.Near(end) && IsFreeNumber(draft, end);
  const auto gap = more ? words.Gap(end) : std::string_view{};
  if (more && gap == "." && words.Lower(end).size() == 1) {
    draft.out.release_types.emplace_back("Special");
    ++end;
  } else {
    AddNumber(draft.out.episodes, first);
    const int last = more ? EpisodeOf(words.Lower(end)) : -1;
    const bool joins = gap == "-" || gap.find('~') != std::string_view::npos || (spaced && gap == " - ");
    if (last > first && (joins || gap == "+" || gap == "&") && !IsYear(last)) {
      joins ? AddUpTo(draft.out.episodes, last) : AddNumber(draft.out.episodes, last);
      ++end;
    }
  }
  draft.Add({.kind = MarkKind::kEpisode, .first = i, .last = end});
  return end;
}

bool IsFollowedByYear(const Draft& draft, std::size_t i) {
  const auto* next = draft.At(i + 1);
  return next != nullptr && next->kind == MarkKind::kYear;
}

/// "Title - 07 [1080p]".
bool TakeBehindDash(Draft& draft) {
  const auto& words = draft.words;
  for (auto i = draft.title_first + 1; i < words.size(); ++i) {
    if (!IsFreeNumber(draft, i) || !words.AfterSpacedDash(i)) continue;
    const bool is_code = draft.fansub || words.Lower(i).size() >= 2;
    if (!is_code || (!draft.fansub && IsFollowedByYear(draft, i))) continue;
    TakeSpan(draft, i, true);
    return true;
  }
  return false;
}

/// "[07]", "[01-12]", "[07v2]", "[01-12 Fin]"; behind a group or as a span also "(01-12)".
bool TakeInBrackets(Draft& draft) {
  const auto& words = draft.words;
  for (const auto& bracket : words.brackets()) {
    if (bracket.end == 0 || bracket.first == bracket.last || bracket.first <= draft.title_first) continue;
    const auto i = bracket.first;
    if (!IsFreeNumber(draft, i)) continue;
    const bool span = i + 1 < bracket.last && IsFreeNumber(draft, i + 1);
    auto rest = i + (span ? 2 : 1);
    while (rest < bracket.last && !draft.Free(rest)) ++rest;
    if (rest != bracket.last) continue;
    const bool square = words.text()[bracket.begin] == '[';
    if (!draft.fansub && ((!square && !span) || words.Lower(i).size() < 2)) continue;
    TakeSpan(draft, i, true);
    return true;
  }
  return false;
}

/// "[Group] Title 07 [1080p]", and in files "[Group] Title 345 [720p].mkv".
bool TakeInFrontOfMarks(Draft& draft) {
  const auto& words = draft.words;
  for (auto i = draft.title_first + 1; draft.fansub && i < words.size(); ++i) {
    if (!IsFreeNumber(draft, i)) continue;
    const auto digits = words.Lower(i);
    const auto* next = draft.At(i + 1);
    const bool last = i + 1 == words.size() || (next != nullptr && next->strong());
    if (last && (digits.size() == 2 || digits.front() == '0' || draft.file)) {
      TakeSpan(draft, i, false);
      return true;
    }
  }
  return false;
}

/// "Title 001-220".
bool TakeZeroSpan(Draft& draft) {
  const auto& words = draft.words;
  for (auto i = draft.title_first + 1; i + 1 < words.size(); ++i) {
    if (!IsFreeNumber(draft, i) || !IsFreeNumber(draft, i + 1) || words.Gap(i + 1) != "-") continue;
    const auto first = words.Lower(i);
    if (first.size() < 2 || first.front() != '0' || ToNumber(first) >= EpisodeOf(words.Lower(i + 1))) continue;
    TakeSpan(draft, i, false);
    return true;
  }
  return false;
}

/// "05.mkv", "05 - Name.mkv", "05. Name.mkv": files of a folder that says the rest. With a year it is a film's place.
bool TakeInFront(Draft& draft) {
  const auto& words = draft.words;
  const auto i = draft.title_first;
  if (!draft.file || !IsFreeNumber(draft, i) || i + 1 < draft.title_first) return false;
  const auto digits = words.Lower(i);
  if (digits.size() > 4 || std::ranges::any_of(draft.marks, [](const Mark& m) { return m.kind == MarkKind::kYear; }))
    return false;
  const bool alone = i + 1 == words.size();
  const bool dash = !alone && (words.AfterSpacedDash(i + 1) || words.Gap(i + 1) == ". ");
  const bool zero = digits.front() == '0' && digits.size() >= 2;
  const bool marked = !alone && !draft.Free(i + 1) && zero;
  if (!alone && !marked && !(dash && digits.size() <= 2) && !(zero && (dash || words.Gap(i + 1) == "_"))) return false;
  TakeSpan(draft, i, false);
  return true;
}

/// "show.name.205.hdtv": how season and episode were written when HDTV was new.
bool TakeInFrontOfTv(Draft& draft) {
  const auto& words = draft.words;
  for (auto i = draft.title_first + 1; draft.out.seasons.empty() && i < words.size(); ++i) {
    const auto* next = draft.At(i + 1);
    if (!IsFreeNumber(draft, i) || words.Lower(i).size() != 3 || next == nullptr || next->rows.empty()) continue;
    const auto quality = next->rows.front()->value;
    if (quality != "HDTV" && quality != "PDTV" && quality != "TVRip" && quality != "SATRip") continue;
    const int number = ToNumber(words.Lower(i));
    if (number < 101 || number % 100 == 0) continue;
    draft.out.seasons.push_back(number / 100);
    draft.out.episodes.push_back(number % 100);
    draft.Add({.kind = MarkKind::kEpisode, .first = i, .last = i + 1});
    return true;
  }
  return false;
}

/// "Title #05".
bool TakeBehindHash(Draft& draft) {
  for (auto i = draft.title_first + 1; i < draft.words.size(); ++i) {
    if (!IsFreeNumber(draft, i) || !draft.words.Gap(i).ends_with('#')) continue;
    TakeSpan(draft, i, false);
    return true;
  }
  return false;
}

}  // namespace

void FindBareNumbers(Draft& draft) {
  if (!draft.out.episodes.empty() || !draft.out.date.empty()) return;
  for (const auto take :
       {TakeBehindDash, TakeInBrackets, TakeInFront, TakeInFrontOfMarks, TakeBehindHash, TakeZeroSpan, TakeInFrontOfTv})
    if (take(draft)) break;
  draft.Sort();
}

}  // namespace sluice::plugins::titles
