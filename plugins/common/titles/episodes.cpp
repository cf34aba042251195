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

bool TakePrefix(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

/// What may follow the number of an episode: a version, "v2", or the half of a double episode, "a".
bool IsSuffix(std::string_view text) {
  return text.empty() || (text.size() == 2 && text[0] == 'v' && IsDigit(text[1])) ||
         (text.size() == 1 && text[0] >= 'a' && text[0] <= 'd');
}

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
  const auto before = word.size();
  do {
    const int season = TakeNumber(word, code.seasons.empty() ? 4 : 2);
    if (season < 0) return {};
    AddNumber(code.seasons, season);
  } while (!other && TakePrefix(word, "s"));
  if (word.empty()) return other || before > 2 + 3 * (code.seasons.size() - 1) ? Code{} : code;
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

bool IsDash(std::string_view gap) { return gap.find_first_of("-~") != std::string_view::npos; }
bool IsTightDash(std::string_view gap) { return gap == "-" || gap == "~"; }
bool IsAnd(std::string_view gap) { return gap.find_first_of("&+,") != std::string_view::npos; }

void Append(std::vector<int>& list, const std::vector<int>& more) {
  for (const int number : more) AddNumber(list, number);
}

/// Takes what goes on with the episodes of `code` from word `i`: "-E03", ".E03", "-03", "+03", "-S01E03".
std::size_t TakeMoreEpisodes(const Draft& draft, std::size_t i, Code& code) {
  const auto& words = draft.words;
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
    } else if (number > code.episodes.back() && word.size() >= 2 && IsSuffix(digits) && IsTightDash(gap)) {
      AddUpTo(code.episodes, number);
    } else if (number > code.episodes.back() && word.size() == 2 && IsAnd(gap)) {
      AddNumber(code.episodes, number);
    } else if (!other.episodes.empty() && other.seasons == code.seasons) {
      if (IsDash(gap)) AddUpTo(code.episodes, other.episodes.front());
      Append(code.episodes, other.episodes);
    } else if (!other.episodes.empty() && IsDash(gap) && other.seasons.front() > code.seasons.back()) {
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

std::size_t TakeCode(Draft& draft, std::size_t i) {
  const auto word = draft.words.Lower(i);
  auto code = word.starts_with('s') || word.starts_with('t') ? ReadSeasonCode(word) : ReadCross(word);
  if (code.seasons.empty()) return i;
  auto end = code.episodes.empty() ? TakeMoreSeasons(draft, i + 1, code) : TakeMoreEpisodes(draft, i + 1, code);
  Append(draft.out.seasons, code.seasons);
  Append(draft.out.episodes, code.episodes);
  if (!code.episodes.empty()) end = TakeAbsolute(draft, end);
  const auto kind = code.episodes.empty() ? MarkKind::kSeason : MarkKind::kEpisode;
  draft.Add({.kind = kind, .first = i, .last = end});
  return end;
}

enum class Counted : std::uint8_t { kSeason, kEpisode, kChapter, kVolume };

struct CountedWord {
  std::string_view word;
  Counted counted;
};

/// Words in front of a number or behind it. kChapter: "Cap.205" is the fifth episode of season 2.
constexpr CountedWord kCountedWords[] = {
    {"season", Counted::kSeason},     {"seasons", Counted::kSeason},     {"saison", Counted::kSeason},
    {"saisons", Counted::kSeason},    {"temporada", Counted::kSeason},   {"temporadas", Counted::kSeason},
    {"stagione", Counted::kSeason},   {"stagioni", Counted::kSeason},    {"staffel", Counted::kSeason},
    {"staffeln", Counted::kSeason},   {"sezon", Counted::kSeason},       {"sezonul", Counted::kSeason},
    {"seizoen", Counted::kSeason},    {"säsong", Counted::kSeason},      {"sæson", Counted::kSeason},
    {"sesong", Counted::kSeason},     {"kausi", Counted::kSeason},       {"évad", Counted::kSeason},
    {"сезон", Counted::kSeason},      {"Сезон", Counted::kSeason},       {"сезоны", Counted::kSeason},
    {"Сезоны", Counted::kSeason},     {"сезона", Counted::kSeason},      {"СЕЗОН", Counted::kSeason},
    {"seas", Counted::kSeason},       {"série", Counted::kSeason},       {"sezona", Counted::kSeason},
    {"ep", Counted::kEpisode},        {"eps", Counted::kEpisode},        {"e", Counted::kEpisode},
    {"episode", Counted::kEpisode},   {"episodes", Counted::kEpisode},   {"épisode", Counted::kEpisode},
    {"episodio", Counted::kEpisode},  {"episodios", Counted::kEpisode},  {"episódio", Counted::kEpisode},
    {"episodi", Counted::kEpisode},   {"folge", Counted::kEpisode},      {"folgen", Counted::kEpisode},
    {"avsnitt", Counted::kEpisode},   {"aflevering", Counted::kEpisode}, {"odcinek", Counted::kEpisode},
    {"odcinki", Counted::kEpisode},   {"odc", Counted::kEpisode},        {"bölüm", Counted::kEpisode},
    {"bolum", Counted::kEpisode},     {"серия", Counted::kEpisode},      {"серии", Counted::kEpisode},
    {"серий", Counted::kEpisode},     {"Серия", Counted::kEpisode},      {"Серии", Counted::kEpisode},
    {"серія", Counted::kEpisode},     {"эпизод", Counted::kEpisode},     {"выпуск", Counted::kEpisode},
    {"epi", Counted::kEpisode},       {"afsnit", Counted::kEpisode},     {"rész", Counted::kEpisode},
    {"cap", Counted::kChapter},       {"capitulo", Counted::kChapter},   {"capítulo", Counted::kChapter},
    {"capitulos", Counted::kChapter}, {"capítulos", Counted::kChapter},  {"vol", Counted::kVolume},
    {"vols", Counted::kVolume},       {"volume", Counted::kVolume},      {"volumes", Counted::kVolume},
    {"том", Counted::kVolume},
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
  switch (counted) {
    case Counted::kSeason:
      Append(draft.out.seasons, numbers);
      return draft.Add({.kind = MarkKind::kSeason, .first = first, .last = last});
    case Counted::kVolume:  // part of the title, "Kill Bill Vol. 1", or behind it
      Append(draft.out.volumes, numbers);
      return draft.Add({.kind = MarkKind::kCode, .rule = kTail, .first = first, .last = last});
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
std::size_t TakeCounted(Draft& draft, std::size_t i) {
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
  if (counted->counted == Counted::kSeason && number > 100 && (number < kFirstYear || number > kLastYear)) return i;
  std::vector<int> numbers{number};
  const bool season = counted->counted == Counted::kSeason;
  const bool several = counted->word.ends_with('s') || !season;
  const auto end = TakeNumbers(draft, at + 1, season && number < 100 ? 2 : 4, several, numbers);
  Keep(draft, counted->counted, numbers, i, end);
  return end;
}

/// "1st Season", "2ª Temporada", "1-3 сезон", "05 серия", "First Season", "1-8 of 12".
std::size_t TakeNumbered(Draft& draft, std::size_t i) {
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
  if (PlaceIn(kOf, behind) >= 0 && end + 1 < words.size() && IsNumber(words.Lower(end + 1)) &&
      words.Lower(end + 1).size() <= 4 && ToNumber(words.Lower(end + 1)) >= numbers.back() &&
      (behind != "de" || i > 0)) {
    Keep(draft, Counted::kEpisode, numbers, i, end + 2);
    return end + 2;
  }
  const auto* counted = CountedOf(behind);
  if (counted == nullptr || counted->word.size() < 5 || counted->counted == Counted::kVolume) return i;
  const bool next_is_number = end + 1 < words.size() && words.Near(end + 1) && IsDigit(words.Lower(end + 1).front());
  if (next_is_number && !IsDash(words.Gap(end + 1)) && words.Lower(end + 1).size() <= 3) return i;
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

struct Type {
  std::string_view stem;
  std::string_view type;
  bool counts_episodes;
  bool needs_number;
};

constexpr Type kTypes[] = {
    {"ova", "OVA", true, false},     {"oad", "OAD", true, false},        {"ona", "ONA", true, false},
    {"sp", "Special", true, true},   {"ncop", "NCOP", false, false},     {"nced", "NCED", false, false},
    {"pv", "PV", false, true},       {"cm", "CM", false, true},          {"op", "OP", false, true},
    {"ed", "ED", false, true},       {"special", "Special", true, true}, {"menu", "Menu", false, true},
    {"extra", "Extra", false, true},
};

/// "OVA", "OVA 2", "NCOP1a", "SP03".
std::size_t TakeType(Draft& draft, std::size_t i) {
  const auto& words = draft.words;
  auto word = words.Lower(i);
  const auto letters = std::min(word.find_first_of("0123456789"), word.size());
  const auto* type = std::ranges::find(kTypes, word.substr(0, letters), &Type::stem);
  if (type == std::end(kTypes)) return i;
  auto end = i + 1;
  const bool glued = letters < word.size();
  const bool apart = !glued && end < words.size() && words.Near(end) && IsNumber(words.Lower(end)) &&
                     words.Lower(end).size() <= 2 && (type->counts_episodes || !type->needs_number);
  if (!glued && !apart && type->needs_number) return i;
  auto digits = glued ? word.substr(letters) : apart ? words.Lower(end) : std::string_view{};
  const int number = TakeNumber(digits, 3);
  if ((glued || apart) && (number < 0 || !IsSuffix(digits))) return i;
  if (apart) ++end;
  if (number >= 0 && type->counts_episodes) AddNumber(draft.out.episodes, number);
  if (std::ranges::find(draft.out.release_types, type->type) == draft.out.release_types.end())
    draft.out.release_types.emplace_back(type->type);
  const unsigned rule = type->needs_number && !type->counts_episodes ? unsigned{kTail} : unsigned{kStrong};
  draft.Add({.kind = MarkKind::kCode, .rule = rule, .first = i, .last = end});
  return end;
}

}  // namespace

std::size_t TakeEpisodes(Draft& draft, std::size_t i) {
  for (const auto take : {TakeCode, TakeCounted, TakeNumbered, TakeCjk, TakeType})
    if (const auto end = take(draft, i); end != i) return end;
  return i;
}

}  // namespace sluice::plugins::titles
