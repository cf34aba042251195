// SPDX-License-Identifier: MIT
#include "plugins/endpoint/stremio/ids.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>

namespace sluice::plugins::stremio {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;

TEST(StremioIdTest, ReadsFilmsAndEpisodes) {
  const std::pair<std::string_view, VideoId> ids[] = {
      {"tt1234567", {.space = IdSpace::kImdb, .title = "tt1234567"}},
      {"tt1", {.space = IdSpace::kImdb, .title = "tt1"}},
      {"tt0944947:8:6", {.space = IdSpace::kImdb, .title = "tt0944947", .season = 8, .episode = 6}},
      {"tt1234567:2024:115", {.space = IdSpace::kImdb, .title = "tt1234567", .season = 2024, .episode = 115}},
      {"kitsu:42", {.space = IdSpace::kKitsu, .title = "kitsu:42"}},
      {"kitsu:42:7", {.space = IdSpace::kKitsu, .title = "kitsu:42", .episode = 7}},
      {"mal:5114:64", {.space = IdSpace::kMal, .title = "mal:5114", .episode = 64}},
  };
  for (const auto& [text, id] : ids) {
    const auto read = ReadVideoId(text);
    ASSERT_TRUE(read) << text;
    EXPECT_EQ(*read, id) << text;
    EXPECT_EQ(read->Text(), text);
  }
}

TEST(StremioIdTest, SpecialsAreEpisodesLikeOthers) {
  const auto special = ReadVideoId("tt1:0:0");
  ASSERT_TRUE(special);

  EXPECT_EQ(special->season, 0u);
  EXPECT_EQ(special->episode, 0u);
  EXPECT_EQ(special->Text(), "tt1:0:0");
  EXPECT_TRUE(CheckType(*special, "series"));
}

TEST(StremioIdTest, NumbersHaveOneText) {
  EXPECT_EQ(ReadVideoId("tt0000001:01:002")->Text(), "tt0000001:1:2");
  EXPECT_EQ(ReadVideoId("kitsu:0042:07")->Text(), "kitsu:42:7");
  EXPECT_EQ(ReadVideoId("mal:000")->Text(), "mal:0");
}

TEST(StremioIdTest, RefusesWhatIsNoId) {
  for (const std::string_view id : {"",
                                    "tt",
                                    "TT1234567",
                                    "1234567",
                                    "tt999999999999999999",
                                    "tt1;drop",
                                    "tt1 ",
                                    " tt1",
                                    "tt1\n",
                                    "tt1:1",
                                    "tt1:1:",
                                    "tt1::1",
                                    "tt1:1:1:1",
                                    "tt1:-1:1",
                                    "tt1:+1:1",
                                    "tt1:1:1.5",
                                    "tt1:a:b",
                                    "tt1:999999:1",
                                    "tt1:1:999999",
                                    "tt1:0x1:1",
                                    "tt12a",
                                    "tt1:1:1%00",
                                    "kitsu",
                                    "kitsu:",
                                    "kitsu:a",
                                    "kitsu:1234567890",
                                    "kitsu:1:1:1",
                                    "kitsu:1:",
                                    "mal:",
                                    "mal:1:x",
                                    "tmdb:1",
                                    "kitsux:1",
                                    ":",
                                    "::",
                                    "tt1/../../x",
                                    "tt\xEF\xBC\x91"}) {
    const auto read = ReadVideoId(id);
    ASSERT_FALSE(read) << id;
    EXPECT_EQ(read.error().code, sdk::Errc::kInvalidArgument);
    EXPECT_EQ(read.error().message,
              "id: want tt1234567, tt1234567:season:episode, kitsu:42, kitsu:42:episode, or the same with mal");
  }
  EXPECT_FALSE(ReadVideoId("tt" + std::string(10 * 1024, '1')));
  EXPECT_FALSE(ReadVideoId(std::string(10 * 1024, ':')));
  EXPECT_FALSE(ReadVideoId(std::string_view("tt1\0", 4)));
}

TEST(StremioIdTest, ChecksTypes) {
  const auto allowed = [](std::string_view id, std::string_view type) {
    return static_cast<bool>(CheckType(*ReadVideoId(id), type));
  };
  EXPECT_TRUE(allowed("tt1", "movie"));
  EXPECT_TRUE(allowed("tt1:1:1", "series"));
  for (const auto* type : {"movie", "series", "anime"}) EXPECT_TRUE(allowed("kitsu:1", type)) << type;
  for (const auto* type : {"series", "anime"}) EXPECT_TRUE(allowed("mal:1:2", type)) << type;

  EXPECT_FALSE(allowed("tt1", "series"));
  EXPECT_FALSE(allowed("tt1:1:1", "movie"));
  EXPECT_FALSE(allowed("tt1:1:1", "anime"));
  EXPECT_FALSE(allowed("mal:1:2", "movie"));
  for (const auto* type : {"", "tv", "channel", "Movie", "movie\n"}) EXPECT_FALSE(allowed("tt1", type)) << type;
}

TEST(StremioPathTest, ReadsResources) {
  const auto path = ReadResourcePath("/stream/series/tt1234567%3A1%3A2.json");
  ASSERT_TRUE(path) << path.error().message;
  EXPECT_EQ(path->resource, "stream");
  EXPECT_EQ(path->type, "series");
  EXPECT_EQ(path->id, "tt1234567:1:2");
  EXPECT_TRUE(path->extras.empty());

  const auto plain = ReadResourcePath("/catalog/movie/top.of.all.json");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->id, "top.of.all");
}

TEST(StremioPathTest, ReadsExtras) {
  const auto path = ReadResourcePath("/catalog/movie/top/search=Law%20%26%20Order%3D%2F&skip=100&skip=200&flag.json");
  ASSERT_TRUE(path) << path.error().message;

  EXPECT_THAT(path->extras,
              ElementsAre(Pair("search", "Law & Order=/"), Pair("skip", "100"), Pair("skip", "200"), Pair("flag", "")));
}

TEST(StremioPathTest, UndoesEscapesOnce) {
  const auto path = ReadResourcePath("/stream/movie/tt1%253A1.json");
  ASSERT_TRUE(path);

  EXPECT_EQ(path->id, "tt1%3A1");
  EXPECT_FALSE(ReadVideoId(path->id));
}

TEST(StremioPathTest, RefusesOtherShapes) {
  std::string extras = "/catalog/movie/top/";
  for (int i = 0; i < 17; ++i) extras += "a=b&";
  for (const auto& path : {std::string(),
                           std::string("/"),
                           std::string("/stream"),
                           std::string("/stream/movie/tt1"),
                           std::string("stream/movie/tt1.json"),
                           std::string("/stream/movie/.json"),
                           std::string("/stream/movie.json"),
                           std::string("//movie/tt1.json"),
                           std::string("/stream//tt1.json"),
                           std::string("/Stream/movie/tt1.json"),
                           std::string("/stream/mo%76ie/tt1.json"),
                           std::string("/stream/movie/tt1/a=b/c.json"),
                           std::string("/stream/movie/tt1%0A.json"),
                           std::string("/stream/movie/tt1%.json"),
                           std::string("/stream/movie/tt1%FF.json"),
                           std::string("/stream/movie/tt1/a=%00.json"),
                           extras + ".json",
                           "/stream/movie/" + std::string(513, 'a') + ".json",
                           "/stream/movie/" + std::string(10 * 1024, '1') + ".json",
                           "/stream/" + std::string(33, 'm') + "/tt1.json"}) {
    const auto read = ReadResourcePath(path);
    ASSERT_FALSE(read) << path;
    EXPECT_EQ(read.error().code, sdk::Errc::kInvalidArgument);
    EXPECT_THAT(read.error().message, Not(HasSubstr("tt1\n")));
  }
}

}  // namespace
}  // namespace sluice::plugins::stremio
