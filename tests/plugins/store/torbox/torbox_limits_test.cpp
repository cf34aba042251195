// SPDX-License-Identifier: MIT
// How often TorBox is asked: within its limits, once for many, and not while it is off.
#include "support.hpp"

namespace sluice::plugins::torbox {
namespace {

class TorBoxLimitsTest : public TorBoxTest {
 protected:
  /// Adds so many torrents that TorBox does not hold. \returns  how many were taken.
  int AddUncached(int from, int count) {
    int taken = 0;
    for (int i = from; i < from + count; ++i) taken += Add(NumberedHash(i)) ? 1 : 0;
    return taken;
  }
};

TEST_F(TorBoxLimitsTest, OrdersTenAMinuteAndSixtyAnHourOfWhatIsNotCached) {
  EXPECT_EQ(AddUncached(0, 15), 10);
  const auto over = Add(NumberedHash(15));
  ASSERT_FALSE(over);
  EXPECT_EQ(over.error().code, Errc::kRateLimited);
  EXPECT_GT(over.error().retry_after, 59s);
  int taken = 10;
  for (int minute = 1; minute < 10; ++minute) {
    host_.clock.Advance(62s);
    taken += AddUncached(100 * minute, 15);
  }

  EXPECT_EQ(taken, 60);
  EXPECT_EQ(world().crossed(), 0U);
}

TEST_F(TorBoxLimitsTest, OrdersWhatIsCachedAsOftenAsViewersLike) {
  ASSERT_EQ(AddUncached(0, 10), 10);
  for (int i = 100; i < 150; ++i) {
    world().AddContent({.hash = NumberedHash(i), .name = "n", .files = {{"n.mkv", 1}}});
    EXPECT_TRUE(Add(NumberedHash(i)));
  }
  EXPECT_EQ(Asked("torrents/checkcached"), 50U) << "found out when orders were used up";
}

TEST_F(TorBoxLimitsTest, AsksThreeHundredTimesAMinute) {
  CollectedItems items;
  int answered = 0;
  for (int i = 0; i < 400; ++i) answered += store().List(AnyCall(), user_, {.limit = 1}, items) ? 1 : 0;
  EXPECT_EQ(answered, 300);
  EXPECT_TRUE(store().GetAccount(AnyCall(), user_)) << "another endpoint";
  user_.token = kOtherKey;
  EXPECT_TRUE(store().List(AnyCall(), user_, {.limit = 1}, items)) << "another account";
  user_.token = kKey;
  host_.clock.Advance(62s);

  EXPECT_TRUE(store().List(AnyCall(), user_, {.limit = 1}, items));
}

TEST_F(TorBoxLimitsTest, KeepsThemTogetherWithOtherServers) {
  const auto other = sdk::testing::CreateThroughAbi<TorBox>({}, host_);
  int answered = 0;
  for (int i = 0; i < 400; ++i) {
    CollectedItems items;
    auto& asked = i % 2 == 0 ? store() : **other;
    answered += asked.List(AnyCall(), user_, {.limit = 1}, items) ? 1 : 0;
  }

  EXPECT_EQ(answered, 300);
}

TEST_F(TorBoxLimitsTest, ComesBackWhenItIsTold) {
  world().Break(fakes::debrid::TooManyRequests("torrents/mylist", "30"));

  const auto limited = Get("12");
  const auto held = Get("12");

  ASSERT_TRUE(!limited && !held);
  EXPECT_EQ(limited.error().code, Errc::kRateLimited);
  EXPECT_EQ(limited.error().retry_after, 30s);
  EXPECT_EQ(limited.error().upstream_status, 429U);
  EXPECT_EQ(held.error().retry_after, 30s);
  EXPECT_EQ(Asked("torrents/mylist"), 1U);
  host_.clock.Advance(30s);
  EXPECT_EQ(CodeOf(Get("12")), Errc::kNotFound);
}

TEST_F(TorBoxLimitsTest, IsNotAskedWhileItIsOff) {
  for (int i = 0; i < 5; ++i) world().Break(fakes::debrid::Reset({}));

  for (int i = 0; i < 5; ++i) EXPECT_EQ(CodeOf(Get("12")), Errc::kUpstreamFailed);
  const auto held = Add(kShow);

  ASSERT_FALSE(held);
  EXPECT_EQ(held.error().reason, Reason::kServerDown);
  EXPECT_EQ(Asked("torrents/createtorrent"), 0U);
  host_.clock.Advance(15s);
  EXPECT_TRUE(Add(kShow));
}

TEST_F(TorBoxLimitsTest, OrdersOnceForManyWhoWantTheSame) {
  ExpectPlaysForMany(kShow, "11", "0", 20);

  EXPECT_EQ(Asked("torrents/createtorrent"), 1U);
  EXPECT_EQ(Asked("torrents/mylist"), 1U);
  EXPECT_EQ(Asked("torrents/requestdl"), 1U);
}

TEST_F(TorBoxLimitsTest, ServesManyWhoDoEverythingAtOnce) {
  Make({{"/max_wait_ms", 0}});
  AtOnce(kOtherKey, [&](const sdk::StoreUser& user, int n) {
    CollectedItems items;
    const std::string_view asked[] = {kShow, kRare};
    EXPECT_TRUE(store().Check(AnyCall(), user, Content::kTorrent, asked, items));
    const auto magnet = Magnet(n % 3 == 0 ? kRare : kShow);
    if (const auto item = store().Add(AnyCall(), user, {.uri = magnet})) {
      EXPECT_EQ(item->hash, n % 3 == 0 ? kRare : kShow);
      (void)Checked(store().Link(AnyCall(), user, item->id, "0"));
      if (n % 4 == 0) (void)Checked(store().Remove(AnyCall(), user, item->id));
    }
    EXPECT_TRUE(store().GetAccount(AnyCall(), user));
  });
}

TEST_F(TorBoxLimitsTest, EndsWithTheCall) {
  for (const auto& hash : {kShow, kRare}) ExpectAddEndsWithTheCall(hash);
}

}  // namespace
}  // namespace sluice::plugins::torbox
