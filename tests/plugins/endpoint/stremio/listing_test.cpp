// SPDX-License-Identifier: MIT
#include "plugins/endpoint/stremio/listing.hpp"

#include <gmock/gmock.h>

#include "tests/plugins/endpoint/stremio/state_fixture.hpp"

namespace sluice::plugins::stremio {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr auto kPasskeyUrl = "https://tracker.example:8443/dl/1?passkey=planted";

class ListingTest : public ::testing::Test {
 protected:
  ListingTest() {
    host_.database.Use(&tables_.service);
    torbox_.traits.torrent_files = torbox_.traits.private_torrents = torbox_.traits.torrent_order = true;
    wish_.userdata = OwnKeys({"tb"});
  }
  ~ListingTest() override { host_.tasks.Stop(); }

  Listed List() {
    const auto listed = lister_.List(sdk::testing::AnyCall(), wish_);
    EXPECT_TRUE(listed) << listed.error().message;
    host_.tasks.Wait();
    return listed ? *listed : Listed();
  }
  /// "a tb cached" of each, by the digit of its hash.
  std::vector<std::string> Lines() {
    std::vector<std::string> lines;
    for (const auto& [stream, path] : List().streams) {
      constexpr const char* kStates[] = {"cached", "unknown", "uncached"};
      lines.push_back(std::string(1, stream.hash[0]) + " " + stream.store_code + " " +
                      kStates[static_cast<std::size_t>(stream.cache)]);
    }
    return lines;
  }
  void Find(std::initializer_list<char> digits) {
    for (const char digit : digits)
      offered_.torznab->releases.push_back(ReleaseOf(digit, "The.Matrix.1999.1080p.BluRay.x264-GRP"));
  }
  void FindPrivate(char digit, std::string torrent_url) {
    auto release = ReleaseOf(digit, "The.Matrix.1999.1080p.BluRay.x264-GRP");
    release.is_private = true;
    release.torrent_url = std::move(torrent_url);
    offered_.torznab->releases.push_back(std::move(release));
  }
  static std::vector<sdk::File> Season() {
    return {{.index = 0, .path = "Show.S01/Show.S01E02.mkv", .size_bytes = 2000},
            {.index = 1, .path = "Show.S01/Show.S01E01.mkv", .size_bytes = 1000, .video_hash = "0123456789abcdef"}};
  }
  void WantEpisode(std::uint32_t episode) {
    wish_.video = {.title = "tt0903747", .season = 1, .episode = episode};
    wish_.type = "series";
    offered_.torznab->releases = {ReleaseOf('a', "Show.S01.1080p.BluRay.x264-GRP")};
  }

  Tables tables_;
  sdk::testing::FakeHost host_;
  Offered offered_;
  FakeStore &torbox_ = *offered_.torbox, &realdebrid_ = *offered_.realdebrid;
  Settings settings_ = offered_.MakeSettings();
  Metadata metadata_{host_.host(), ""};
  const Lister lister_{host_.host(), settings_, metadata_};
  Wish wish_{.video = {.title = "tt0133093"}, .type = "movie", .user_agent = "player/1"};
};

TEST_F(ListingTest, CachedOnesComeFirstAndTheRestUnlessItIsNotWanted) {
  Find({'a', 'b'});
  torbox_.held[HashOf('b')] = {};

  EXPECT_THAT(Lines(), ElementsAre("b tb cached", "a tb uncached"));
  wish_.userdata.cached = true;
  EXPECT_THAT(Lines(), ElementsAre("b tb cached"));
}

TEST_F(ListingTest, OfWhatOneStoreHasTheOthersAreLeftOut) {
  wish_.userdata = OwnKeys({"rd", "tb"});
  Find({'a', 'b', 'c'});
  torbox_.held[HashOf('a')] = torbox_.held[HashOf('b')] = {};
  realdebrid_.held[HashOf('b')] = {};

  EXPECT_THAT(Lines(), ElementsAre("a tb cached", "b rd cached", "c rd uncached", "c tb uncached"));
}

TEST_F(ListingTest, AStoreThatDoesNotFetchListsWhatItHas) {
  torbox_.traits.downloads = false;
  Find({'a', 'b'});
  torbox_.held[HashOf('b')] = {};

  EXPECT_THAT(Lines(), ElementsAre("b tb cached"));
}

TEST_F(ListingTest, OfAStoreWithoutACheckItIsNotKnown) {
  torbox_.traits.checks = false;
  Find({'a'});

  EXPECT_THAT(Lines(), ElementsAre("a tb unknown"));
}

TEST_F(ListingTest, AStoreWhoseCheckFailsListsWhatWasKnownBefore) {
  Find({'a'});
  torbox_.held[HashOf('a')] = {};
  List();
  Find({'b'});
  torbox_.check_error = sdk::Error{.code = sdk::Errc::kUpstreamFailed, .message = "torbox: want 200"};

  EXPECT_THAT(Lines(), ElementsAre("a tb cached"));
}

TEST_F(ListingTest, AKeyThatTheStoreDoesNotTakeIsSaid) {
  Find({'a'});
  torbox_.check_error = sdk::Error{.code = sdk::Errc::kUnauthenticated, .message = "torbox: bad token"};

  const auto listed = List();

  EXPECT_THAT(listed.streams, IsEmpty());
  EXPECT_EQ(listed.notice, "Your store does not take the key. Configure the addon anew.");
}

TEST_F(ListingTest, PrivateTorrentsAreListedWithTheirFileOnlyAndWhereTheyAreWanted) {
  FindPrivate('a', kPasskeyUrl);
  FindPrivate('b', "");
  FindPrivate('c', kPasskeyUrl);
  torbox_.held[HashOf('a')] = torbox_.held[HashOf('b')] = {};

  EXPECT_THAT(Lines(), ElementsAre("a tb cached"));
  wish_.userdata.uncached_private = true;
  EXPECT_THAT(Lines(), ElementsAre("a tb cached", "c tb uncached"));
  torbox_.traits.private_torrents = false;
  EXPECT_THAT(Lines(), IsEmpty());
  torbox_.traits.private_torrents = true;
  torbox_.traits.torrent_files = false;
  EXPECT_THAT(Lines(), IsEmpty());
}

TEST_F(ListingTest, OnlyPathsOfPrivateTorrentsHaveTheUrlOfTheirFile) {
  FindPrivate('a', kPasskeyUrl);
  Find({'b'});
  offered_.torznab->releases[1].torrent_url = "https://open.example/2.torrent";
  torbox_.held[HashOf('a')] = torbox_.held[HashOf('b')] = {};

  const auto listed = List();

  ASSERT_THAT(listed.streams, SizeIs(2));
  EXPECT_EQ(listed.streams[0].path.torrent_url, kPasskeyUrl);
  EXPECT_FALSE(listed.streams[0].path.torrent_of_viewer);
  EXPECT_EQ(listed.streams[0].stream.indexer_host, "tracker.example");
  EXPECT_EQ(listed.streams[1].path.torrent_url, "");
  EXPECT_THAT(host_.log.Text(), Not(HasSubstr("planted")));
  EXPECT_THAT(tables_.Column("SELECT files FROM {magnets}"), Not(HasSubstr("planted")));
}

TEST_F(ListingTest, PathsSayThatAnIndexOfTheViewersHasWrittenTheUrl) {
  FindPrivate('a', kPasskeyUrl);
  torbox_.held[HashOf('a')] = {};
  offered_.torznab->of_viewers_only = true;
  wish_.userdata.indexers = {{.name = "jackett", .url = "https://j.example", .api_key = "j-key"}};

  const auto listed = List();

  ASSERT_THAT(listed.streams, SizeIs(1));
  EXPECT_TRUE(listed.streams[0].path.torrent_of_viewer);
}

TEST_F(ListingTest, OfASeasonTheFileOfTheEpisodeIsPicked) {
  WantEpisode(1);
  torbox_.held[HashOf('a')] = Season();

  const auto listed = List();

  ASSERT_THAT(listed.streams, SizeIs(1));
  const auto& [stream, path] = listed.streams[0];
  EXPECT_EQ(stream.file_name, "Show.S01E01.mkv");
  EXPECT_EQ(stream.file_index, 1);
  EXPECT_EQ(stream.file_size_bytes, 1000U);
  EXPECT_EQ(stream.video_hash, "0123456789abcdef");
  EXPECT_EQ(path.file_index, 1);
  EXPECT_EQ(path.file_name, "Show.S01E01.mkv");
  EXPECT_EQ(path.store_code, "tb");
  EXPECT_EQ(path.video, wish_.video);
}

TEST_F(ListingTest, ASeasonWithoutTheEpisodeIsNotListed) {
  WantEpisode(3);
  torbox_.held[HashOf('a')] = Season();

  const auto listed = List();

  EXPECT_THAT(listed.streams, IsEmpty());
  EXPECT_THAT(listed.notice, HasSubstr("Of 1 found, none"));
}

TEST_F(ListingTest, PeersAreOfferedWhatATrustedStoreHasListedInTheTorrentsOrder) {
  WantEpisode(2);
  torbox_.held[HashOf('a')] = Season();
  wish_.userdata = {.stores = {{.code = "p2p"}}};
  EXPECT_THAT(Lines(), IsEmpty()) << "nobody knows its files";
  EXPECT_THAT(torbox_.checks.all(), IsEmpty());
  wish_.userdata = OwnKeys({"tb"});
  List();

  wish_.userdata = {.stores = {{.code = "p2p"}}};
  const auto listed = List();

  ASSERT_THAT(listed.streams, SizeIs(1));
  EXPECT_EQ(listed.streams[0].stream.file_index, 0);
  EXPECT_EQ(listed.streams[0].stream.store_code, "p2p");
  offered_.torznab->releases[0].is_private = true;
  EXPECT_THAT(Lines(), IsEmpty()) << "peers of a private tracker are not ours to ask";
  offered_.torznab->releases[0].is_private = false;
  torbox_.traits.torrent_order = false;
  EXPECT_THAT(Lines(), IsEmpty()) << "numbers of a store's own say nothing to players";
}

TEST_F(ListingTest, TheFilterLeavesOutAndTheSortArranges) {
  Find({'a', 'b'});
  offered_.torznab->releases[1].title = "The.Matrix.1999.2160p.WEB-DL.x265-GRP";

  EXPECT_THAT(Lines(), ElementsAre("b tb uncached", "a tb uncached"));
  wish_.userdata.sort = "resolution";
  EXPECT_THAT(Lines(), ElementsAre("a tb uncached", "b tb uncached"));
  wish_.userdata.filter = R"(Resolution >= "4k")";
  EXPECT_THAT(Lines(), ElementsAre("b tb uncached"));
  wish_.userdata.filter = R"(Year > 2020)";
  EXPECT_EQ(List().notice, "Of 2 found, none passes your filter.");
}

TEST_F(ListingTest, ASortOrFilterThatIsNoneIsRefusedBeforeAnybodyIsAsked) {
  const auto code = [&] {
    const auto listed = lister_.List(sdk::testing::AnyCall(), wish_);
    return listed ? std::nullopt : std::optional(listed.error().code);
  };
  wish_.userdata.filter = "Year >";
  EXPECT_EQ(code(), sdk::Errc::kInvalidArgument);
  wish_.userdata.filter.clear();
  wish_.userdata.sort = "colour";
  EXPECT_EQ(code(), sdk::Errc::kInvalidArgument);
  EXPECT_THAT(offered_.torznab->users.all(), IsEmpty());
  EXPECT_THAT(offered_.pool->asked.all(), IsEmpty());
}

TEST_F(ListingTest, WhoIsRefusedIsToldWhyAndNoStoreIsAsked) {
  Find({'a'});
  offered_.pool->Refuse(sdk::Errc::kPermissionDenied, "three devices at most");

  const auto listed = List();

  EXPECT_THAT(listed.streams, IsEmpty());
  EXPECT_EQ(listed.notice, "Access is refused: three devices at most.");
  EXPECT_THAT(torbox_.checks.all(), IsEmpty());
}

TEST_F(ListingTest, ARefusalAtOneStoreLeavesTheOthers) {
  wish_.userdata = OwnKeys({"pm", "tb"});
  Find({'a'});

  EXPECT_THAT(Lines(), ElementsAre("a tb uncached"));
}

TEST_F(ListingTest, BackendsAreToldWhatForAndByWhom) {
  List();

  const auto shown = offered_.pool->asked.all().at(0);
  EXPECT_EQ(shown.action, "check-cache");
  EXPECT_EQ(shown.client_ip, "192.0.2.10");
  EXPECT_EQ(shown.user_agent, "player/1");
}

TEST_F(ListingTest, AViewerWhoIsGoneCostsNoStoreAnything) {
  Find({'a'});

  const auto listed = lister_.List(sdk::testing::CancelledCall(), wish_);

  ASSERT_FALSE(listed);
  EXPECT_EQ(listed.error().code, sdk::Errc::kCancelled);
  EXPECT_THAT(torbox_.checks.all(), IsEmpty());
}

TEST_F(ListingTest, WhatIsProxiedIsWhatTheServerOrWhereItLetsThemTheViewerWants) {
  const auto proxied = [&](Delivery delivery, bool wanted) {
    settings_.delivery = delivery;
    wish_.userdata.proxied = wanted;
    return IsProxied(settings_, wish_.userdata);
  };
  EXPECT_FALSE(proxied(Delivery::kRedirect, true));
  EXPECT_TRUE(proxied(Delivery::kProxy, false));
  EXPECT_FALSE(proxied(Delivery::kChoice, false));
  EXPECT_TRUE(proxied(Delivery::kChoice, true));
}

TEST_F(ListingTest, IdsOfOtherCataloguesAreNotPretendedToBeKnown) {
  wish_.video = {.space = IdSpace::kKitsu, .title = "kitsu:42", .episode = 1};

  EXPECT_THAT(List().notice, HasSubstr("does not know"));
  EXPECT_THAT(offered_.torznab->users.all(), IsEmpty());
}

}  // namespace
}  // namespace sluice::plugins::stremio
