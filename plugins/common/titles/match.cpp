// SPDX-License-Identifier: MIT
#include "common/titles/match.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <numeric>
#include <sluice/sdk/text.hpp>

#include "common/titles/kinds.hpp"
#include "common/titles/normalise.hpp"
#include "common/titles/vocabulary.hpp"

namespace sluice::plugins::titles {
namespace {

/// How many letters of a title of `size` may be wrong.
constexpr std::size_t Forgiven(std::size_t size) { return std::min<std::size_t>(size / 10, 4); }

/// Levenshtein's distance, or anything beyond `most` when it is more.
std::size_t Distance(std::string_view a, std::string_view b, std::size_t most) {
  if (a.size() < b.size()) std::swap(a, b);
  if (a.size() - b.size() > most) return most + 1;
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    auto diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const auto changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, changed});
    }
    if (*std::ranges::min_element(row) > most) return most + 1;
  }
  return row.back();
}

/// "2" for "ii"; an empty text for what is no number. "i" and "x" are words as well.
std::string_view NumberIn(std::string_view word) {
  constexpr std::pair<std::string_view, std::string_view> kRoman[] = {
      {"ii", "2"}, {"iii", "3"}, {"iv", "4"}, {"v", "5"}, {"vi", "6"}, {"vii", "7"}, {"viii", "8"}, {"ix", "9"}};
  for (const auto& [roman, number] : kRoman)
    if (word == roman) return number;
  return IsNumber(word) ? word : std::string_view{};
}

/// With Roman numbers as others. Numbers of `title`, each with a space behind, go to `numbers`.
std::string WithNumbers(std::string_view title, std::string& numbers) {
  std::string out;
  while (!title.empty()) {
    const auto word = sdk::TakeUpTo(title, ' ');
    const auto number = NumberIn(word);
    out.append(out.empty() ? "" : " ").append(number.empty() ? word : number);
    if (!number.empty()) numbers.append(number).append(" ");
  }
  return out;
}

/// Takes a country or a language off the end of a title in normal form. \returns  whether there was one.
bool TakeOrigin(std::string& title) {
  constexpr std::string_view kCountries[] = {"us", "uk", "au", "nz", "ca", "usa"};
  const auto space = title.rfind(' ');
  if (space == std::string::npos) return false;
  std::string_view word = title;
  word.remove_prefix(space + 1);
  const bool country = std::ranges::find(kCountries, word) != std::end(kCountries);
  if (!country && (word.size() < 4 || ValueOf(word, Field::kLanguage).empty())) return false;
  title.resize(space);
  return true;
}

bool IsOneOf(const std::vector<std::string>& titles, const std::string& title) {
  return std::ranges::any_of(titles, [&](const std::string& other) { return TitlesAgree(other, title); });
}

bool MatchesMovie(const Wanted& wanted, const Release& release) {
  if (!release.seasons.empty() || !release.episodes.empty() || !release.date.empty()) return false;
  if (wanted.year == 0 || release.year == 0) return true;
  if (release.year_end != 0) return wanted.year >= release.year && wanted.year <= release.year_end;
  return wanted.year == release.year;
}

bool Holds(const std::vector<int>& numbers, const std::optional<int>& number) {
  return number && std::ranges::find(numbers, *number) != numbers.end();
}

/// Of a release that names no season.
bool MatchesUncounted(const Wanted& wanted, const Release& release) {
  if (wanted.kind == Kind::kAnime) {
    if (release.episodes.empty()) return wanted.season.value_or(1) == 1 || release.complete;
    return Holds(release.episodes, wanted.absolute) ||
           (wanted.season.value_or(1) == 1 && Holds(release.episodes, wanted.episode));
  }
  if (!wanted.season_may_be_missing && !(release.complete && release.episodes.empty())) return false;
  return release.episodes.empty() || !wanted.episode || Holds(release.episodes, wanted.episode);
}

bool MatchesEpisode(const Wanted& wanted, const Release& release) {
  if (!release.date.empty() && !wanted.date.empty()) return release.date == wanted.date;
  if (wanted.year != 0 && release.year != 0 && std::max(release.year, release.year_end) < wanted.year) return false;
  if (release.seasons.empty()) return release.date.empty() && MatchesUncounted(wanted, release);
  if (wanted.season && !Holds(release.seasons, wanted.season))
    return wanted.kind == Kind::kAnime &&
           (Holds(release.absolute, wanted.absolute) ||
            (release.seasons == std::vector{1} && Holds(release.episodes, wanted.absolute)));
  if (release.episodes.empty() || !wanted.episode) return true;
  return Holds(release.episodes, wanted.episode) || Holds(release.absolute, wanted.absolute) ||
         (wanted.kind == Kind::kAnime && Holds(release.episodes, wanted.absolute));
}

}  // namespace

bool TitlesAgree(std::string_view a, std::string_view b) {
  if (a == b) return !a.empty();
  std::string numbers_of_a;
  std::string numbers_of_b;
  const auto plain_a = WithNumbers(CutUtf8(a, kMaxNameBytes), numbers_of_a);
  const auto plain_b = WithNumbers(CutUtf8(b, kMaxNameBytes), numbers_of_b);
  if (plain_a.empty() || plain_b.empty() || numbers_of_a != numbers_of_b) return false;
  const auto most = Forgiven(std::min(plain_a.size(), plain_b.size()));
  return Distance(plain_a, plain_b, most) <= most;
}

bool TitleMatches(const Wanted& wanted, const Release& release) {
  std::vector<std::string> titles;
  titles.reserve(wanted.titles.size());
  for (const auto& title : wanted.titles) titles.push_back(Normalise(title));
  const auto matches = [&](const std::string& written) {
    auto title = Normalise(written);
    if (IsOneOf(titles, title)) return true;
    if (release.year != 0 && IsOneOf(titles, title + " " + std::to_string(release.year))) return true;
    return TakeOrigin(title) && IsOneOf(titles, title);
  };
  return matches(release.title) || std::ranges::any_of(release.other_titles, matches);
}

bool Matches(const Wanted& wanted, const Release& release) {
  if (IsExtra(release) || !TitleMatches(wanted, release)) return false;
  if (wanted.kind != Kind::kMovie) return MatchesEpisode(wanted, release);
  if (MatchesMovie(wanted, release)) return true;
  // "Wonder Woman 1984" without the year of its release.
  Release undated = release;
  undated.title += " " + std::to_string(release.year);
  undated.year = 0;
  return release.year != 0 && TitleMatches(wanted, undated) && MatchesMovie(wanted, undated);
}

}  // namespace sluice::plugins::titles
