// SPDX-License-Identifier: MIT
#include <algorithm>
#include <sluice/sdk/text.hpp>

#include "common/titles/draft.hpp"

namespace sluice::plugins::titles {
namespace {

bool IsLanguage(const Mark& mark) {
  return !mark.rows.empty() &&
         (mark.rows.front()->field == Field::kLanguage || mark.rows.front()->field == Field::kSubtitle ||
          mark.rows.front()->field == Field::kSubbed || mark.rows.front()->field == Field::kDubbed);
}

/// Takes away short codes of languages that stand alone.
void DropLonelyCodes(Draft& draft) {
  const auto joins = [&](std::size_t a, std::size_t b) {
    return b < draft.marks.size() && draft.marks[a].last == draft.marks[b].first &&
           draft.words.Gap(draft.marks[b].first).size() <= 3;
  };
  const auto& marks = draft.marks;
  std::vector<Mark> kept;
  kept.reserve(marks.size());
  for (std::size_t m = 0; m < marks.size(); ++m) {
    const bool lonely = (marks[m].rule & kBeside) != 0 && !(m > 0 && joins(m - 1, m) && IsLanguage(marks[m - 1])) &&
                        !(joins(m, m + 1) && IsLanguage(marks[m + 1]));
    if (!lonely) kept.push_back(marks[m]);
  }
  draft.marks = std::move(kept);
  draft.Sort();
}

/// What stands in brackets that say nothing else counts everywhere: "Title (Uncut)".
void StrengthenBrackets(Draft& draft) {
  for (const auto& bracket : draft.words.brackets()) {
    if (bracket.first < draft.title_first || !draft.AllMarked(bracket)) continue;
    for (auto& mark : draft.marks)
      if (mark.first >= bracket.first && mark.last <= bracket.last) mark.rule &= ~3U;
  }
}

bool IsInBrackets(const Draft& draft, const Mark& mark) {
  const auto bracket = draft.words.BracketOf(mark.first);
  return bracket != Words::kNoBracket && draft.AllMarked(draft.words.brackets()[bracket]);
}

/// The first mark behind the first word of the title that ends it whatever it is; `marks.size()`: none.
std::size_t FirstStrong(const Draft& draft) {
  for (std::size_t m = 0; m < draft.marks.size(); ++m) {
    const auto& mark = draft.marks[m];
    if (!mark.strong() || mark.kind == MarkKind::kYear) continue;
    if (mark.first > draft.title_first || (mark.first == draft.title_first && mark.numbers())) return m;
  }
  return draft.marks.size();
}

/// Which of several years is the release's: one in brackets, else the last in front of what ends the title anyhow. The
/// first word of a title is no year: "2012", "1917". \returns  its mark, or `marks.size()`.
std::size_t ChooseYear(const Draft& draft, std::size_t strong) {
  const auto& marks = draft.marks;
  auto before = marks.size();
  auto behind = marks.size();
  for (std::size_t m = 0; m < marks.size(); ++m) {
    if (marks[m].kind != MarkKind::kYear) continue;
    if (IsInBrackets(draft, marks[m]) && marks[m].first != draft.title_first) return m;
    if (marks[m].first <= draft.title_first) continue;
    if (m < strong) before = m;
    if (m > strong && behind == marks.size()) behind = m;
  }
  if (before == marks.size()) return behind;
  // In front of a season, but not directly: "Show 2010 Name S01" has it in its title.
  const bool parted = strong < marks.size() && marks[strong].numbers() && marks[before].last != marks[strong].first;
  const auto free = [&](std::size_t i) { return draft.Free(i); };
  if (parted)
    for (auto i = marks[before].last; i < marks[strong].first; ++i)
      if (free(i)) return behind;
  return before;
}

/// Whether a mark is written as no title is: "FRENCH", "iTALiAN", in a name that is not all capitals.
bool IsSceneWord(const Draft& draft, const Mark& mark) {
  const auto& words = draft.words;
  bool small = false;
  for (auto i = draft.title_first; i < mark.first && !small; ++i) small = draft.Free(i) && !words.IsUpper(i);
  const auto text = words.Text(mark.first);
  return small && std::ranges::any_of(text.substr(1), [](char c) { return c >= 'A' && c <= 'Z'; });
}

/// Whether a later word says better what the weak `mark` would: "Charlotte's Web 1080p BluRay".
bool IsOutdone(const Draft& draft, const Mark& mark) {
  if (mark.rows.empty() || mark.rows.front()->field != Field::kQuality) return false;
  return std::ranges::any_of(draft.marks, [&](const Mark& other) {
    return other.strong() && !other.rows.empty() &&
           (other.rows.front()->field == Field::kQuality || other.rows.front()->field == Field::kRemux);
  });
}

bool IsComplete(const Mark& mark) { return !mark.rows.empty() && mark.rows.front()->field == Field::kComplete; }

/// Which weak marks in front of the end of a title are not of the title.
enum class Taken : std::uint8_t { kAll, kSceneAndComplete, kScene };

bool IsTaken(const Draft& draft, const Mark& mark, Taken taken) {
  return taken == Taken::kAll || (taken == Taken::kSceneAndComplete && IsComplete(mark)) || IsSceneWord(draft, mark);
}

/// Moves the end of the title in front of weak marks that stand directly in front of it: "Title FRENCH 1080p".
std::size_t BeforeWeak(const Draft& draft, std::size_t end, Taken taken) {
  for (auto m = draft.marks.size(); m-- > 0;) {
    const auto& mark = draft.marks[m];
    if (mark.last > end) continue;
    const bool joins = mark.last == end && mark.first > draft.title_first && mark.weak();
    if (!joins || IsOutdone(draft, mark) || !IsTaken(draft, mark, taken)) break;
    end = mark.first;
  }
  return end;
}

/// Among names that nothing ends, "Title CAM": only what is written as no title is.
std::size_t EndOfOpenTitle(const Draft& draft) { return BeforeWeak(draft, draft.words.size(), Taken::kScene); }

/// In front of a bracket that word `end` stands in together with words of no meaning.
std::size_t BeforeBracket(const Draft& draft, std::size_t end) {
  if (end >= draft.words.size() || draft.words.BracketOf(end) == Words::kNoBracket) return end;
  const auto first = draft.words.brackets()[draft.words.BracketOf(end)].first;
  return first > draft.title_first ? std::min(first, end) : end;
}

/// Behind an episode stands its name, up to what says more of the release: there weak marks count only as they do in
/// front of the end of a title.
void CountBehind(Draft& draft) {
  auto& marks = draft.marks;
  bool in_name = false;
  std::size_t pending = 0;  // the first mark of those that stand together, and end with the one before `m`
  const auto settle = [&](std::size_t m, std::size_t word) {
    for (auto k = pending; k < m; ++k) marks[k].counts = marks[m - 1].last == word;
  };
  for (std::size_t m = 0; m < marks.size(); ++m) {
    auto& mark = marks[m];
    if (mark.first < draft.title_last && mark.last > draft.title_first) continue;
    if (mark.strong()) {
      if (in_name && m > pending) settle(m, mark.first);
      mark.counts = true;
      if (mark.kind == MarkKind::kEpisode || mark.kind == MarkKind::kDate)
        in_name = true;
      else if (mark.kind != MarkKind::kYear && mark.kind != MarkKind::kSeason)
        in_name = false;
      pending = m + 1;
    } else if (!in_name) {
      mark.counts = true;
    } else if (m == pending || marks[m - 1].last != mark.first) {
      pending = m;
    }
  }
  if (!in_name || pending >= marks.size()) return;
  const auto end = marks.back().last;
  const auto& words = draft.words;
  const bool at_end = end == words.size() || (words.Gap(end) == "-" && end + 1 == words.size());
  if (at_end && IsSceneWord(draft, marks[pending])) settle(marks.size(), end);
}

}  // namespace

void DecideOutline(Draft& draft) {
  DropLonelyCodes(draft);
  StrengthenBrackets(draft);
  const auto strong = FirstStrong(draft);
  const auto year = ChooseYear(draft, strong);
  const auto size = draft.marks.size();
  if (year < size) {
    draft.out.year = draft.marks[year].year;
    draft.out.year_end = draft.marks[year].year_end;
  }
  if (strong == size && year == size) {
    draft.title_last = EndOfOpenTitle(draft);
  } else if (year < strong) {
    draft.title_last = draft.marks[year].first;
    if (draft.title_last > draft.title_first)
      draft.title_last =
          BeforeWeak(draft, draft.title_last, draft.out.year_end != 0 ? Taken::kSceneAndComplete : Taken::kScene);
    if (draft.title_last <= draft.title_first)
      draft.title_last = strong < size ? draft.marks[strong].first : draft.words.size();
  } else {
    const auto& mark = draft.marks[strong];
    draft.title_last = BeforeWeak(draft, mark.first, mark.numbers() ? Taken::kSceneAndComplete : Taken::kAll);
  }
  draft.title_last = BeforeBracket(draft, std::max(draft.title_last, draft.title_first));
  CountBehind(draft);
}

}  // namespace sluice::plugins::titles
