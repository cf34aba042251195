// SPDX-License-Identifier: MIT
#include "indexer/common/harvest.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "tests/plugins/indexer/support.hpp"

namespace sluice::plugins::indexer {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const std::string kFilmHash = "0123456789abcdef0123456789abcdef01234567";
const std::string kFilmMagnet = "magnet:?xt=urn:btih:" + kFilmHash + "&tr=https%3A%2F%2Ft.example%2Fpasskey";
const FakeRelease kFile{.title = "A file", .offer = Offer::kTorrent};

class HarvestTest : public ::testing::Test {
 protected:
  /// What becomes of one item.
  std::vector<sdk::Release> Take(const Item& item,
                                 const Origin& origin = {.url = "https://i.example/api", .name = "index"}) {
    Findings findings;
    Harvest harvest(resolver_, host_.host(), question_, findings);
    harvest.Take(AnyCall(), {item}, origin);
    std::vector<sdk::Release> out;
    for (const auto& release : findings.Wait(0, std::chrono::steady_clock::now())) out.push_back(*release);
    return out;
  }
  sdk::Release TakeOne(const Item& item, const Origin& origin = {.url = "https://i.example/api", .name = "index"}) {
    auto releases = Take(item, origin);
    EXPECT_THAT(releases, SizeIs(1));
    return releases.empty() ? sdk::Release{} : releases.front();
  }
  void Redirect(const std::string& from, const std::string& to) {
    host_.http.Answer("GET", from, {.status = 302, .headers = {{"Location", to}}});
  }
  std::size_t asked() const { return host_.http.requests().size(); }

  FakeHost host_;
  Asker asker_{host_.host(), 10s};
  Resolver resolver_{asker_};
  Question question_{.kind = sdk::TitleKind::kMovie, .titles = {"T"}};
};

TEST_F(HarvestTest, TakesHashesWithoutAskingAnybody) {
  const auto by_hash = TakeOne({.title = "T", .info_hash = kFilmHash, .links = {"/dl/1"}, .seeders = 3});
  EXPECT_EQ(by_hash.info_hash, kFilmHash);
  EXPECT_EQ(by_hash.torrent_url, "https://i.example/dl/1");
  EXPECT_EQ(by_hash.indexer, "index");
  EXPECT_EQ(by_hash.seeders, 3U);

  const auto by_magnet = TakeOne({.title = "T", .links = {kFilmMagnet}, .indexer = "tracker"});
  EXPECT_EQ(by_magnet.info_hash, kFilmHash);
  EXPECT_EQ(by_magnet.magnet, kFilmMagnet);
  EXPECT_EQ(by_magnet.torrent_url, "");
  EXPECT_EQ(by_magnet.indexer, "tracker");
  EXPECT_EQ(asked(), 0U);
}

TEST_F(HarvestTest, BelievesTheHashBeforeTheMagnet) {
  const auto release = TakeOne({.title = "T", .info_hash = std::string(40, 'f'), .links = {kFilmMagnet}});

  EXPECT_EQ(release.info_hash, std::string(40, 'f'));
  EXPECT_EQ(release.magnet, "");
}

TEST_F(HarvestTest, WritesAMagnetAnewThatIsNoUri) {
  EXPECT_EQ(TakeOne({.title = "T", .links = {"magnet:?xt=urn:btih:" + kFilmHash + "&dn=a b"}}).magnet,
            "magnet:?xt=urn:btih:" + kFilmHash);
}

TEST_F(HarvestTest, FollowsALinkToAMagnetAsData) {
  Redirect("https://i.example/dl/1", kFilmMagnet);

  const auto release = TakeOne({.title = "T", .links = {"https://i.example/dl/1"}});

  EXPECT_EQ(release.info_hash, kFilmHash);
  EXPECT_EQ(release.magnet, kFilmMagnet);
  EXPECT_EQ(release.torrent_url, "");
  EXPECT_EQ(asked(), 1U);
}

TEST_F(HarvestTest, ReadsTheFileThatALinkLeadsTo) {
  Redirect("https://i.example/dl/1", "/file/1.torrent");
  host_.http.Answer("GET", "https://i.example/file/1.torrent", {.status = 200, .body = TorrentOf(kFile)});

  const auto release = TakeOne({.title = "T", .links = {"https://i.example/dl/1"}});

  EXPECT_EQ(release.info_hash, HashOf(kFile));
  EXPECT_EQ(release.torrent_url, "https://i.example/dl/1");
}

TEST_F(HarvestTest, FollowsALinkOnceInSixHours) {
  Redirect("https://i.example/dl/1", kFilmMagnet);
  const Item item{.title = "T", .links = {"https://i.example/dl/1"}};

  TakeOne(item);
  host_.clock.Advance(5h);
  TakeOne(item);
  EXPECT_EQ(asked(), 1U);

  host_.clock.Advance(61min);
  TakeOne(item);
  EXPECT_EQ(asked(), 2U);
}

TEST_F(HarvestTest, KeepsTheUrlOfWhatCannotBeFollowed) {
  host_.http.Answer("GET", "https://i.example/page", {.status = 200, .body = "<html></html>"})
      .Answer("GET", "https://i.example/huge", {.status = 200, .body = std::string(1024 * 1024 + 1, 'd')})
      .Answer("GET", "https://i.example/broken", {.status = 500})
      .Fail("GET", "https://i.example/away", {.code = sdk::Errc::kUpstreamFailed, .message = "planted"});
  Redirect("https://i.example/odd", "magnet:?xt=urn:sha1:x");
  Redirect("https://i.example/round", "https://i.example/round");

  for (const auto* path : {"page", "huge", "broken", "away", "odd", "round"}) {
    const auto url = std::string("https://i.example/") + path;
    const auto release = TakeOne({.title = "T", .links = {url}});
    EXPECT_EQ(release.info_hash, "") << path;
    EXPECT_EQ(release.torrent_url, url);
  }
  EXPECT_EQ(host_.log.Text().find("planted"), std::string::npos);
}

TEST_F(HarvestTest, LeavesOutWhatLeadsToNothing) {
  host_.http.Answer("GET", "https://i.example/gone", {.status = 404});

  EXPECT_THAT(Take({.title = "T", .links = {"https://i.example/gone"}}), IsEmpty());
  EXPECT_THAT(Take({.title = "T"}), IsEmpty());
  EXPECT_THAT(Take({.title = "T", .links = {"ftp://i.example/1", "javascript:x", "http://", "magnet:?dn=x"}}),
              IsEmpty());
  EXPECT_THAT(Take({.title = "T", .links = {"https://u:p@i.example/1"}}), IsEmpty());
  EXPECT_THAT(Take({.title = "T", .links = {"https://" + std::string(9000, 'h')}}), IsEmpty());
}

TEST_F(HarvestTest, NeverFetchesOfAPrivateTracker) {
  const auto release = TakeOne({.title = "T", .links = {"https://i.example/dl/1"}, .is_private = true});

  EXPECT_TRUE(release.is_private);
  EXPECT_EQ(release.info_hash, "");
  EXPECT_EQ(release.torrent_url, "https://i.example/dl/1");
  EXPECT_TRUE(TakeOne({.title = "T", .links = {"https://i.example/dl/1"}},
                      {.url = "https://i.example/api", .name = "index", .is_private = true})
                  .is_private);
  EXPECT_EQ(asked(), 0U);
}

TEST_F(HarvestTest, MakesNoHashOfAFileThatSaysItIsPrivate) {
  const FakeRelease file{.title = "A private file", .offer = Offer::kPrivateTorrent};
  host_.http.Answer("GET", "https://i.example/dl/1", {.status = 200, .body = TorrentOf(file)});

  const auto release = TakeOne({.title = "T", .links = {"https://i.example/dl/1"}});

  EXPECT_TRUE(release.is_private);
  EXPECT_EQ(release.info_hash, "");
  EXPECT_EQ(release.torrent_url, "https://i.example/dl/1");
}

TEST_F(HarvestTest, FollowsLinksOfAStrangersIndexToItsHostAlone) {
  const Origin stranger{.url = "https://i.example/api", .name = "index", .only_host = "i.example:443"};
  Redirect("https://i.example/dl/1", "http://192.0.2.1/inside");
  Redirect("https://i.example/dl/2", kFilmMagnet);

  const auto elsewhere =
      TakeOne({.title = "T", .info_hash = kFilmHash, .links = {"http://192.0.2.1/inside"}}, stranger);
  const auto redirected = TakeOne({.title = "T", .links = {"https://i.example/dl/1"}}, stranger);
  const auto own = TakeOne({.title = "T", .links = {"https://i.example/dl/2"}}, stranger);

  EXPECT_EQ(elsewhere.torrent_url, "") << "nor does who is handed the release";
  EXPECT_EQ(redirected.info_hash, "");
  EXPECT_EQ(own.info_hash, kFilmHash);
  for (const auto& request : host_.http.requests()) EXPECT_TRUE(request.url.starts_with("https://i.example/"));
}

TEST_F(HarvestTest, HandsOnNoFileOfAPrivateTrackerThatAStrangersIndexDoesNotHave) {
  const Origin stranger{.url = "https://i.example/api", .name = "index", .only_host = "i.example:443"};
  Item item{.title = "T", .info_hash = kFilmHash, .links = {"http://192.0.2.1/inside"}};
  item.is_private = true;

  EXPECT_EQ(TakeOne(item, stranger).torrent_url, "");
  item.links = {"/dl/1"};
  EXPECT_EQ(TakeOne(item, stranger).torrent_url, "https://i.example/dl/1");
  EXPECT_EQ(asked(), 0U);
}

TEST_F(HarvestTest, FollowsTwentyAtATimeAndAHundredInAll) {
  std::mutex mutex;
  std::condition_variable changed;
  std::size_t now = 0;
  std::size_t most = 0;
  host_.http.AnswerWith("GET", "https://i.example/*", [&](const sdk::HttpRequest&) -> sdk::Result<sdk::HttpResponse> {
    std::unique_lock lock(mutex);
    most = std::max(most, ++now);
    changed.notify_all();
    // All twenty are here at once, or this takes the test's time.
    changed.wait(lock, [&] { return most >= 20; });
    --now;
    return sdk::HttpResponse{.status = 302, .headers = {{"Location", kFilmMagnet}}};
  });
  std::vector<Item> items;
  for (int i = 0; i < 120; ++i) items.push_back({.title = "T", .links = {"/dl/" + std::to_string(i)}});
  Findings findings;
  Harvest harvest(resolver_, host_.host(), question_, findings);

  harvest.Take(AnyCall(), items, {.url = "https://i.example/", .name = "index"});

  EXPECT_EQ(most, 20U);
  EXPECT_EQ(asked(), 100U);
  EXPECT_THAT(findings.Wait(0, std::chrono::steady_clock::now()), SizeIs(21)) << "one hash, and 20 that keep their URL";
}

TEST_F(HarvestTest, LeavesOutWhatIsNotAskedFor) {
  question_.imdb_id = "tt0133093";

  EXPECT_THAT(Take({.title = "T", .info_hash = kFilmHash, .categories = {3000}}), IsEmpty());
  EXPECT_THAT(Take({.title = "T", .info_hash = kFilmHash, .imdb_id = "tt0000001"}), IsEmpty());
  EXPECT_TRUE(TakeOne({.title = "T", .info_hash = kFilmHash, .imdb_id = "tt0133093"}).exact);
  EXPECT_FALSE(TakeOne({.title = "T", .info_hash = kFilmHash}).exact);
}

TEST_F(HarvestTest, LeavesOutWhatQuotesTheKey) {
  const Origin origin{.url = "https://i.example/", .name = "index", .secret = "planted-key"};

  EXPECT_THAT(Take({.title = "T planted-key", .info_hash = kFilmHash}, origin), IsEmpty());
  EXPECT_THAT(Take({.title = "T", .info_hash = kFilmHash, .indexer = "planted-key"}, origin), IsEmpty());
  EXPECT_THAT(Take({.title = "T", .links = {kFilmMagnet + "&x=planted-key"}}, origin), IsEmpty());
  EXPECT_EQ(TakeOne({.title = "T", .info_hash = kFilmHash, .links = {"/dl?apikey=planted-key"}}, origin).torrent_url,
            "https://i.example/dl?apikey=planted-key");
}

TEST_F(HarvestTest, SaysNothingOfADateThatIsToCome) {
  const auto now = std::chrono::floor<std::chrono::seconds>(host_.clock.Now());

  EXPECT_EQ(TakeOne({.title = "T", .info_hash = kFilmHash, .published_at = now + 23h}).published_at, now + 23h);
  EXPECT_EQ(TakeOne({.title = "T", .info_hash = kFilmHash, .published_at = now + 25h}).published_at, sdk::Seconds());
}

}  // namespace
}  // namespace sluice::plugins::indexer
