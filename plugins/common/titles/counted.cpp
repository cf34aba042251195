// SPDX-License-Identifier: MIT
#include <algorithm>
#include <cstdint>
#include <iterator>
#include <span>
#include <utility>

#include "common/titles/draft.hpp"
#include "common/titles/numbers.hpp"

namespace sluice::plugins::titles {
namespace {

enum class Counted : std::uint8_t { kSeason, kEpisode, kChapter, kVolume };

struct CountedWord {
  std::string_view word;
  Counted counted;
};

/// Words in front of a number or behind it. kChapter: "Cap.205" is the fifth episode of season 2.
constexpr CountedWord kCountedWords[] = {
    {"season", Counted::kSeason},    {"seasons", Counted::kSeason},    {"saison", Counted::kSeason},
    {"saisons", Counted::kSeason},   {"temporada", Counted::kSeason},  {"temporadas", Counted::kSeason},
    {"stagione", Counted::kSeason},  {"stagioni", Counted::kSeason},   {"staffel", Counted::kSeason},
    {"staffeln", Counted::kSeason},  {"sezon", Counted::kSeason},      {"sezonul", Counted::kSeason},
    {"seizoen", Counted::kSeason},   {"säsong", Counted::kSeason},     {"sæson", Counted::kSeason},
    {"sesong", Counted::kSeason},    {"kausi", Counted::kSeason},      {"évad", Counted::kSeason},
    {"сезон", Counted::kSeason},     {"Сезон", Counted::kSeason},      {"сезоны", Counted::kSeason},
    {"Сезоны", Counted::kSeason},    {"сезона", Counted::kSeason},     {"СЕЗОН", Counted::kSeason},
    {"seas", Counted::kSeason},      {"series", Counted::kSeason},     {"série", Counted::kSeason},
    {"sezona", Counted::kSeason},    {"ep", Counted::kEpisode},        {"eps", Counted::kEpisode},
    {"e", Counted::kEpisode},        {"episode", Counted::kEpisode},   {"episodes", Counted::kEpisode},
    {"épisode", Counted::kEpisode},  {"episodio", Counted::kEpisode},  {"episodios", Counted::kEpisode},
    {"episódio", Counted::kEpisode}, {"episodi", Counted::kEpisode},   {"folge", Counted::kEpisode},
    {"folgen", Counted::kEpisode},   {"avsnitt", Counted::kEpisode},   {"aflevering", Counted::kEpisode},
    {"odcinek", Counted::kEpisode},  {"odcinki", Counted::kEpisode},   {"odc", Counted::kEpisode},
    {"bölüm", Counted::kEpisode},    {"bolum", Counted::kEpisode},     {"серия", Counted::kEpisode},
    {"серии", Counted::kEpisode},    {"серий", Counted::kEpisode},     {"Серия", Counted::kEpisode},
    {"Серии", Counted::kEpisode},    {"серія", Counted::kEpisode},     {"эпизод", Counted::kEpisode},
    {"выпуск", Counted::kEpisode},   {"epi", Counted::kEpisode},       {"afsnit", Counted::kEpisode},
    {"rész", Counted::kEpisode},     {"cap", Counted::kChapter},       {"capitulo", Counted::kChapter},
    {"capítulo", Counted::kChapter}, {"capitulos", Counted::kChapter}, {"capítulos", Counted::kChapter},
    {"vol", Counted::kVolume},       {"vols", Counted::kVolume},       {"volume", Counted::kVolume},
    {"volumes", Counted::kVolume},   {"том", Counted::kVolume},
};

const CountedWord* CountedOf(std::string_view word) {
  const auto* found = std::ranges::find(kCountedWords, word, &CountedWord::word);
  return found == std::end(kCountedWords) ? nullptr : found;
}

constexpr std::string_view kNames[] = {"zero", "one",   "two",   "three", "four", "five",
                                       "six",  "seven", "eight", "nine",  "ten"};
constexpr std::string_view kOrdinals[] = {"zeroth", "first",   "second", "third", "fourth", "fifth",
                                          "sixth",  "seventh", "eighth", "ninth", "tenth"};

int PlaceIn(std::span<const std::string_view> names, std::string_view word) {
  const auto found = std::ranges::find(names, word);
  return found == names.end() ? -1 : static_cast<int>(found - names.begin());
}

/// Takes numbers from word `i`: "1", "1-3", "1 to 3", "1, 2 & 3". \returns  the word behind.
/// \param several  whether " - " joins them too. Else "Season 2 - 05" is an episode.
std::size_t TakeNumbers(const Draft& draft, std::size_t i, std::size_t most_digits, bool several,
                        std::vector<int>& out) {
  constexpr std::string_view kUpTo[] = {"to", "a", "à", "bis", "thru", "do", "по", "al"};
  constexpr std::string_view kAnd[] = {"and", "und", "y", "et", "и"};
  const auto& words = draft.words;
  const auto number_at = [&](std::size_t k) {
    if (k >= words.size() || !words.Near(k)) return -1;
    auto word = words.Lower(k);
    const int number = TakeNumber(word, most_digits);
    if (number >= kFirstYear && number <= kLastYear && out.back() < 1000) return -1;
    return IsSuffix(word) || word == "ª" || word == "º" ? number : -1;
  };
  while (i < words.size() && words.Near(i)) {
    const auto gap = words.Gap(i);
    if (const int number = number_at(i); number >= 0) {
      const bool range = IsTightDash(gap) || (several && IsDash(gap));
      if (!range && !IsAnd(gap)) return i;
      if (number <= out.back()) return i;
      range ? AddUpTo(out, number) : AddNumber(out, number);
      ++i;
    } else if (const int last = number_at(i + 1); last > out.back() && PlaceIn(kUpTo, words.Lower(i)) >= 0) {
      AddUpTo(out, last);
      i += 2;
    } else if (last > out.back() && PlaceIn(kAnd, words.Lower(i)) >= 0) {
      AddNumber(out, last);
      i += 2;
    } else {
      return i;
    }
  }
  return i;
}

void Keep(Draft& draft, Counted counted, const std::vector<int>& numbers, std::size_t first, std::size_t last) {
  const unsigned rule = numbers.size() > 1 ? unsigned{kStrong} : unsigned{kTail};
  switch (counted) {
    case Counted::kSeason:
      Append(draft.out.seasons, numbers);
      return draft.Add({.kind = MarkKind::kSeason, .first = first, .last = last});
    case Counted::kVolume:  // part of the title, "Kill Bill Vol. 1", or behind it
      Append(draft.out.volumes, numbers);
      return draft.Add({.kind = MarkKind::kVolume, .rule = rule, .first = first, .last = last});
    case Counted::kChapter:
      for (const int number : numbers) {
        if (number >= 100) AddNumber(draft.out.seasons, number / 100);
        AddNumber(draft.out.episodes, number >= 100 ? number % 100 : number);
      }
      break;
    case Counted::kEpisode:
      Append(draft.out.episodes, numbers);
  }
  draft.Add({.kind = MarkKind::kEpisode, .first = first, .last = last});
}

/// "Season 1", "Seasons 1-3", "Ep.05", "EP05", "Vol.2", "Season One".
std::size_t TakeBehindWord(Draft& draft, std::size_t i) {
  const auto& words = draft.words;
  auto word = words.Lower(i);
  const auto letters = std::min(word.find_first_of("0123456789"), word.size());
  const auto* counted = CountedOf(word.substr(0, letters));
  if (counted == nullptr) return i;
  const bool glued = letters < word.size();
  if (!glued && (counted->word == "e" || i + 1 >= words.size() || !words.Near(i + 1))) return i;
  const auto at = glued ? i : i + 1;
  auto digits = glued ? word.substr(letters) : words.Lower(at);
  const auto length = digits.size();
  int number = TakeNumber(digits, 4);
  if (number < 0 && counted->counted == Counted::kSeason)
    number = PlaceIn(kNames, digits);
  else if (!IsSuffix(digits))
    number = -1;
  if (number < 0 || (counted->word == "e" && length < 2)) return i;
  if (counted->counted != Counted::kSeason && number >= kFirstYear && number <= kLastYear) return i;
  if (i == 0 && !draft.file && counted->counted != Counted::kSeason) return i;  // "Episode 50 2011"
  if (counted->word == "series" && number > 100) return i;                      // "World Series 2019"
  if (counted->counted == Counted::kSeason && number > 100 && (number < kFirstYear || number > kLastYear)) return i;
  std::vector<int> numbers{number};
  const bool season = counted->counted == Counted::kSeason;
  const bool several = counted->word.ends_with('s') || !season;
  const auto end = TakeNumbers(draft, at + 1, season && number < 100 ? 2 : 4, several, numbers);
  Keep(draft, counted->counted, numbers, i, end);
  return end;
}

/// Whether the number behind word `i` is what it counts: "1 Season 2". Not in "2. Sezon 5. Bölüm", "1 сезон: 1-8".
bool IsCountedBy(const Words& words, std::size_t i) {
  if (i + 1 >= words.size() || !words.Near(i + 1) || !IsDigit(words.Lower(i + 1).front())) return false;
  const auto gap = words.Gap(i + 1);
  if (IsDash(gap) || gap.find_first_of(":,") != std::string_view::npos || words.Lower(i + 1).size() > 3) return false;
  const auto* next = i + 2 < words.size() && words.Near(i + 2) ? CountedOf(words.Lower(i + 2)) : nullptr;
  return next == nullptr || next->word.size() < 5;
}

/// Whether word `i` is how many there are, of which `last` is one.
bool IsTotal(const Words& words, std::size_t i, int last) {
  return i < words.size() && IsNumber(words.Lower(i)) && words.Lower(i).size() <= 4 && ToNumber(words.Lower(i)) >= last;
}

/// "05of12".
std::size_t TakePart(Draft& draft, std::size_t i) {
  auto word = draft.words.Lower(i);
  const int number = TakeNumber(word, 4);
  if (number < 0 || !TakePrefix(word, "of") || TakeNumber(word, 4) < number || !word.empty()) return i;
  Keep(draft, Counted::kEpisode, {number}, i, i + 1);
  return i + 1;
}

/// "1st Season", "2ª Temporada", "1-3 сезон", "05 серия", "First Season", "1-8 of 12".
std::size_t TakeInFrontOfWord(Draft& draft, std::size_t i) {
  constexpr std::string_view kEndings[] = {"", "st", "nd", "rd", "th", "ª", "º", "°", "a", "er", "e", "я", "й"};
  constexpr std::string_view kOf[] = {"of", "из", "von", "iz", "de"};
  const auto& words = draft.words;
  auto word = words.Lower(i);
  int number = TakeNumber(word, 4);
  if (number < 0)
    number = PlaceIn(kOrdinals, word);
  else if (PlaceIn(kEndings, word) < 0)
    return i;
  if (number < 0) return i;
  std::vector<int> numbers{number};
  auto end = TakeNumbers(draft, i + 1, 4, true, numbers);
  if (end >= words.size() || !words.Near(end) || IsDash(words.Gap(end))) return i;
  const auto behind = words.Lower(end);
  if (PlaceIn(kOf, behind) >= 0 && (behind != "de" || i > 0) && IsTotal(words, end + 1, numbers.back())) {
    // Behind an episode these are its parts, "S01E05 2 of 3".
    if (!draft.out.episodes.empty()) return i;
    Keep(draft, Counted::kEpisode, numbers, i, end + 2);
    return end + 2;
  }
  const auto* counted = CountedOf(behind);
  if (counted == nullptr || counted->word.size() < 5 || counted->counted == Counted::kVolume) return i;
  if (IsCountedBy(words, end)) return i;
  if (counted->counted == Counted::kSeason && numbers.back() > 100) return i;
  Keep(draft, counted->counted, numbers, i, end + 1);
  return end + 1;
}

/// "第05話", "第2季", "第01-12集".
std::size_t TakeCjk(Draft& draft, std::size_t i) {
  const auto& words = draft.words;
  auto word = words.Lower(i);
  if (!TakePrefix(word, "第")) return i;
  std::vector<int> numbers{TakeNumber(word, 4)};
  if (numbers.front() < 0) return i;
  auto end = i + 1;
  if (word.empty() && end < words.size() && words.Near(end) && IsDash(words.Gap(end))) {
    word = words.Lower(end);
    const int last = TakeNumber(word, 4);
    if (last < 0) return i;
    AddUpTo(numbers, last);
    ++end;
  }
  const auto is = [&](std::string_view unit) { return word.starts_with(unit); };
  const bool season = is("季") || is("期");
  if (!season && !is("話") && !is("话") && !is("集") && !is("回")) return i;
  Keep(draft, season ? Counted::kSeason : Counted::kEpisode, numbers, i, end);
  return end;
}

}  // namespace

std::size_t TakeCounted(Draft& draft, std::size_t i) {
  for (const auto take : {TakeBehindWord, TakePart, TakeInFrontOfWord, TakeCjk})
    if (const auto end = take(draft, i); end != i) return end;
  return i;
}

}  // namespace sluice::plugins::titles
