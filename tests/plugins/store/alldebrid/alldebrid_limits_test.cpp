// SPDX-License-Identifier: MIT
// How often AllDebrid is asked: within its limits, once for many, and not while it is off.
#include <atomic>
#include <thread>

#include "support.hpp"

namespace sluice::plugins::alldebrid {
namespace {

class AllDebridLimitsTest : public AllDebridTest {
 protected:
  int Ask(int times) {
    int answered = 0;
    for (int i = 0; i < times; ++i) answered += CodeOf(Get("999")) == Errc::kNotFound ? 1 : 0;
    return answered;
  }
};

TEST_F(AllDebridLimitsTest, AsksTwelveTimesASecondAndSixHundredAMinute) {
  Make({{"/max_wait_ms", 0}});
  EXPECT_EQ(Ask(20), 12);
  const auto over = Get("999");
  ASSERT_FALSE(over);
  EXPECT_EQ(over.error().code, Errc::kRateLimited);
  EXPECT_GT(over.error().retry_after, 0s);
  int answered = 12;
  for (int i = 0; i < 52; ++i) {
    host_.clock.Advance(1100ms);
    answered += Ask(12);
  }
  EXPECT_EQ(answered, 600);
  user_.token = kOtherKey;
  EXPECT_EQ(Ask(1), 1) << "another account";
}

TEST_F(AllDebridLimitsTest, WaitsForItsTurn) {
  EXPECT_EQ(Ask(12), 12);
  const PassingTime passing(host_.clock);

  EXPECT_EQ(Ask(1), 1);
}

TEST_F(AllDebridLimitsTest, PausesWhenItIsTooFast) {
  world().Break(fakes::debrid::TooManyRequests("user", "30"));
  EXPECT_EQ(store().GetAccount(AnyCall(), user_).error().retry_after, 30s);
  EXPECT_EQ(CodeOf(Get("999")), Errc::kRateLimited) << "all operations count together";
  host_.clock.Advance(30s);

  EXPECT_EQ(CodeOf(Get("999")), Errc::kNotFound);
}

TEST_F(AllDebridLimitsTest, LeavesAStoreAloneThatIsOff) { ExpectLeftAloneWhileItIsOff("12", kShow); }

TEST_F(AllDebridLimitsTest, ListsOnceForManyWhoWantTheSame) {
  ASSERT_TRUE(Add(kShow));
  std::vector<std::thread> viewers;
  std::atomic<int> listed{0};
  for (int i = 0; i < 8; ++i)
    viewers.emplace_back([&] {
      for (int n = 0; n < 20; ++n) {
        CollectedItems items, web;
        listed += store().List(AnyCall(), user_, {}, items) && items.values.size() == 1 ? 1 : 0;
        listed += store().List(AnyCall(), user_, {.content = Content::kWeb}, web) ? 1 : 0;
      }
    });
  for (auto& viewer : viewers) viewer.join();

  EXPECT_EQ(listed, 320);
  EXPECT_EQ(Asked("magnet/status"), 2U);
  EXPECT_EQ(Asked("user/links"), 1U);
}

TEST_F(AllDebridLimitsTest, ServesManyWhoDoEverythingAtOnce) {
  Make({{"/max_wait_ms", 0}});
  for (int round = 0; round < 5; ++round) {
    AtOnce(kOtherKey, [&](const sdk::StoreUser& user, int n) {
      CollectedItems items;
      const auto& hash = n % 3 == 0 ? kRare : kShow;
      const auto magnet = store::Magnet(hash);
      if (const auto item = Checked(store().Add(AnyCall(), user, {.uri = magnet}))) {
        EXPECT_EQ(item->hash, hash);
        (void)Checked(store().Link(AnyCall(), user, item->id, "0"));
        if (n % 4 == 0) (void)Checked(store().Remove(AnyCall(), user, item->id));
      }
      (void)Checked(store().Add(AnyCall(), user, {.content = Content::kWeb, .uri = kPage}));
      (void)Checked(store().List(AnyCall(), user, {.content = Content::kWeb}, items));
    });
    host_.clock.Advance(2s);
  }
}

TEST_F(AllDebridLimitsTest, EndsWithTheCall) { ExpectAddEndsWithTheCall(kShow); }

}  // namespace
}  // namespace sluice::plugins::alldebrid
