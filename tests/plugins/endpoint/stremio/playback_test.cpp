// SPDX-License-Identifier: MIT
#include "plugins/endpoint/stremio/playback.hpp"

#include <gmock/gmock.h>

#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>

#include "store/common/torrent_file.hpp"
#include "tests/plugins/endpoint/stremio/addon_fixture.hpp"

namespace sluice::plugins::stremio {
namespace {

using namespace std::chrono_literals;
using sdk::ItemState;
using sdk::testing::AnyCall;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr auto kTorrentUrl = "https://tracker.example/7.torrent?passkey=planted";
const std::string kTorrent = "d4:infod6:lengthi1e4:name1:a12:piece lengthi1e6:pieces20:01234567890123456789ee";

class PlaybackTest : public ::testing::Test {
 protected:
  PlaybackTest() {
    torbox_.files = {{.index = 0, .path = "film.mkv", .size_bytes = 1000, .id = "f0"}};
    order_ = {.video = {.title = "tt0133093"}, .store_code = "tb", .hash = HashOf('a'), .file_index = 0};
  }
  Account AccountOf(std::string token, std::string_view code = "tb") const {
    return {.store = settings_.FindStore(code), .token = std::move(token)};
  }
  Played Find(const sdk::Call& call = AnyCall()) {
    const auto played = playback_.Find(call, AccountOf("key"), order_);
    EXPECT_TRUE(played) << played.error().message;
    return played ? *played : Played();
  }
  /// While time passes, twenty times as fast at least.
  Played FindWhileTimePasses() {
    std::mutex mutex;
    std::condition_variable_any tick;
    std::jthread clock([&](const std::stop_token& stop) {
      std::unique_lock lock(mutex);
      while (!stop.stop_requested()) {
        host_.clock.Advance(100ms);
        tick.wait_for(lock, stop, 1ms, [] { return false; });
      }
    });
    return Find();
  }
  void WantTorrent() {
    const auto hash = store::InfoHashOfTorrent(sdk::AsBytes(kTorrent));
    ASSERT_TRUE(hash);
    order_.hash = *hash;
    order_.torrent_url = kTorrentUrl;
  }

  sdk::testing::FakeHost host_;
  Offered offered_;
  FakeStore& torbox_ = *offered_.torbox;
  const Settings settings_ = offered_.MakeSettings();
  Playback playback_{host_.host()};
  PlaybackPath order_;
};

TEST_F(PlaybackTest, WhatTheStoreHasIsLinkedAtOnce) {
  const auto played = Find();

  EXPECT_EQ(played.url, "https://cdn.example/film");
  EXPECT_EQ(played.size_bytes, 1000U);
  EXPECT_TRUE(played.cached);
  EXPECT_THAT(torbox_.adds.all(), ElementsAre("magnet:?xt=urn:btih:" + HashOf('a')));
  EXPECT_THAT(torbox_.links.all(), ElementsAre("item/f0"));
  EXPECT_THAT(torbox_.tokens.all(), ElementsAre("key"));
  EXPECT_EQ(torbox_.gets.size(), 0U);
}

TEST_F(PlaybackTest, FileZeroIsAFileLikeOthers) {
  torbox_.traits.torrent_order = true;
  torbox_.files = {{.index = 0, .path = "one.mkv", .size_bytes = 1000, .id = "f0"},
                   {.index = 1, .path = "two.mkv", .size_bytes = 2000, .id = "f1"}};

  Find();
  order_.file_index.reset();
  Find();

  EXPECT_THAT(torbox_.links.all(), ElementsAre("item/f0", "item/f1")) << "of a film the largest, unless one was listed";
}

TEST_F(PlaybackTest, WaitsLongerEachTimeAndThreeTimesAtMost) {
  torbox_.states = {ItemState::kQueued, ItemState::kDownloading, ItemState::kProcessing, ItemState::kDownloading};
  Kept<std::chrono::nanoseconds> at;
  torbox_.on_get = [&] { at.Add(host_.clock.passed()); };

  const auto played = FindWhileTimePasses();

  EXPECT_EQ(played.clip, "downloading");
  const auto times = at.all();
  ASSERT_EQ(times.size(), 3U);
  EXPECT_GE(times[0], 1s);
  EXPECT_GE(times[1] - times[0], 4s);
  EXPECT_GE(times[2] - times[1], 10s);
  EXPECT_EQ(torbox_.links.size(), 0U);
}

TEST_F(PlaybackTest, WhatBecomesReadyMeanwhileIsPlayedAndWasNotCached) {
  torbox_.states = {ItemState::kDownloading, ItemState::kReady};

  const auto played = FindWhileTimePasses();

  EXPECT_EQ(played.url, "https://cdn.example/film");
  EXPECT_FALSE(played.cached);
  EXPECT_THAT(torbox_.gets.all(), ElementsAre("item"));
}

TEST_F(PlaybackTest, AShortCallIsNotWaitedAway) {
  torbox_.states = {ItemState::kDownloading};

  EXPECT_EQ(Find(sdk::testing::CallFor(1500ms)).clip, "downloading");
  EXPECT_EQ(torbox_.gets.size(), 0U);
}

TEST_F(PlaybackTest, ACallThatIsOverIsNoClipAndIsNotRemembered) {
  const auto over = playback_.Find(sdk::testing::CancelledCall(), AccountOf("key"), order_);
  ASSERT_FALSE(over);
  EXPECT_EQ(over.error().code, sdk::Errc::kCancelled);

  sdk::testing::TestCall call;
  torbox_.on_add = [&] { call.Cancel(); };
  EXPECT_FALSE(playback_.Find(call, AccountOf("key"), order_));
  torbox_.on_add = nullptr;
  EXPECT_EQ(Find().url, "https://cdn.example/film");
}

struct FailureCase {
  sdk::Error error;
  std::string_view of_add, of_link;
};

TEST_F(PlaybackTest, EachFailureHasItsClip) {
  using sdk::Errc;
  using sdk::Reason;
  const FailureCase cases[] = {
      {{.code = Errc::kUnauthenticated, .message = "x"}, "401", "401"},
      {{.code = Errc::kPermissionDenied, .message = "x"}, "403", "403"},
      {{.code = Errc::kRateLimited, .message = "x"}, "429", "429"},
      {{.code = Errc::kPermissionDenied, .message = "x", .reason = Reason::kLegal}, "451", "451"},
      {{.code = Errc::kPermissionDenied, .message = "x", .reason = Reason::kPaymentRequired},
       "payment_required",
       "payment_required"},
      {{.code = Errc::kPermissionDenied, .message = "x", .reason = Reason::kLimitExceeded},
       "store_limit_exceeded",
       "store_limit_exceeded"},
      {{.code = Errc::kUpstreamFailed, .message = "x", .reason = Reason::kServerDown}, "500", "500"},
      {{.code = Errc::kUpstreamFailed, .message = "x"}, "download_failed", "500"},
      {{.code = Errc::kNotFound, .message = "x"}, "download_failed", "no_matching_file"}};
  char hash = '0';
  for (const auto& [error, of_add, of_link] : cases) {
    order_.hash = HashOf(++hash);
    torbox_.add_error = error;
    EXPECT_EQ(Find().clip, of_add);
    torbox_.add_error.reset();
    order_.hash.back() = 'f';
    torbox_.link_error = error;
    EXPECT_EQ(Find().clip, of_link);
    torbox_.link_error.reset();
  }
}

TEST_F(PlaybackTest, AnItemThatWillNeverBeThereIsAClipAtOnce) {
  char hash = '0';
  for (const auto state : {ItemState::kFailed, ItemState::kInvalid, ItemState::kUnknown}) {
    order_.hash = HashOf(++hash);
    torbox_.states = {state};
    EXPECT_EQ(Find().clip, "download_failed");
  }
  EXPECT_EQ(torbox_.gets.size(), 0U);
}

TEST_F(PlaybackTest, NoFileThatFitsIsAClip) {
  order_.video = {.title = "tt0903747", .season = 1, .episode = 3};
  torbox_.files = {{.index = 0, .path = "Show.S01E01.mkv", .size_bytes = 1000, .id = "f0"},
                   {.index = 1, .path = "Show.S01E02.mkv", .size_bytes = 1000, .id = "f1"}};

  EXPECT_EQ(Find().clip, "no_matching_file");
  EXPECT_EQ(torbox_.links.size(), 0U);
}

TEST_F(PlaybackTest, AFailureIsRememberedForAMinute) {
  torbox_.add_error = sdk::Error{.code = sdk::Errc::kUpstreamFailed, .message = "x"};
  Find();
  torbox_.add_error.reset();

  host_.clock.Advance(59s);
  EXPECT_EQ(Find().clip, "download_failed");
  host_.clock.Advance(1s);
  EXPECT_EQ(Find().clip, "");
  EXPECT_EQ(torbox_.adds.size(), 2U);
}

TEST_F(PlaybackTest, ALinkIsKeptUntilShortlyBeforeItExpires) {
  torbox_.link.expires_at = std::chrono::floor<std::chrono::seconds>(host_.clock.Now()) + 600s;
  Find();

  host_.clock.Advance(539s);
  Find();
  EXPECT_EQ(torbox_.links.size(), 1U);
  host_.clock.Advance(1s);
  Find();
  EXPECT_EQ(torbox_.links.size(), 2U) << "a minute is left of it, and the viewer is only starting";
}

TEST_F(PlaybackTest, ALinkOfLongLifeIsKeptForThreeHoursAndOneOfWhichNothingIsSaidForHalfAnHour) {
  torbox_.link.expires_at = std::chrono::floor<std::chrono::seconds>(host_.clock.Now()) + std::chrono::days(7);
  Find();
  host_.clock.Advance(3h - 1s);
  Find();
  EXPECT_EQ(torbox_.links.size(), 1U);
  torbox_.link.expires_at = {};
  host_.clock.Advance(1s);
  Find();
  EXPECT_EQ(torbox_.links.size(), 2U);
  host_.clock.Advance(30min - 1s);
  Find();
  EXPECT_EQ(torbox_.links.size(), 2U);
  host_.clock.Advance(1s);
  Find();
  EXPECT_EQ(torbox_.links.size(), 3U);
}

TEST_F(PlaybackTest, OneRunServesAllWhoWantTheSameAtATime) {
  std::atomic<int> asking{0};
  torbox_.on_add = [&] {
    while (asking < 4) std::this_thread::yield();
  };
  std::vector<std::thread> viewers;
  for (int i = 0; i < 4; ++i) {
    viewers.emplace_back([&] {
      ++asking;
      EXPECT_EQ(Find().url, "https://cdn.example/film");
    });
  }
  for (auto& viewer : viewers) viewer.join();

  EXPECT_EQ(torbox_.adds.size(), 1U);
}

TEST_F(PlaybackTest, WhatOneWasToldIsNotToldToOthers) {
  Find();
  const auto ask = [&](const Account& account, const sdk::Call& call) {
    const auto played = playback_.Find(call, account, order_);
    EXPECT_TRUE(played);
  };

  ask(AccountOf("another"), AnyCall());
  EXPECT_EQ(torbox_.adds.size(), 2U) << "another key";
  ask(AccountOf("key"), sdk::testing::TestCall({.client_ip = "192.0.2.99"}));
  EXPECT_EQ(torbox_.adds.size(), 3U) << "another address, to which links may be bound";
  ask(AccountOf("key", "rd"), AnyCall());
  EXPECT_EQ(offered_.realdebrid->adds.size(), 1U) << "another store, to which a code that is not named fell";
  order_.file_name = "other.mkv";
  ask(AccountOf("key"), AnyCall());
  EXPECT_EQ(torbox_.adds.size(), 4U) << "another file";
}

TEST_F(PlaybackTest, ALinkThatIsNoWebAddressGoesNowhere) {
  for (const auto* const url : {"file:///etc/passwd", "ftp://cdn.example/film", "film.mkv", ""}) {
    torbox_.link.url = url;
    order_.file_name = url;
    const auto played = Find();
    EXPECT_EQ(played.clip, "500") << url;
    EXPECT_EQ(played.url, "");
  }
  EXPECT_THAT(host_.log.Text(), Not(HasSubstr("passwd")));
}

TEST_F(PlaybackTest, ATorrentOfAPrivateTrackerIsAddedByItsFile) {
  WantTorrent();
  host_.http.Answer("GET", kTorrentUrl, {.status = 200, .body = kTorrent});

  EXPECT_EQ(Find().url, "https://cdn.example/film");

  EXPECT_THAT(torbox_.adds.all(), ElementsAre(kTorrent));
  const auto asked = host_.http.requests().at(0);
  EXPECT_TRUE(asked.headers.empty()) << "no key of a store goes there";
}

TEST_F(PlaybackTest, AnIndexOfAViewersLeadsTheServerNowhereElse) {
  WantTorrent();
  host_.http.Answer("GET", kTorrentUrl, {.status = 302, .headers = {{"Location", "http://10.0.0.1/inside"}}});
  host_.http.Answer("GET", "http://10.0.0.1/inside", {.status = 200, .body = kTorrent});
  order_.torrent_of_viewer = true;

  EXPECT_EQ(Find().clip, "500");

  EXPECT_EQ(host_.http.requests().size(), 1U);
  order_.torrent_of_viewer = false;
  order_.file_name = "of the operator's";
  EXPECT_EQ(Find().clip, "");
}

TEST_F(PlaybackTest, AFileOfAnotherTorrentIsNotAdded) {
  WantTorrent();
  order_.hash = HashOf('a');
  host_.http.Answer("GET", kTorrentUrl, {.status = 200, .body = kTorrent});

  EXPECT_EQ(Find().clip, "500");
  EXPECT_EQ(torbox_.adds.size(), 0U);
}

TEST_F(PlaybackTest, WhatIsNoTorrentFileIsNotAddedAndItsUrlNotSaid) {
  WantTorrent();
  host_.http.Answer("GET", kTorrentUrl, {.status = 403, .body = kTorrent});
  EXPECT_EQ(Find().clip, "500");
  order_.file_name = "again";
  host_.http.FailAll({.code = sdk::Errc::kUpstreamFailed, .message = "no answer"});
  EXPECT_EQ(Find().clip, "500");
  order_.file_name = "not the web";
  order_.torrent_url = "file:///etc/passwd";
  EXPECT_EQ(Find().clip, "500");

  EXPECT_EQ(torbox_.adds.size(), 0U);
  EXPECT_THAT(host_.log.Text(), Not(HasSubstr("planted")));
}

}  // namespace
}  // namespace sluice::plugins::stremio
