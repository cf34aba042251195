// SPDX-License-Identifier: MIT
// That a store's limits are not crossed, by one server or several, and who is told to come later.
#include <atomic>
#include <deque>
#include <string>
#include <thread>
#include <vector>

#include "support.hpp"

namespace sluice::plugins::store {
namespace {

using sdk::Errc;
using ::testing::HasSubstr;

const std::string kAccount = "fingerprint";

TEST(SpendingTest, NeverHoldsMoreCallsInAPeriodThanTheLimit) {
  constexpr Limit limits[] = {{.calls = 10, .period = 60s}, {.calls = 25, .period = 3600s}};
  Spending spending;
  std::deque<Spending::Time> minute, hour;
  Spending::Time now{std::chrono::hours(1'000'000)};

  for (int i = 0; i < 20'000; ++i) {
    now += std::chrono::milliseconds(137 + i % 911);
    while (!minute.empty() && minute.front() <= now - 60s) minute.pop_front();
    while (!hour.empty() && hour.front() <= now - 3600s) hour.pop_front();
    if (spending.FreeAt(now, limits) > now) continue;
    spending.Add(now, limits);
    minute.push_back(now);
    hour.push_back(now);
    ASSERT_LE(minute.size(), 10U);
    ASSERT_LE(hour.size(), 25U);
  }
  EXPECT_GE(hour.size(), 20U) << "and not much less either";
}

TEST(SpendingTest, SaysWhenTheNextCallIsFree) {
  constexpr Limit limits[] = {{.calls = 2, .period = 60s}};
  Spending spending;
  const Spending::Time start{std::chrono::hours(1'000'000)};
  spending.Add(start, limits);
  spending.Add(start + 10s, limits);

  EXPECT_EQ(spending.FreeAt(start + 20s, limits), start + 62s);
  spending.TakeBack(start + 10s, limits);
  EXPECT_LE(spending.FreeAt(start + 20s, limits), start + 20s);
  spending.Pause(start + 100s);
  EXPECT_EQ(spending.FreeAt(start + 20s, limits), start + 100s);
  EXPECT_FALSE(spending.IsOver(start + 99s, limits));
  EXPECT_TRUE(spending.IsOver(start + 100s, limits));
}

TEST(SpendingTest, ReadsWhatItWrote) {
  constexpr Limit limits[] = {{.calls = 2, .period = 60s}, {.calls = 3, .period = 3600s}};
  Spending spending;
  const Spending::Time start{std::chrono::hours(1'000'000)};
  spending.Add(start, limits);
  spending.Add(start, limits);
  spending.Pause(start + 1s);

  EXPECT_EQ(Spending::FromText(spending.Text()).Text(), spending.Text());
  EXPECT_EQ(Spending::FromText(spending.Text()).FreeAt(start, limits), start + 62s);
  for (const auto* text : {"", "x", "1;x", "1;2:x", "1;:1"})
    EXPECT_LE(Spending::FromText(text).FreeAt(start, limits), start) << text;
}

TEST(SpendingTest, DoesNotBlockForLongWhenTheClockWasSetBack) {
  constexpr Limit limits[] = {{.calls = 1, .period = 60s}};
  Spending spending;
  const Spending::Time start{std::chrono::hours(1'000'000)};
  spending.Add(start, limits);

  EXPECT_LE(spending.FreeAt(start - 1h, limits), start - 1h);
}

class BudgetTest : public ::testing::Test {
 protected:
  sdk::Result<Spent> Take(RateBudgets& budgets, const sdk::Call& call, bool patient = true) {
    return budgets.Take(call, kAccount, kBudget, patient);
  }
  sdk::Result<Spent> Take() { return Take(budgets_, AnyCall()); }

  FakeHost host_;
  RateBudgets budgets_{host_.host(), "demo", 2s};
};

TEST_F(BudgetTest, RefusesWhatIsOverTheLimitAndSaysWhenToCome) {
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(Take());

  const auto over = Take();

  ASSERT_FALSE(over);
  EXPECT_EQ(over.error().code, Errc::kRateLimited);
  EXPECT_EQ(over.error().message, "demo: the account's calls (things) are used up");
  EXPECT_EQ(over.error().retry_after, 62s);
  EXPECT_TRUE(budgets_.Take(AnyCall(), "another", kBudget)) << "another account";
  host_.clock.Advance(62s);
  EXPECT_TRUE(Take());
}

TEST_F(BudgetTest, WaitsForATurnThatComesSoon) {
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(Take());
  host_.clock.Advance(61s);
  std::atomic<bool> taken{false};

  std::thread waiting([&] { taken = static_cast<bool>(Take()); });
  host_.clock.Advance(1s);
  waiting.join();

  EXPECT_TRUE(taken);
}

TEST_F(BudgetTest, DoesNotWaitForOneWhoIsInAHurry) {
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(Take());
  host_.clock.Advance(61s);

  EXPECT_EQ(Take(budgets_, AnyCall(), false).error().retry_after, 1s);
  EXPECT_EQ(Take(budgets_, CallFor(500ms)).error().code, Errc::kRateLimited);
  EXPECT_EQ(Take(budgets_, sdk::testing::CancelledCall()).error().code, Errc::kCancelled);
}

TEST_F(BudgetTest, CountsWithTheServersThatShareTheCache) {
  RateBudgets other(host_.host(), "demo", 2s);
  ASSERT_TRUE(Take());
  ASSERT_TRUE(Take(other, AnyCall()));
  ASSERT_TRUE(Take());

  EXPECT_EQ(Take(other, AnyCall()).error().code, Errc::kRateLimited);
  EXPECT_EQ(Take().error().code, Errc::kRateLimited);
}

TEST_F(BudgetTest, GivesBackForAllServers) {
  RateBudgets other(host_.host(), "demo", 2s);
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(Take());
  const auto spent = Take();
  ASSERT_TRUE(spent);

  budgets_.GiveBack(AnyCall(), kAccount, kBudget, *spent);

  EXPECT_TRUE(Take(other, AnyCall()));
  EXPECT_FALSE(Take());
}

TEST_F(BudgetTest, PausesAllServers) {
  RateBudgets other(host_.host(), "demo", 2s);

  budgets_.Pause(AnyCall(), kAccount, kBudget, 30s);

  EXPECT_EQ(Take().error().retry_after, 30s);
  EXPECT_EQ(Take(other, AnyCall()).error().retry_after, 30s);
  host_.clock.Advance(30s);
  EXPECT_TRUE(Take(other, AnyCall()));
}

TEST_F(BudgetTest, CountsAloneWhenTheCacheServerIsAway) {
  host_.kv.FailWith(sdk::Error{.code = Errc::kUpstreamFailed, .message = "away"});

  for (int i = 0; i < 3; ++i) ASSERT_TRUE(Take());

  EXPECT_FALSE(Take());
  EXPECT_EQ(host_.metrics.Value("unshared_calls_total"), 3);
  EXPECT_THAT(host_.log.Text(), HasSubstr("counted by this server alone"));
}

TEST_F(BudgetTest, CountsAloneOnAHostWithoutACache) {
  FakeHost host = FakeHost::Without({SLUICE_KV_SERVICE});
  RateBudgets budgets(host.host(), "demo", 2s);

  for (int i = 0; i < 3; ++i) ASSERT_TRUE(Take(budgets, AnyCall()));

  EXPECT_FALSE(Take(budgets, AnyCall()));
  EXPECT_TRUE(host.log.lines().empty());
}

TEST_F(BudgetTest, LetsThroughNoMoreToManyThreads) {
  RateBudgets other(host_.host(), "demo", 2s);
  std::atomic<int> taken{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&, i] {
      for (int n = 0; n < 20; ++n) taken += Take(i % 2 == 0 ? budgets_ : other, AnyCall(), false) ? 1 : 0;
    });
  for (auto& thread : threads) thread.join();

  EXPECT_EQ(taken, 3);
}

TEST(BreakerTest, LetsOneCallThroughToFindOut) {
  FakeHost host;
  Breaker breaker(host.host(), "demo", {.failures = 2, .pause = 15s});
  for (int i = 0; i < 2; ++i) breaker.Enter()->Fail();
  EXPECT_FALSE(breaker.Enter());
  EXPECT_FALSE(breaker.Look());
  host.clock.Advance(15s);

  EXPECT_TRUE(breaker.Look());
  {
    auto probe = breaker.Enter();
    ASSERT_TRUE(probe);
    EXPECT_FALSE(breaker.Enter()) << "one at a time";
  }
  auto again = breaker.Enter();
  ASSERT_TRUE(again) << "the first said nothing";
  again->Fail();
  EXPECT_FALSE(breaker.Enter());
  host.clock.Advance(15s);
  breaker.Enter()->Succeed();
  EXPECT_TRUE(breaker.Enter());
}

TEST(BreakerTest, CountsFailuresInARowOnly) {
  FakeHost host;
  Breaker breaker(host.host(), "demo", {.failures = 2, .pause = 15s});

  for (int i = 0; i < 5; ++i) {
    breaker.Enter()->Fail();
    breaker.Enter()->Succeed();
  }

  EXPECT_TRUE(breaker.Enter());
}

}  // namespace
}  // namespace sluice::plugins::store
