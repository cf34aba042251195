// SPDX-License-Identifier: MIT
#include "indexer/common/torznab_xml.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace sluice::plugins::indexer {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr const char* kHash = "0123456789abcdef0123456789abcdef01234567";
constexpr const char* kOtherHash = "ffffffffffffffffffffffffffffffffffffffff";

std::string Feed(const std::string& items) {
  return "<?xml version=\"1.0\"?><rss xmlns:torznab=\"http://torznab.com/schemas/2015/feed\"><channel>" + items +
         "</channel></rss>";
}
std::string Attr(const std::string& name, const std::string& value) {
  return "<torznab:attr name=\"" + name + "\" value=\"" + value + "\"/>";
}
Item One(const std::string& inside) {
  auto items = ReadFeed(Feed("<item><title>T</title>" + inside + "</item>"), {});
  return items && items->size() == 1 ? items->front() : Item{.title = "none"};
}
std::string FaultOf(const std::string& body) {
  const auto items = ReadFeed(body, "planted");
  if (items) return "none";
  return std::to_string(static_cast<unsigned>(items.error().code)) + " " + items.error().message;
}

TEST(TorznabFeedTest, ReadsEveryFieldOfAnItem) {
  const auto item =
      One("<guid>https://t.example/1</guid><link>https://t.example/dl/1</link><size>2500000000</size>"
          "<pubDate>Sat, 14 Mar 2015 17:10:42 -0400</pubDate><category>2000</category><category>100001</category>"
          "<jackettindexer id=\"yts\">YTS</jackettindexer><type>public</type>"
          "<enclosure url=\"https://t.example/dl/1\" length=\"2500000000\" type=\"application/x-bittorrent\"/>" +
          Attr("category", "2040") + Attr("seeders", "12") + Attr("peers", "20") + Attr("infohash", kHash) +
          Attr("magneturl", std::string("magnet:?xt=urn:btih:") + kHash));

  EXPECT_EQ(item.title, "T");
  EXPECT_EQ(item.info_hash, kHash);
  EXPECT_THAT(item.links, ElementsAre(std::string("magnet:?xt=urn:btih:") + kHash, "https://t.example/dl/1"));
  EXPECT_EQ(item.size_bytes, 2'500'000'000U);
  EXPECT_EQ(item.seeders, 12U);
  EXPECT_EQ(item.published_at.time_since_epoch().count(), 1426367442);
  EXPECT_FALSE(item.is_private);
  EXPECT_EQ(item.indexer, "YTS");
  EXPECT_THAT(item.categories, ElementsAre(2000U, 100001U, 2040U));
}

TEST(TorznabFeedTest, TakesHashesInTheirOrder) {
  const auto magnet = [](const std::string& hash) { return "magnet:?xt=urn:btih:" + hash; };
  const std::string enclosure = "<enclosure url=\"" + magnet(kOtherHash) + "\" length=\"1\"/>";

  EXPECT_THAT(One(Attr("magneturl", magnet(kHash)) + enclosure).links, ElementsAre(magnet(kHash), magnet(kOtherHash)));
  EXPECT_THAT(One(enclosure + "<link>" + magnet(kHash) + "</link>").links,
              ElementsAre(magnet(kOtherHash), magnet(kHash)));
  EXPECT_THAT(One("<guid>" + magnet(kHash) + "</guid><enclosure url=\"https://t.example/1\"/>").links,
              ElementsAre(magnet(kHash), "https://t.example/1"));
}

TEST(TorznabFeedTest, TellsPrivateTrackers) {
  for (const std::string& said :
       {Attr("minimumratio", "1.0"), Attr("minimumseedtime", "172800"), Attr("MinimumRatio", ""),
        std::string("<type>private</type>"), std::string("<type>semi-private</type>"),
        std::string("<prowlarrindexer id=\"1\" type=\"private\">X</prowlarrindexer>"),
        std::string("<prowlarrindexer id=\"1\" type=\"semiPrivate\">X</prowlarrindexer>")}) {
    EXPECT_TRUE(One(said).is_private) << said;
  }
  EXPECT_FALSE(One("<type>public</type><prowlarrindexer id=\"1\" type=\"public\">X</prowlarrindexer>").is_private);
}

TEST(TorznabFeedTest, LeavesOutWhatJackettKnowsNothingOf) {
  const std::string jackett = "<jackettindexer id=\"yts\">YTS</jackettindexer>";

  EXPECT_EQ(One(jackett + "<size>0</size><grabs>0</grabs><enclosure url=\"https://x.example\" length=\"0\"/>").title,
            "none");
  EXPECT_EQ(One(jackett + "<grabs>1</grabs>").title, "T");
  EXPECT_EQ(One(jackett + "<enclosure url=\"https://x.example\" length=\"5\"/>").size_bytes, 5U);
}

TEST(TorznabFeedTest, TakesNoLinkOfAnEmptyEnclosureFromOthers) {
  EXPECT_THAT(One("<enclosure url=\"https://x.example\" length=\"0\"/>").links, IsEmpty());
  EXPECT_THAT(One("<enclosure url=\"https://x.example\"/>").links, ElementsAre("https://x.example"));
  EXPECT_EQ(One("<enclosure url=\"https://x.example\" length=\"1\" type=\"application/x-nzb\"/>").title, "none");
}

TEST(TorznabFeedTest, CountsSeedersOfPeersWhereItMust) {
  EXPECT_EQ(One(Attr("peers", "10") + Attr("leechers", "4")).seeders, 6U);
  EXPECT_EQ(One(Attr("peers", "4") + Attr("leechers", "10")).seeders, 0U);
  EXPECT_EQ(One(Attr("seeders", "0") + Attr("peers", "10")).seeders, 0U);
}

TEST(TorznabFeedTest, SurvivesNonsenseInItems) {
  const auto item = One("<size>-5</size><pubDate>Sat, 14 Mar 9999 17:10:42 GMT</pubDate>" + Attr("seeders", "-3") +
                        Attr("infohash", "0123") + Attr("magneturl", "magnet:?xt=urn:sha1:x") + Attr("size", "1e99") +
                        "<category>movies</category>");

  EXPECT_EQ(item.size_bytes, 0U);
  EXPECT_EQ(item.seeders, 0U);
  EXPECT_EQ(item.published_at, sdk::Seconds());
  EXPECT_EQ(item.info_hash, "");
  EXPECT_THAT(item.categories, IsEmpty());
  EXPECT_EQ(One(Attr("infohash", std::string(40, 'g'))).info_hash, "");
  EXPECT_EQ(ReadFeed(Feed("<item><size>1</size></item><item/><item><title> </title></item>"), {})->size(), 0U);
  const auto long_title = ReadFeed(Feed("<item><title>" + std::string(10'240, 'x') + "</title></item>"), {});
  EXPECT_EQ(long_title->at(0).title.size(), kMaxTitleBytes);
}

TEST(TorznabFeedTest, LooksAtAThousandItems) {
  std::string items;
  for (int i = 0; i < 1500; ++i) items += "<item><title>T</title></item>";

  EXPECT_EQ(ReadFeed(Feed(items), {})->size(), kMaxItems);
}

TEST(TorznabFeedTest, RefusesWhatIsNoFeed) {
  EXPECT_EQ(FaultOf(""), "6 the index's answer: want XML");
  EXPECT_EQ(FaultOf("not XML"), "6 the index's answer: want XML");
  EXPECT_EQ(FaultOf("<rss><channel><item>"), "6 the index's answer: want XML");
  EXPECT_EQ(FaultOf("<!DOCTYPE html><html><body/></html>"), "6 the index's answer: a document type");
  EXPECT_EQ(FaultOf("<html><body/></html>"), "6 the index's answer: want <rss>");
  EXPECT_EQ(FaultOf("<!DOCTYPE rss [<!ENTITY a \"b\">]><rss><channel/></rss>"),
            "6 the index's answer: a document type");
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += "<a>";
  for (int i = 0; i < 100; ++i) deep += "</a>";
  EXPECT_EQ(FaultOf("<rss>" + deep + "</rss>"), "6 the index's answer: elements nest too deeply");
  EXPECT_EQ(FaultOf(Feed(std::string(kMaxXmlBytes, ' '))), "6 the index's answer: too large");
  std::string tags;
  for (int i = 0; i < 200'001; ++i) tags += "<a/>";
  EXPECT_EQ(FaultOf("<rss>" + tags + "</rss>"), "6 the index's answer: too large");
}

TEST(TorznabFeedTest, UnderstandsErrors) {
  const auto error = [](int code, const std::string& description) {
    return FaultOf("<error code=\"" + std::to_string(code) + "\" description=\"" + description + "\"/>");
  };

  EXPECT_EQ(error(100, "Invalid API Key"), "3 the index: error 100, Invalid API Key");
  EXPECT_EQ(error(101, "Account suspended"), "3 the index: error 101, Account suspended");
  EXPECT_EQ(error(102, ""), "3 the index: error 102");
  EXPECT_EQ(error(500, "Request limit reached"), "5 the index: error 500, Request limit reached");
  EXPECT_EQ(error(429, "Slow down"), "5 the index: error 429, Slow down");
  EXPECT_EQ(error(900, "Unknown"), "6 the index: error 900, Unknown");
  for (const auto* leak : {"for planted", "see https://x.example", "apikey=1"}) {
    EXPECT_EQ(error(900, leak), "6 the index: error 900") << leak;
  }
  EXPECT_EQ(FaultOf("<error/>"), "6 the index: error 0");
  EXPECT_FALSE(ReadErrorOf("<html/>", {}));
  EXPECT_EQ(ReadErrorOf("<error code=\"100\"/>", {})->code, sdk::Errc::kUnauthenticated);
}

TEST(TorznabCapsTest, ReadsWhatAnIndexCan) {
  const auto caps = ReadCaps(
      "<caps><server title=\"Jackett\"/><limits default=\"50\" max=\"75\"/><searching>"
      "<search available=\"yes\" supportedParams=\"q\"/>"
      "<tv-search available=\"yes\" supportedParams=\"q,season,ep,imdbid\"/>"
      "<movie-search available=\"no\" supportedParams=\"q, IMDBID ,year\"/></searching>"
      "<categories><category id=\"2000\"><subcat id=\"2040\"/></category></categories></caps>",
      {});

  ASSERT_TRUE(caps);
  EXPECT_EQ(caps->server, "Jackett");
  EXPECT_EQ(caps->max, 75U);
  EXPECT_TRUE(caps->search.available && caps->search.q && !caps->search.imdb_id);
  EXPECT_TRUE(caps->tv.available && caps->tv.imdb_id && caps->tv.season && caps->tv.episode);
  EXPECT_FALSE(caps->movie.available);
  EXPECT_TRUE(caps->movie.imdb_id && caps->movie.year);
  EXPECT_THAT(caps->categories, ElementsAre(2000U, 2040U));
}

TEST(TorznabCapsTest, MakesDoWithLittle) {
  const auto caps =
      ReadCaps("<caps><limits max=\"999999\"/><searching><tv-search available=\"yes\"/></searching></caps>", {});

  ASSERT_TRUE(caps);
  EXPECT_EQ(caps->max, 1000U);
  EXPECT_FALSE(caps->search.available);
  EXPECT_TRUE(caps->tv.season && caps->tv.episode && !caps->tv.imdb_id);
  EXPECT_EQ(ReadCaps("<caps/>", {})->max, 100U);
  EXPECT_EQ(ReadCaps("<rss/>", {}).error().message, "the index's answer: want <caps>");
}

}  // namespace
}  // namespace sluice::plugins::indexer
