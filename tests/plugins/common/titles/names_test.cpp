// SPDX-License-Identifier: MIT
// What names of releases say: the table names.tsv, and what a table does not show.
#include <gtest/gtest.h>

#include <string>

#include "plugins/common/titles/release.hpp"
#include "tests/plugins/common/titles/describe.hpp"
#include "tests/plugins/common/titles/names.hpp"

namespace sluice::plugins::titles {
namespace {

TEST(TitlesNamesTest, SayWhatTheTableHas) {
  const auto names = ReadNames(SLUICE_TITLES_DATA);

  ASSERT_GE(names.size(), 600u);
  for (const auto& [line, name, says] : names)
    EXPECT_EQ(Describe(Parse(name)), says) << "names.tsv:" << line << ": " << name;
}

TEST(TitlesNamesTest, OfNothingSayNothing) {
  EXPECT_EQ(Parse(""), Release{});
  EXPECT_EQ(Parse("   "), Release{});
  EXPECT_EQ(Describe(Parse("[]()-._")), "");
}

TEST(TitlesNamesTest, LoseSpacesAtTheirEnds) { EXPECT_EQ(Parse("  Tidewater \t\n").title, "Tidewater"); }

TEST(TitlesNamesTest, TellNumbersThatNothingExplains) {
  EXPECT_EQ(Parse("Garden 100 05.mkv").numbers, (std::vector{100, 5}));
  EXPECT_EQ(Parse("Garden.S01E05.2019.1080p.x264").numbers, std::vector<int>{});
  EXPECT_EQ(Parse("2012.2009.1080p").numbers, std::vector{2012});
}

TEST(TitlesNamesTest, AreCutBehindTheLongestThatIsRead) {
  const std::string longest(kMaxNameBytes, 'a');

  EXPECT_EQ(Parse(longest + ".1080p"), Parse(longest));
  EXPECT_EQ(Parse(longest).title, longest);
}

TEST(TitlesNamesTest, AreCutBetweenCharacters) {
  const std::string before(kMaxNameBytes - 1, 'a');

  EXPECT_EQ(Parse(before + "\u00e9").title, before);
}

TEST(TitlesNamesTest, MayBeNoUtf8) {
  const auto release = Parse("Caf\xe9.Noir.2019.1080p.WEB.x264-\xff\xfe");

  EXPECT_EQ(release.title, "Caf\xe9 Noir");
  EXPECT_EQ(release.year, 2019);
  EXPECT_EQ(release.group, "\xff\xfe");
}

TEST(TitlesNamesTest, MayHoldZeros) {
  using namespace std::string_view_literals;
  EXPECT_EQ(Parse("Tide\0water.S01E02"sv).title, "Tide water");
}

TEST(TitlesNamesTest, ListEpisodesOnceAndInOrder) {
  EXPECT_EQ(Parse("Tidewater.S01E03E01E03.720p").episodes, (std::vector{1, 3}));
  EXPECT_EQ(Parse("Tidewater S02 S01 S02").seasons, (std::vector{1, 2}));
}

TEST(TitlesNamesTest, SpanNoMoreEpisodesThanAShowHas) {
  EXPECT_EQ(Parse("Tidewater.S01E0001-E9999.720p").episodes, (std::vector{1, 9999}));
}

}  // namespace
}  // namespace sluice::plugins::titles
