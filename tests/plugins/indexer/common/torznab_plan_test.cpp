// SPDX-License-Identifier: MIT
#include "indexer/common/torznab_plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace sluice::plugins::indexer {
namespace {

using sdk::TitleKind;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

Caps AllCaps() {
  return {.server = "Fake",
          .max = 50,
          .search = {.available = true, .q = true},
          .tv = {.available = true, .q = true, .imdb_id = true, .season = true, .episode = true},
          .movie = {.available = true, .q = true, .imdb_id = true}};
}
/// Parameters, with "!" behind those that are exact.
std::vector<std::string> Planned(const Caps& caps, const Question& question,
                                 const std::vector<std::uint32_t>& categories = {}) {
  std::vector<std::string> out;
  for (const auto& request : PlanOf(caps, question, categories)) {
    out.push_back(request.parameters + (request.exact ? "!" : ""));
  }
  return out;
}
Question EpisodeOf(const std::string& title) {
  return {.imdb_id = "tt0903747", .season = 1, .episode = 2, .kind = TitleKind::kSeries, .titles = {title}};
}
Question FilmOf(const std::string& title) {
  return {.imdb_id = "tt0133093", .kind = TitleKind::kMovie, .year = 1999, .titles = {title}};
}

TEST(TorznabPlanTest, AsksByIdAndNumbersWhereItCan) {
  EXPECT_THAT(Planned(AllCaps(), EpisodeOf("T")),
              ElementsAre("t=tvsearch&imdbid=tt0903747&season=1&ep=2&cat=5000&limit=50!"));
  EXPECT_THAT(Planned(AllCaps(), FilmOf("T")), ElementsAre("t=movie&imdbid=tt0133093&cat=2000&limit=50!"));
}

TEST(TorznabPlanTest, IsExactForASeriesOnlyWithBothNumbers) {
  auto caps = AllCaps();
  auto season = EpisodeOf("T");
  season.episode = std::nullopt;
  EXPECT_THAT(Planned(caps, season), ElementsAre("t=tvsearch&imdbid=tt0903747&season=1&cat=5000&limit=50"));

  caps.tv.episode = false;
  EXPECT_THAT(Planned(caps, EpisodeOf("T")), ElementsAre("t=tvsearch&imdbid=tt0903747&season=1&cat=5000&limit=50"));

  caps.tv.season = false;
  EXPECT_THAT(Planned(caps, EpisodeOf("T")), ElementsAre("t=tvsearch&imdbid=tt0903747&cat=5000&limit=50"));
}

TEST(TorznabPlanTest, AsksByTextsWhereItCannot) {
  auto caps = AllCaps();
  caps.tv.imdb_id = caps.movie.imdb_id = false;

  EXPECT_THAT(Planned(caps, EpisodeOf("A & B")), ElementsAre("t=search&q=A%20%26%20B%20S01E02&cat=5000&limit=50",
                                                             "t=search&q=A%20%26%20B%20S01&cat=5000&limit=50",
                                                             "t=search&q=A%20%26%20B&cat=5000&limit=50"));
  EXPECT_THAT(Planned(caps, FilmOf("T")), ElementsAre("t=search&q=T%201999&cat=2000&limit=50"));
}

TEST(TorznabPlanTest, SaysTheYearApartWhereItCan) {
  auto caps = AllCaps();
  caps.movie.imdb_id = false;
  caps.movie.year = true;
  EXPECT_THAT(Planned(caps, FilmOf("T")), ElementsAre("t=movie&q=T&year=1999&cat=2000&limit=50"));

  caps.movie.year = false;
  caps.search.year = true;
  EXPECT_THAT(Planned(caps, FilmOf("T")), ElementsAre("t=search&q=T&year=1999&cat=2000&limit=50"));
}

TEST(TorznabPlanTest, AsksForAnimeByTexts) {
  auto anime = EpisodeOf("T");
  anime.kind = TitleKind::kAnime;

  EXPECT_THAT(Planned(AllCaps(), anime),
              ElementsAre("t=search&q=T%20S01E02&cat=2000,5000&limit=50", "t=search&q=T%20S01&cat=2000,5000&limit=50",
                          "t=search&q=T&cat=2000,5000&limit=50"));
}

TEST(TorznabPlanTest, AsksForFilmsAndSeriesWhereTheKindIsNotKnown) {
  EXPECT_THAT(Planned(AllCaps(), {.imdb_id = "tt1", .titles = {"T"}}),
              ElementsAre("t=tvsearch&imdbid=tt1&limit=50", "t=movie&imdbid=tt1&limit=50!"));
}

TEST(TorznabPlanTest, AsksForAFreeTextInAnyCase) {
  auto film = FilmOf("T");
  film.text = "free";

  EXPECT_THAT(Planned(AllCaps(), film),
              ElementsAre("t=movie&imdbid=tt0133093&cat=2000&limit=50!", "t=search&q=free&cat=2000&limit=50"));
}

TEST(TorznabPlanTest, UsesTheFunctionThatThereIs) {
  Caps caps{.server = {}, .tv = {.available = true, .q = true}};
  EXPECT_THAT(Planned(caps, {.kind = TitleKind::kSeries, .titles = {"T"}}),
              ElementsAre("t=tvsearch&q=T&cat=5000&limit=100"));
  EXPECT_THAT(Planned(caps, FilmOf("T")), IsEmpty());

  caps = {.server = {}, .search = {.available = true, .q = true, .imdb_id = true}};
  EXPECT_THAT(Planned(caps, FilmOf("T")), ElementsAre("t=search&imdbid=tt0133093&cat=2000&limit=100!"));
  EXPECT_THAT(Planned({}, FilmOf("T")), IsEmpty());
}

TEST(TorznabPlanTest, AsksWithoutTheTitlesOfAnIdThatCannotBeAsked) {
  auto caps = AllCaps();
  caps.movie.imdb_id = false;

  EXPECT_THAT(Planned(caps, {.imdb_id = "tt1", .kind = TitleKind::kMovie}), IsEmpty());
}

TEST(TorznabPlanTest, SendsConfiguredCategoriesAndNoneThatAnIndexLacks) {
  auto caps = AllCaps();
  EXPECT_THAT(Planned(caps, FilmOf("T"), {2040, 2045}),
              ElementsAre("t=movie&imdbid=tt0133093&cat=2040,2045&limit=50!"));

  caps.categories = {5000, 5070};
  EXPECT_THAT(Planned(caps, FilmOf("T")), ElementsAre("t=movie&imdbid=tt0133093&limit=50!"));
}

}  // namespace
}  // namespace sluice::plugins::indexer
