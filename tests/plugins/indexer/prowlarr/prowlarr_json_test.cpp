// SPDX-License-Identifier: MIT
#include "prowlarr_json.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace sluice::plugins::prowlarr {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const std::string kHash = "0123456789abcdef0123456789abcdef01234567";

indexer::Item OneResult(const std::string& object) {
  const auto items = ReadResults("[" + object + "]");
  return items && items->size() == 1 ? items->front() : indexer::Item{.title = "none"};
}

TEST(ProwlarrResultsTest, ReadsEveryFieldOfAnItem) {
  const auto item = OneResult(R"({"guid": "magnet:?xt=urn:btih:)" + kHash +
                              R"(", "title": "T", "infoHash": "0123456789ABCDEF0123456789ABCDEF01234567",
          "magnetUrl": "http://p.example/1/download?link=m", "downloadUrl": "http://p.example/1/download?link=d",
          "indexer": "YTS", "indexerId": 1, "size": 2500000000, "seeders": 12, "leechers": 3,
          "publishDate": "2015-03-14T21:10:42Z", "protocol": "torrent", "imdbId": 133093,
          "categories": [{"id": 2000, "name": "Movies"}, {"id": 2040}], "infoUrl": "https://x.example"})");

  EXPECT_EQ(item.title, "T");
  EXPECT_EQ(item.info_hash, kHash);
  EXPECT_THAT(item.links, ElementsAre("magnet:?xt=urn:btih:" + kHash, "http://p.example/1/download?link=m",
                                      "http://p.example/1/download?link=d"));
  EXPECT_EQ(item.indexer, "YTS");
  EXPECT_EQ(item.size_bytes, 2'500'000'000U);
  EXPECT_EQ(item.seeders, 12U);
  EXPECT_EQ(item.published_at.time_since_epoch().count(), 1426367442);
  EXPECT_EQ(item.imdb_id, "tt0133093");
  EXPECT_THAT(item.categories, ElementsAre(2000U, 2040U));
}

TEST(ProwlarrResultsTest, ReadsIdsInEitherForm) {
  EXPECT_EQ(OneResult(R"({"title": "T", "imdbId": "tt12345678"})").imdb_id, "tt12345678");
  EXPECT_EQ(OneResult(R"({"title": "T", "imdbId": "42"})").imdb_id, "tt0000042");
  for (const auto* none : {"0", "-5", "\"\"", "\"tt\"", "\"tt1x\"", "null", "[]", "99999999999"}) {
    EXPECT_EQ(OneResult(std::string(R"({"title": "T", "imdbId": )") + none + "}").imdb_id, "") << none;
  }
}

TEST(ProwlarrResultsTest, SurvivesNonsenseInItems) {
  const auto item = OneResult(
      R"({"title": "T", "infoHash": "xyz", "size": -5, "seeders": -1, "publishDate": "9999-99-99", "categories": 5,
          "magnetUrl": 7, "downloadUrl": {}, "guid": [1], "protocol": ""})");

  EXPECT_EQ(item.info_hash, "");
  EXPECT_EQ(item.size_bytes, 0U);
  EXPECT_EQ(item.seeders, 0U);
  EXPECT_EQ(item.published_at, sdk::Seconds());
  EXPECT_THAT(item.links, ElementsAre("7")) << "a relative reference, which leads to nothing";
  EXPECT_EQ(OneResult(R"({"title": "T", "size": 1e300, "seeders": 1e300})").size_bytes, 0U);
  EXPECT_EQ(OneResult(R"({"title": ")" + std::string(10'240, 'x') + "\"}").title.size(), indexer::kMaxTitleBytes);
  EXPECT_THAT(*ReadResults(R"([{}, 5, null, [], {"title": ""}, {"title": 5.5}, {"title": "T", "protocol": "usenet"}])"),
              IsEmpty());
}

TEST(ProwlarrResultsTest, RefusesWhatIsNoArray) {
  for (const std::string& text :
       {std::string(), std::string("<html/>"), std::string("{}"), std::string("[{\"title\": \"T\""),
        std::string("[{}] x"), std::string("{\"error\": \"x\"}"), std::string(100, '[') + std::string(100, ']')}) {
    const auto items = ReadResults(text);
    ASSERT_FALSE(items) << text;
    EXPECT_EQ(items.error().message, "the index's answer: want a JSON array");
  }
  EXPECT_FALSE(ReadResults("[" + std::string(kMaxJsonBytes, ' ') + "]"));
}

TEST(ProwlarrIndexersTest, ListsWhatIsEnabledAndHasTorrents) {
  const auto list = ReadIndexers(R"([
    {"id": 1, "name": "YTS", "enable": true, "protocol": "torrent", "privacy": "public"},
    {"id": 2, "name": "Off", "enable": false, "protocol": "torrent", "privacy": "public"},
    {"id": 3, "name": "News", "enable": true, "protocol": "usenet", "privacy": "public"},
    {"id": 4, "name": "", "enable": true, "protocol": "torrent", "privacy": "semiPrivate"},
    {"id": 5, "name": "Odd", "enable": true},
    {"id": 0, "name": "None", "enable": true}, {"name": "None", "enable": true}, 7])");

  ASSERT_TRUE(list);
  ASSERT_THAT(*list, SizeIs(3));
  EXPECT_EQ(list->at(0).name, "YTS");
  EXPECT_FALSE(list->at(0).is_private);
  EXPECT_EQ(list->at(1).name, "index 4");
  EXPECT_TRUE(list->at(1).is_private);
  EXPECT_TRUE(list->at(2).is_private) << "nothing says that it is public";
  EXPECT_FALSE(ReadIndexers("{}"));
}

}  // namespace
}  // namespace sluice::plugins::prowlarr
