// SPDX-License-Identifier: MIT
#include "plugins/endpoint/stremio/search.hpp"

#include <gmock/gmock.h>

#include "plugins/endpoint/stremio/sooner.hpp"
#include "tests/plugins/endpoint/stremio/addon_fixture.hpp"

namespace sluice::plugins::stremio {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

class SearchTest : public ::testing::Test {
 protected:
  SearchOutcome Find(const sdk::Call& call = sdk::testing::AnyCall()) {
    return Search(host_.host(), settings_, call, userdata_, wanted_, "tt0133093");
  }
  void AddIndexer(std::string name, std::shared_ptr<FakeIndexer> indexer) {
    settings_.indexers.push_back({.name = name, .component = indexer});
    settings_.viewer_indexers.push_back({.name = std::move(name), .component = std::move(indexer)});
  }
  /// The one finding of what two say of the same hash, in that order.
  sdk::Release Merged(sdk::Release first, sdk::Release second) {
    offered_.torznab->releases = {std::move(first), std::move(second)};
    auto outcome = Find();
    EXPECT_EQ(outcome.findings.size(), 1U);
    return outcome.findings.empty() ? sdk::Release() : outcome.findings[0].release;
  }

  sdk::testing::FakeHost host_;
  Offered offered_;
  Settings settings_ = offered_.MakeSettings();
  UserData userdata_ = OwnKeys({"tb"});
  titles::Wanted wanted_{.titles = {"The Matrix"}, .year = 1999};
};

TEST_F(SearchTest, OfSeveralWithOneHashTheOneWithTheMostSeedersIsTaken) {
  auto few = ReleaseOf('a', "The.Matrix.1999.720p"), many = ReleaseOf('a', "The.Matrix.1999.1080p");
  few.seeders = 1;
  many.seeders = 9;

  EXPECT_EQ(Merged(few, many).seeders, 9U);
  EXPECT_EQ(Merged(many, few).title, "The.Matrix.1999.1080p");
  EXPECT_EQ(Find().findings[0].parsed.resolution, "1080p");
}

TEST_F(SearchTest, APrivateOneWinsWithItsOwnFile) {
  auto open = ReleaseOf('a', "The.Matrix.1999.1080p"), own = open;
  open.torrent_url = "https://open.example/1.torrent";
  open.seeders = 9;
  own.torrent_url = "https://tracker.example/1.torrent?passkey=p";
  own.is_private = true;

  for (const auto& merged : {Merged(open, own), Merged(own, open)}) {
    EXPECT_TRUE(merged.is_private);
    EXPECT_EQ(merged.torrent_url, own.torrent_url);
    EXPECT_EQ(merged.seeders, 9U);
  }
}

TEST_F(SearchTest, APrivateOneWithoutAFileTakesThatOfAnotherPrivateOneOnly) {
  auto bare = ReleaseOf('a', "The.Matrix.1999.1080p"), own = bare, open = bare;
  bare.is_private = own.is_private = true;
  own.torrent_url = "https://tracker.example/1.torrent?passkey=p";
  open.torrent_url = "https://open.example/1.torrent";

  EXPECT_EQ(Merged(bare, own).torrent_url, own.torrent_url);
  EXPECT_EQ(Merged(own, bare).torrent_url, own.torrent_url);
  EXPECT_EQ(Merged(bare, open).torrent_url, "");
}

TEST_F(SearchTest, WhatHasNoHashOrAnotherTitleIsLeftOut) {
  auto nameless = ReleaseOf('a', "The.Matrix.1999.1080p");
  nameless.info_hash.clear();
  auto other = ReleaseOf('b', "Another.Film.1999.1080p"), same = ReleaseOf('c', "The.Matrix.1999.1080p");
  other.exact = same.exact = false;
  offered_.torznab->releases = {nameless, other, same, ReleaseOf('d', "Another.Film.1999.1080p")};

  const auto outcome = Find();

  ASSERT_EQ(outcome.findings.size(), 2U);
  EXPECT_EQ(outcome.findings[0].release.info_hash, HashOf('c'));
  EXPECT_EQ(outcome.findings[1].release.info_hash, HashOf('d')) << "found by its id";
}

TEST_F(SearchTest, AFaultLeavesWhatTheOthersAndItselfHaveFound) {
  offered_.torznab->releases = {ReleaseOf('a', "The.Matrix.1999")};
  offered_.torznab->error = sdk::Error{.code = sdk::Errc::kUpstreamFailed, .message = "index: want 200"};
  auto other = std::make_shared<FakeIndexer>();
  other->releases = {ReleaseOf('b', "The.Matrix.1999")};
  AddIndexer("prowlarr", other);

  const auto outcome = Find();

  EXPECT_EQ(outcome.findings.size(), 2U);
  ASSERT_EQ(outcome.faults.size(), 1U);
  EXPECT_EQ(outcome.faults[0].indexer, "torznab");
  EXPECT_EQ(outcome.faults[0].error.message, "index: want 200");
}

TEST_F(SearchTest, ASlowIndexerIsNotWaitedForLongerThanConfigured) {
  settings_.search_time = std::chrono::milliseconds(50);
  offered_.torznab->releases = {ReleaseOf('a', "The.Matrix.1999")};
  offered_.torznab->waits = true;
  const auto begin = std::chrono::steady_clock::now();

  const auto outcome = Find();

  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
  EXPECT_EQ(outcome.findings.size(), 1U) << "what it has found by then counts";
  ASSERT_EQ(outcome.faults.size(), 1U);
  EXPECT_EQ(outcome.faults[0].error.code, sdk::Errc::kDeadlineExceeded);
}

TEST_F(SearchTest, ItEndsWithTheViewerWhoseSearchItIs) {
  offered_.torznab->waits = true;
  sdk::testing::TestCall call;
  std::thread viewer([&] { Find(call); });
  while (offered_.torznab->users.size() == 0) std::this_thread::yield();
  const auto left = std::chrono::steady_clock::now();

  call.Cancel();

  viewer.join();
  EXPECT_LT(std::chrono::steady_clock::now() - left, std::chrono::seconds(5));
}

TEST_F(SearchTest, AnIndexOfTheViewersIsAskedWithTheirKeyAndTheOperatorsWithNone) {
  auto prowlarr = std::make_shared<FakeIndexer>();
  AddIndexer("prowlarr", prowlarr);
  userdata_.indexers = {{.name = "jackett", .url = "https://j.example", .api_key = "j-key"},
                        {.name = "prowlarr", .url = "https://p.example", .api_key = "p-key"}};

  Find();

  auto asked = offered_.torznab->users.all();
  std::ranges::sort(asked);
  EXPECT_THAT(asked, ElementsAre(Pair("", ""), Pair("https://j.example", "j-key")));
  asked = prowlarr->users.all();
  std::ranges::sort(asked);
  EXPECT_THAT(asked, ElementsAre(Pair("", ""), Pair("https://p.example", "p-key")));
}

TEST_F(SearchTest, ItIsKnownWhoseIndexHasWrittenTheUrlOfAFile) {
  auto own = ReleaseOf('a', "The.Matrix.1999.1080p");
  own.is_private = true;
  own.torrent_url = "https://tracker.example/1.torrent?passkey=p";
  offered_.torznab->releases = {own};
  EXPECT_FALSE(Find().findings.at(0).of_viewer);

  auto prowlarr = std::make_shared<FakeIndexer>();
  prowlarr->releases = {ReleaseOf('a', "The.Matrix.1999.720p")};
  prowlarr->releases[0].seeders = 9;
  AddIndexer("prowlarr", prowlarr);
  EXPECT_FALSE(Find().findings.at(0).of_viewer);

  settings_.indexers.clear();
  settings_.viewer_indexers.clear();
  AddIndexer("torznab", offered_.torznab);
  userdata_.indexers = {{.name = "jackett", .url = "https://j.example", .api_key = "j-key"}};
  offered_.torznab->of_viewers_only = true;
  EXPECT_TRUE(Find().findings.at(0).of_viewer);
}

TEST_F(SearchTest, AnIndexThatNobodySpeaksIsAFault) {
  userdata_.indexers = {{.name = "prowlarr", .url = "https://p.example", .api_key = "p-key"}};

  const auto outcome = Find();

  ASSERT_EQ(outcome.faults.size(), 1U);
  EXPECT_EQ(outcome.faults[0].indexer, "prowlarr");
  EXPECT_EQ(outcome.faults[0].error.code, sdk::Errc::kUnsupported);
  EXPECT_EQ(offered_.torznab->users.size(), 1U) << "and its key goes nowhere";
}

TEST_F(SearchTest, AnIndexThatNeverEndsIsCutOff) {
  for (int i = 0; i < 2500; ++i) {
    auto release = ReleaseOf('0', "The.Matrix.1999");
    const auto number = std::to_string(i);
    release.info_hash.replace(0, number.size(), number).back() = 'f';
    offered_.torznab->releases.push_back(release);
  }
  auto known = offered_.torznab->releases[0];
  known.seeders = 7;
  offered_.torznab->releases.push_back(known);

  const auto outcome = Find();

  EXPECT_EQ(outcome.findings.size(), 2000U);
  EXPECT_EQ(outcome.findings[0].release.seeders, 7U) << "what is known is still learnt of";
}

TEST(SoonerTest, EndsAtTheEarlierOfTheTwoAndSaysNoMoreThanItCopied) {
  const auto whole = sdk::testing::CallFor(std::chrono::hours(1));
  const Sooner sooner(whole, std::chrono::seconds(1));
  const Sooner later(whole, std::chrono::hours(2));
  EXPECT_LE(sooner.call().remaining(), std::chrono::seconds(1));
  EXPECT_EQ(later.call().deadline(), whole.deadline());

  struct Larger {
    sluice_call call;
    std::uint64_t added;
  } larger{.call = whole.abi(), .added = 0};
  larger.call.struct_size = sizeof larger;
  EXPECT_EQ(Sooner(sdk::Call(larger.call), std::chrono::seconds(1)).call().abi().struct_size, sizeof(sluice_call));
}

}  // namespace
}  // namespace sluice::plugins::stremio
