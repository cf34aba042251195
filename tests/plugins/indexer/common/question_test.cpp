// SPDX-License-Identifier: MIT
#include "indexer/common/question.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

namespace sluice::plugins::indexer {
namespace {

using sdk::TitleKind;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> WordsOf(const sdk::Query& query) {
  const auto question = ReadQuestion(query);
  if (!question) return {"error: " + question.error().message};
  std::vector<std::string> words;
  for (const auto& text : TextsOf(*question)) words.push_back(text.whole());
  return words;
}

constexpr std::string_view kTwo[] = {"Dark", "Dunkel"};

TEST(QuestionTest, AsksForAnEpisodeInThreeTextsATitle) {
  EXPECT_THAT(WordsOf({.season = 1, .episode = 12, .kind = TitleKind::kSeries, .titles = kTwo}),
              ElementsAre("Dark S01E12", "Dark S01", "Dark", "Dunkel S01E12", "Dunkel S01", "Dunkel"));
}

TEST(QuestionTest, AsksForASeasonAndForSpecials) {
  EXPECT_THAT(WordsOf({.season = 10, .kind = TitleKind::kSeries, .titles = {kTwo, 1}}),
              ElementsAre("Dark S10", "Dark"));
  EXPECT_THAT(WordsOf({.season = 0, .episode = 3, .titles = {kTwo, 1}}),
              ElementsAre("Dark S00E03", "Dark S00", "Dark"));
}

TEST(QuestionTest, AsksForAFilmWithItsYear) {
  EXPECT_THAT(WordsOf({.season = 1, .kind = TitleKind::kMovie, .year = 1999, .titles = kTwo}),
              ElementsAre("Dark 1999", "Dunkel 1999"));
  EXPECT_THAT(WordsOf({.kind = TitleKind::kMovie, .titles = {kTwo, 1}}), ElementsAre("Dark"));
}

TEST(QuestionTest, AsksForAnimeByAbsoluteNumbers) {
  EXPECT_THAT(WordsOf({.episode = 7, .kind = TitleKind::kAnime, .titles = {kTwo, 1}}), ElementsAre("Dark 07", "Dark"));
}

TEST(QuestionTest, AsksForAFreeTextAsItIsAndFirst) {
  EXPECT_THAT(WordsOf({.text = "dark\t2017", .kind = TitleKind::kMovie, .titles = {kTwo, 1}}),
              ElementsAre("dark 2017", "Dark"));
  EXPECT_THAT(WordsOf({.imdb_id = "tt1"}), IsEmpty());
}

TEST(QuestionTest, AsksNothingTwiceAndThreeTitlesAtMost) {
  constexpr std::string_view kMany[] = {"A", "a", " A ", "", "B", "C", "D"};

  EXPECT_THAT(WordsOf({.text = "A", .titles = kMany}), ElementsAre("A", "B", "C"));
}

TEST(QuestionTest, RefusesWhatCannotBeAsked) {
  constexpr std::string_view kBlank[] = {" ", ""};
  const std::string long_text(501, 'a');
  const std::string_view long_titles[] = {long_text};

  EXPECT_THAT(WordsOf({}), ElementsAre("error: want a text, a title or an IMDb id"));
  EXPECT_THAT(WordsOf({.titles = kBlank}), ElementsAre("error: want a text or a title that is more than white space"));
  EXPECT_THAT(WordsOf({.text = long_text}), ElementsAre("error: text: want at most 500 octets"));
  EXPECT_THAT(WordsOf({.titles = long_titles}), ElementsAre("error: titles: want at most 500 octets each"));
  for (const auto* id : {"tt", "133093", "tt12a", "tt&x=1", "nm0000123", "tt12345678901"}) {
    EXPECT_THAT(WordsOf({.imdb_id = id}), ElementsAre("error: imdb_id: want tt and digits")) << id;
  }
}

TEST(QuestionTest, TellsQuestionsApart) {
  const auto id = [](const sdk::Query& query) { return IdOf(*ReadQuestion(query)); };
  const std::set<std::string> ids{id({.text = "a"}),
                                  id({.text = "b"}),
                                  id({.imdb_id = "tt1"}),
                                  id({.imdb_id = "tt1", .season = 1}),
                                  id({.imdb_id = "tt1", .episode = 1}),
                                  id({.imdb_id = "tt1", .season = 1, .episode = 1}),
                                  id({.imdb_id = "tt1", .kind = TitleKind::kMovie}),
                                  id({.imdb_id = "tt1", .year = 1}),
                                  id({.imdb_id = "tt1", .titles = kTwo}),
                                  id({.imdb_id = "tt1", .titles = {kTwo, 1}})};

  EXPECT_EQ(ids.size(), 10U);
  EXPECT_EQ(id({.text = "a", .limit = 1}), id({.text = "a", .limit = 1000}));
}

}  // namespace
}  // namespace sluice::plugins::indexer
