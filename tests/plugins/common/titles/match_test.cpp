// SPDX-License-Identifier: MIT
#include "plugins/common/titles/match.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "plugins/common/titles/normalise.hpp"

namespace sluice::plugins::titles {
namespace {

struct Pair {
  std::string_view a;
  std::string_view b;
};

bool Agree(const Pair& pair) { return TitlesAgree(Normalise(pair.a), Normalise(pair.b)); }

TEST(TitlesAgreeTest, ForgivesALetterInTen) {
  constexpr Pair kSame[] = {
      {"Dark", "DARK"},
      {"Amélie", "Amelie"},
      {"Law & Order", "Law and Order"},
      {"Ocean's Eleven", "Oceans.Eleven"},
      {"S.W.A.T.", "SWAT"},
      {"The Glass Orchard", "The Glas Orchard"},
      {"Everything Everywhere All at Once", "Everything Everwhere All at Onec"},
      {"Rocky II", "Rocky 2"},
      {"Henry IV", "henry 4"},
      {"Spider-Man No Way Home", "Spiderman No Way Home"},
      {"11.22.63", "11-22-63"},
  };
  for (const auto& pair : kSame) {
    EXPECT_TRUE(Agree(pair)) << pair.a << " | " << pair.b;
    EXPECT_TRUE(Agree({pair.b, pair.a})) << pair.b << " | " << pair.a;
  }
}

TEST(TitlesAgreeTest, KeepsShortTitlesAndNumbersApart) {
  constexpr Pair kOther[] = {
      {"Dark", "You"},
      {"Dark", "Dare"},
      {"Dark", "The Dark"},
      {"You", "Your"},
      {"You", "Yes"},
      {"Fargo", "Cargo"},
      {"The Flash", "The Clash"},
      {"The Boys", "The Toys"},
      {"Rocky II", "Rocky III"},
      {"Mission Impossible 2", "Mission Impossible 3"},
      {"The Hunger Games Mockingjay Part 1", "The Hunger Games Mockingjay Part 2"},
      {"The Chronicles of Riddick", "The Chronicles of Narnia"},
      {"1917", "1918"},
      {"24", "12"},
      {"Blade Runner", "Blade Runner 2049"},
      {"Star Trek Discovery", "Star Trek Picard"},
      {"", ""},
      {"", "Dark"},
      {"!!!", "???"},
  };
  for (const auto& pair : kOther) {
    EXPECT_FALSE(Agree(pair)) << pair.a << " | " << pair.b;
    EXPECT_FALSE(Agree({pair.b, pair.a})) << pair.b << " | " << pair.a;
  }
}

TEST(TitlesAgreeTest, ForgivesNoMoreHoweverLongATitleIs) {
  const std::string longest(400, 'a');

  EXPECT_TRUE(TitlesAgree(longest, longest.substr(0, 396)));
  EXPECT_FALSE(TitlesAgree(longest, longest.substr(0, 395)));
}

Wanted Film(std::string title, int year) { return {.kind = Kind::kMovie, .titles = {std::move(title)}, .year = year}; }

Wanted Episode(std::string title, int season, int episode) {
  return {.kind = Kind::kSeries, .titles = {std::move(title)}, .season = season, .episode = episode};
}

Wanted Anime(std::string title, int season, int episode, int absolute) {
  auto wanted = Episode(std::move(title), season, episode);
  wanted.kind = Kind::kAnime;
  wanted.absolute = absolute;
  return wanted;
}

struct Case {
  Wanted wanted;
  std::string_view name;
};

void ExpectAll(const std::vector<Case>& cases, bool matches) {
  for (const auto& [wanted, name] : cases)
    EXPECT_EQ(Matches(wanted, Parse(name)), matches) << wanted.titles.front() << " | " << name;
}

TEST(TitlesMatchTest, TakesFilmsOfTheirYearOrOfNone) {
  ExpectAll({{Film("Dark", 2005), "Dark.2005.1080p.BluRay.x264-G"},
             {Film("Dark", 2005), "Dark.1080p.BluRay"},
             {Film("Dark", 0), "Dark.2005.1080p.BluRay"},
             {Film("2012", 2009), "2012.1080p.BluRay"},
             {Film("1917", 2019), "1917.2019.1080p"},
             {Film("Blade Runner 2049", 2017), "Blade.Runner.2049.2017.2160p"},
             {Film("Wonder Woman 1984", 2020), "Wonder.Woman.1984.1080p.WEB.x264"},
             {Film("Wonder Woman 1984", 2020), "Wonder.Woman.1984.2020.1080p"},
             {Film("The Last Ferry", 2020), "Le.Dernier.Bac.AKA.The.Last.Ferry.2020.1080p"},
             {Film("Cold Tide", 2022), "Холодный прилив / Cold Tide (2022) BDRip 1080p"},
             {Film("Der kalte Morgen", 2021), "Der.kalte.Morgen.German.2021.AC3.BDRip.x264-G"},
             {Film("Tidewater", 2003), "Tidewater.Trilogy.1999-2005.1080p"}},
            true);
}

TEST(TitlesMatchTest, RefusesOtherFilmsAndSeries) {
  ExpectAll({{Film("Dark", 2005), "Dark.2006.1080p.BluRay"},
             {Film("Dark", 2005), "Dark.S01E01.1080p"},
             {Film("Dark", 2005), "You.2005.1080p"},
             {Film("Dark", 2005), "Dark.2005.Trailer.1080p.mp4"},
             {Film("Dark", 2005), "Dark.2005.1080p-G-sample.mkv"},
             {Film("Wonder Woman", 2017), "Wonder.Woman.1984.1080p"},
             {Film("Wonder Woman", 2017), "Wonder.Woman.1984.2020.1080p"},
             {Film("Fargo", 1996), "Fargo.2024.01.15.1080p"},
             {Film("Tidewater", 2007), "Tidewater.Trilogy.1999-2005.1080p"},
             {Film("", 0), ""}},
            false);
}

TEST(TitlesMatchTest, TakesEpisodesAndPacksOfTheirSeason) {
  ExpectAll({{Episode("Dark", 1, 2), "Dark.S01E02.1080p.NF.WEB-DL"},
             {Episode("Dark", 1, 2), "Dark.S01.COMPLETE.1080p"},
             {Episode("Dark", 1, 2), "Dark.S01-S03.1080p"},
             {Episode("Dark", 1, 2), "Dark.S01E01E02.1080p"},
             {Episode("Dark", 1, 2), "Dark.S01E01-E03.1080p"},
             {Episode("Dark", 1, 2), "Dark.1x02.720p"},
             {Episode("Dark", 1, 2), "Dark Complete Series 1080p"},
             {Episode("Dark", 0, 1), "Dark.S00E01.1080p"},
             {Episode("Shameless", 1, 2), "Shameless.US.S01E02.720p"},
             {Episode("Shameless", 1, 2), "Shameless (UK) S01E02 720p"},
             {Episode("Space 1999", 1, 4), "Space.1999.S01E04.1080p"},
             {Episode("11.22.63", 1, 1), "11.22.63.S01E01.720p"}},
            true);
}

TEST(TitlesMatchTest, RefusesOtherEpisodes) {
  ExpectAll({{Episode("Dark", 1, 2), "Dark.S02E02.1080p"},
             {Episode("Dark", 1, 2), "Dark.S01E03.1080p"},
             {Episode("Dark", 1, 2), "Dark.S02-S03.1080p"},
             {Episode("Dark", 1, 2), "Dark.1080p.BluRay"},
             {Episode("Dark", 1, 2), "Dark.E02.1080p"},
             {Episode("Dark", 1, 2), "You.S01E02.1080p"},
             {Episode("Dark", 1, 2), "Dark.S01.Extras.1080p"},
             {Episode("Dark", 1, 2), "Dark.2024.01.15.720p"},
             {Episode("Dark", 0, 1), "Dark.S01E01.1080p"}},
            false);
}

TEST(TitlesMatchTest, MayDoWithoutASeason) {
  auto wanted = Episode("Dark", 1, 2);
  wanted.season_may_be_missing = true;

  EXPECT_TRUE(Matches(wanted, Parse("Dark.E02.1080p")));
  EXPECT_TRUE(Matches(wanted, Parse("Dark.1080p")));
  EXPECT_FALSE(Matches(wanted, Parse("Dark.E03.1080p")));
  EXPECT_FALSE(Matches(wanted, Parse("Dark.S02E02.1080p")));
}

TEST(TitlesMatchTest, RefusesSeriesThatAreOlderThanTheWantedOne) {
  auto wanted = Episode("Tidewater", 1, 1);
  wanted.year = 2004;

  EXPECT_FALSE(Matches(wanted, Parse("Tidewater.1978.S01E01.720p")));
  EXPECT_TRUE(Matches(wanted, Parse("Tidewater.2004.S01E01.720p")));
  EXPECT_TRUE(Matches(wanted, Parse("Tidewater.S01E01.2005.720p")));
}

TEST(TitlesMatchTest, TakesDailyShowsByDate) {
  auto wanted = Episode("The Evening Desk", 2024, 12);
  wanted.date = "2024-01-15";

  EXPECT_TRUE(Matches(wanted, Parse("The.Evening.Desk.2024.01.15.720p.WEB")));
  EXPECT_FALSE(Matches(wanted, Parse("The.Evening.Desk.2024.01.16.720p.WEB")));
}

TEST(TitlesMatchTest, CountsAnimeThroughAllSeasons) {
  const auto wanted = Anime("Clockwork Garden", 2, 7, 19);

  for (const auto* name : {"[G] Clockwork Garden - 19 [1080p]", "[G] Clockwork Garden S2 - 07 [1080p]",
                           "[G] Clockwork Garden (01-24) [Batch]", "[G] Clockwork Garden - S02E07 (19) [1080p]",
                           "Clockwork.Garden.S01E19.1080p", "Clockwork.Garden.S02.1080p",
                           "[G] Clockwork Garden [BD 1080p] [Batch]", "Clockwork.Garden.S02E19.1080p"})
    EXPECT_TRUE(Matches(wanted, Parse(name))) << name;
  for (const auto* name : {"[G] Clockwork Garden - 07 [1080p]", "[G] Clockwork Garden S3 - 07 [1080p]",
                           "[G] Clockwork Garden (01-12)", "[G] Clockwork Garden - NCOP1 (BD 1080p)",
                           "[G] Clockwork Forest - 19 [1080p]", "Clockwork.Garden.S02E08.1080p"})
    EXPECT_FALSE(Matches(wanted, Parse(name))) << name;
}

TEST(TitlesMatchTest, CountsAnimeOfTheFirstSeasonWithoutOne) {
  const auto wanted = Anime("Clockwork Garden", 1, 7, 7);

  EXPECT_TRUE(Matches(wanted, Parse("[G] Clockwork Garden - 07 [1080p]")));
  EXPECT_TRUE(Matches(wanted, Parse("[G] Clockwork Garden [BD 1080p]")));
  EXPECT_FALSE(Matches(wanted, Parse("[G] Clockwork Garden - 08 [1080p]")));
}

}  // namespace
}  // namespace sluice::plugins::titles
