// SPDX-License-Identifier: MIT
// How a torrent comes to be played: what the account has is taken, what is useless goes, and nobody waits for nothing.
#include <set>
#include <thread>
#include <utility>

#include "support.hpp"

namespace sluice::plugins::realdebrid {
namespace {

class RealDebridAddTest : public RealDebridTest {
 protected:
  std::string Plant(const std::string& hash, std::set<std::uint64_t> selected) {
    return fake_.Plant(kKey, hash, std::move(selected));
  }
  std::size_t Held() { return fake_.TorrentsOf(kKey).size(); }
};

TEST_F(RealDebridAddTest, AddsWhatIsCachedAndPlaysItAtOnce) {
  const auto item = Order({.uri = "magnet:?xt=urn:btih:" + std::string(40, 'A') + "&tr=http://t/pass"});

  ASSERT_TRUE(item) << item.error().message;
  EXPECT_EQ(item->id, "RDTORRENT11");
  EXPECT_EQ(item->hash, kShow);
  EXPECT_EQ(item->name, "Show S01");
  EXPECT_EQ(item->state, ItemState::kReady);
  EXPECT_EQ(item->size_bytes, 1501U);
  EXPECT_EQ(item->added_at, std::chrono::floor<std::chrono::seconds>(host_.clock.Now()));
  ASSERT_EQ(item->files.size(), 2U) << "the videos";
  EXPECT_EQ(item->files[0].path, "e1.mkv");
  EXPECT_EQ(item->files[0].index, 0U);
  EXPECT_EQ(item->files[1].path, "sub/e2.MKV");
  EXPECT_EQ(item->files[1].index, 2U) << "its place in the torrent";
  EXPECT_EQ(item->files[1].id, "3");
  EXPECT_EQ(item->files[1].size_bytes, 800U);
  EXPECT_EQ(LastBody("POST", "addMagnet"), "magnet=magnet%3A%3Fxt%3Durn%3Abtih%3A" + std::string(40, 'A') +
                                               "%26tr%3Dhttp%3A%2F%2Ft%2Fpass&ip=203.0.113.5");
  EXPECT_EQ(LastBody("POST", "selectFiles/RDTORRENT11"), "files=1%2C3&ip=203.0.113.5");
  EXPECT_EQ(host_.http.requests().size(), 5U) << "the list, add, info, select, info";
}

TEST_F(RealDebridAddTest, WantsAllFilesWhereNoneIsAVideo) {
  const auto item = Add(kBook);

  ASSERT_TRUE(item) << item.error().message;
  EXPECT_EQ(item->files.size(), 2U);
  EXPECT_THAT(LastBody("POST", "selectFiles/RDTORRENT11"), HasSubstr("files=all"));
  EXPECT_EQ(Add(kBook)->id, item->id) << "not taken for one of which other files were chosen";
}

TEST_F(RealDebridAddTest, TakesTorrentFiles) {
  const auto torrent = ExpectTakesATorrentFile();
  EXPECT_EQ(LastBody("PUT", "addTorrent?ip=203.0.113.5"), torrent);
  EXPECT_EQ(Asked("torrents/addMagnet"), 0U);
}

TEST_F(RealDebridAddTest, RefusesWhatIsNoTorrent) {
  const auto refusal = [&](const sdk::StoreOrder& order) { return Order(order).error().message; };
  EXPECT_EQ(refusal({.uri = "x"}), "realdebrid: magnet: want a magnet URI with xt=urn:btih: and an info hash");
  EXPECT_EQ(refusal({.file = sdk::AsBytes("de")}), "realdebrid: .torrent file: want a dictionary called info");
  EXPECT_EQ(refusal({.uri = Magnet(kShow), .file = sdk::AsBytes("de")}),
            "realdebrid: want a magnet URI or a .torrent file, not both");
  EXPECT_THAT(host_.http.requests(), IsEmpty());
}

TEST_F(RealDebridAddTest, TakesWhatTheAccountHas) {
  const auto exact = Plant(kShow, {1, 3});
  const auto more = Plant(kBook, {1, 2});

  EXPECT_EQ(Add(kShow)->id, exact);
  EXPECT_EQ(Add(kBook)->id, more);

  EXPECT_EQ(Asked("torrents/addMagnet"), 0U);
  EXPECT_EQ(Asked("torrents/delete"), 0U);
  EXPECT_EQ(Asked("torrents"), 1U) << "the list is read once";
}

TEST_F(RealDebridAddTest, TakesOneOfWhichMoreThanTheVideosWereChosen) {
  const auto id = Plant(kShow, {1, 2, 3});

  EXPECT_EQ(Add(kShow)->id, id);
}

TEST_F(RealDebridAddTest, ReplacesOneOfWhichOtherFilesWereChosen) {
  Plant(kShow, {1, 2});

  const auto item = Add(kShow);

  ASSERT_TRUE(item) << item.error().message;
  EXPECT_EQ(item->files.size(), 2U);
  EXPECT_EQ(Held(), 1U);
  EXPECT_EQ(Asked("torrents/delete"), 1U);
}

TEST_F(RealDebridAddTest, ReplacesWhatHasFailed) {
  for (const auto* state : {"error", "virus", "dead"}) {
    fake_.ScriptSelected(kShow, {{.after = 0s, .state = state}});
    const auto bad = Plant(kShow, {1, 3});
    Make({});
    const auto item = Add(kShow);
    ASSERT_TRUE(item) << item.error().message;
    EXPECT_NE(item->id, bad) << state;
    EXPECT_EQ(item->state, ItemState::kFailed) << "the new one fares no better here, and is not waited for";
    EXPECT_EQ(fake_.TorrentsOf(kKey).size(), 1U);
    fake_.Pull(item->id);
  }
}

TEST_F(RealDebridAddTest, GoesOnWhereWhatItWantsToDeleteIsGone) {
  Plant(kShow, {2});
  Answer("torrents/delete", FakeRealDebrid::Failure(7, 404));

  EXPECT_TRUE(Add(kShow));

  Plant(kBook, {1});
  Make({});
  Answer("torrents/delete", FakeRealDebrid::Failure(9, 403));
  EXPECT_EQ(CodeOf(Add(kBook)), Errc::kPermissionDenied) << "it would be there twice";
}

TEST_F(RealDebridAddTest, NoticesThatATorrentWasRemovedElsewhere) {
  const auto first = Add(kShow);
  ASSERT_TRUE(fake_.Pull(first->id));

  const auto second = Add(kShow);

  ASSERT_TRUE(second) << second.error().message;
  EXPECT_NE(second->id, first->id);
}

TEST_F(RealDebridAddTest, GoesOnWhenATorrentIsRemovedMeanwhile) {
  const auto id = Plant(kShow, {});
  Answer("torrents/selectFiles", FakeRealDebrid::Failure(7, 404));
  fake_.Pull(id);
  Plant(kShow, {});

  EXPECT_EQ(Add(kShow)->state, ItemState::kReady);
}

TEST_F(RealDebridAddTest, NoticesWhatIsAddedElsewhereWithinAMinute) {
  ASSERT_TRUE(Add(kBook));
  const auto id = Plant(kShow, {1, 3});
  host_.clock.Advance(1min);

  EXPECT_EQ(Add(kShow)->id, id);
  EXPECT_EQ(Asked("torrents"), 2U);
}

TEST_F(RealDebridAddTest, TakesTheBestOfSeveral) {
  const auto ready = Plant(kShow, {1, 3});
  Plant(kShow, {});
  Plant(kShow, {});

  EXPECT_EQ(Add(kShow)->id, ready);
  EXPECT_EQ(Held(), 3U) << "the others are the owner's";
}

TEST_F(RealDebridAddTest, FindsWhatIsAddedBySomebodyElseAtThatMoment) {
  fake_.RefuseDuplicates(true);
  ASSERT_TRUE(Add(kBook));
  const auto id = Plant(kShow, {1, 3});

  const auto item = Add(kShow);

  ASSERT_TRUE(item) << item.error().message;
  EXPECT_EQ(item->id, id);
}

TEST_F(RealDebridAddTest, SaysThatAMagnetIsBadAtOnce) {
  world().AddContent({.hash = kRare, .name = "Rare", .timeline = {{.after = 0s, .state = "magnet_error"}}});

  const auto item = Add(kRare);

  ASSERT_TRUE(item) << item.error().message;
  EXPECT_EQ(item->state, ItemState::kFailed);
  EXPECT_EQ(Asked("torrents/info"), 1U) << "nothing comes of waiting";
}

TEST_F(RealDebridAddTest, StopsWaitingWhenAMagnetTurnsOutBad) {
  world().AddContent(
      {.hash = kRare,
       .name = "Rare",
       .timeline = {{.after = 0s, .state = "magnet_conversion"}, {.after = 3s, .state = "magnet_error"}}});
  const PassingTime passing(host_.clock);

  EXPECT_EQ(Add(kRare)->state, ItemState::kFailed);
  EXPECT_LE(Asked("torrents/info"), 4U);
}

TEST_F(RealDebridAddTest, WaitsUntilTheFilesAreKnown) {
  fake_.ScriptSelected(kRare, {{.after = 0s, .state = "queued"}});
  const PassingTime passing(host_.clock);

  const auto item = Add(kRare);

  ASSERT_TRUE(item) << item.error().message;
  EXPECT_EQ(item->hash, kRare);
  EXPECT_THAT(LastBody("POST", "selectFiles/RDTORRENT11"), HasSubstr("files=1&"));
  EXPECT_THAT(item->files, IsEmpty()) << "until it is downloaded";
}

TEST_F(RealDebridAddTest, SaysThatTheFilesAreNotKnownYetAndGoesOnNextTime) {
  const auto expect_not_yet = [](const sdk::Result<sdk::Item>& item) {
    ASSERT_FALSE(item);
    EXPECT_EQ(item.error().code, Errc::kUpstreamFailed);
    EXPECT_EQ(item.error().reason, Reason::kUnavailable);
    EXPECT_EQ(item.error().retry_after, 5s);
    EXPECT_EQ(item.error().message, "realdebrid: the files of the torrent are not known yet (magnet_conversion)");
  };
  {
    const PassingTime passing(host_.clock);
    expect_not_yet(Add(kUnheardOf));
  }
  EXPECT_LE(Asked("torrents/info"), 9U);
  expect_not_yet(Checked(store().Add(sdk::testing::CallFor(1500ms), user_, {.uri = Magnet(kUnheardOf)})));

  EXPECT_EQ(Asked("torrents/addMagnet"), 1U);
  EXPECT_EQ(Held(), 1U);
}

TEST_F(RealDebridAddTest, WaitsForNobodyWhoHasLeft) {
  sdk::testing::TestCall call;
  std::thread viewer([&] { EXPECT_EQ(CodeOf(store().Add(call, user_, {.uri = Magnet(kRare)})), Errc::kCancelled); });
  EXPECT_TRUE(host_.http.WaitForRequests(3));
  call.Cancel();
  viewer.join();
}

TEST_F(RealDebridAddTest, TakesItThatFilesHaveBeenChosenMeanwhile) {
  Answer("torrents/selectFiles", {.status = 202});
  EXPECT_TRUE(Add(kShow));
  Answer("torrents/selectFiles", FakeRealDebrid::Failure(31, 409));
  EXPECT_TRUE(Add(kBook));
}

TEST_F(RealDebridAddTest, AddsNothingForThoseWhoHaveNotPaid) {
  world().AddAccount({.key = kKey, .id = 71, .plan = 0});

  const auto item = Add(kShow);

  ASSERT_FALSE(item);
  EXPECT_EQ(item.error().reason, Reason::kPaymentRequired);
}

TEST_F(RealDebridAddTest, ReplacesOneThatWasPackedWithOtherFilesButNotOneThatIsAsItWouldMakeIt) {
  fake_.PackFiles(true);
  const auto more = Plant(kShow, {1, 2, 3});

  const auto item = Add(kShow);
  const auto again = Add(kShow);

  ASSERT_TRUE(item && again);
  EXPECT_NE(item->id, more);
  EXPECT_EQ(again->id, item->id);
}

}  // namespace
}  // namespace sluice::plugins::realdebrid
