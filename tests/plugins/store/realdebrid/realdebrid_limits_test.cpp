// SPDX-License-Identifier: MIT
// How often Real-Debrid is asked: within its limit, once for many, and not while it is off.
#include "support.hpp"

namespace sluice::plugins::realdebrid {
namespace {

class RealDebridLimitsTest : public RealDebridTest {};

TEST_F(RealDebridLimitsTest, AsksTwoHundredAndFiftyTimesAMinute) {
  CollectedItems items;
  int answered = 0;
  for (int i = 0; i < 300; ++i) answered += store().List(AnyCall(), user_, {.limit = 1}, items) ? 1 : 0;
  EXPECT_EQ(answered, 250);
  const auto over = Get("AB1");
  ASSERT_FALSE(over);
  EXPECT_EQ(over.error().code, Errc::kRateLimited) << "whatever the operation";
  EXPECT_GT(over.error().retry_after, 0s);
  user_.token = kOtherKey;
  EXPECT_TRUE(store().List(AnyCall(), user_, {.limit = 1}, items)) << "another account";
  user_.token = kKey;
  host_.clock.Advance(62s);

  EXPECT_TRUE(store().List(AnyCall(), user_, {.limit = 1}, items));
}

TEST_F(RealDebridLimitsTest, LeavesAStoreAloneThatIsOff) { ExpectLeftAloneWhileItIsOff("AB1", kShow); }

TEST_F(RealDebridLimitsTest, AddsOnceForManyWhoWantTheSame) {
  ExpectPlaysForMany(kShow, "RDTORRENT11", "1", 5);

  EXPECT_EQ(Asked("torrents/addMagnet"), 1U);
  EXPECT_EQ(Asked("torrents"), 1U);
}

TEST_F(RealDebridLimitsTest, ServesManyWhoDoEverythingAtOnce) {
  Make({{"/max_wait_ms", 0}});
  AtOnce(kOtherKey, [&](const sdk::StoreUser& user, int n) {
    CollectedItems items;
    const auto& hash = n % 3 == 0 ? kBook : kShow;
    const auto magnet = Magnet(hash);
    if (const auto item = Checked(store().Add(AnyCall(), user, {.uri = magnet}))) {
      EXPECT_EQ(item->hash, hash);
      (void)Checked(store().Link(AnyCall(), user, item->id, "1"));
      if (n % 4 == 0) (void)Checked(store().Remove(AnyCall(), user, item->id));
    }
    (void)Checked(store().Add(AnyCall(), user, {.content = Content::kWeb, .uri = kPage}));
    (void)Checked(store().List(AnyCall(), user, {.content = Content::kWeb}, items));
  });
}

TEST_F(RealDebridLimitsTest, EndsWithTheCall) { ExpectAddEndsWithTheCall(kShow); }

}  // namespace
}  // namespace sluice::plugins::realdebrid
