// SPDX-License-Identifier: MIT
#include "core/upstream/retry.hpp"

#include <gtest/gtest.h>

#include "core/upstream/health.hpp"

namespace sluice::upstream {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Outcome = Health::Outcome;

Clock::time_point At(milliseconds since) { return Clock::time_point(std::chrono::hours(1)) + since; }

TEST(RetryDelayTest, GrowsUpToTheLongest) {
  const RetryOptions::Backoff backoff{
      .initial_delay = milliseconds(100), .multiplier = 2, .max_delay = milliseconds(350), .jitter = 0};
  EXPECT_EQ(RetryDelay(backoff, 1, 0), milliseconds(100));
  EXPECT_EQ(RetryDelay(backoff, 2, 0), milliseconds(200));
  EXPECT_EQ(RetryDelay(backoff, 3, 0), milliseconds(350));
  EXPECT_EQ(RetryDelay(backoff, 9, 0.9), milliseconds(350));
}

TEST(RetryDelayTest, IsSpreadByTheJitter) {
  const RetryOptions::Backoff backoff;
  EXPECT_EQ(RetryDelay(backoff, 1, 0), milliseconds(80));
  EXPECT_EQ(RetryDelay(backoff, 1, 0.5), milliseconds(100));
  EXPECT_EQ(RetryDelay(backoff, 1, 0.999999), milliseconds(120));
}

TEST(RetryAfterTest, ReadsSecondsAndDates) {
  const auto now = sdk::Seconds(seconds(784111777));  // Sun, 06 Nov 1994 08:49:37 GMT
  EXPECT_EQ(ParseRetryAfter("0", now), milliseconds(0));
  EXPECT_EQ(ParseRetryAfter("120", now), seconds(120));
  EXPECT_EQ(ParseRetryAfter("Sun, 06 Nov 1994 08:49:40 GMT", now), seconds(3));
  EXPECT_EQ(ParseRetryAfter("Sun, 06 Nov 1994 08:49:30 GMT", now), milliseconds(0));
  for (const char* text : {"", "-1", "1.5", "1s", " 1", "99999999999", "soon"}) {
    EXPECT_EQ(ParseRetryAfter(text, now), std::nullopt) << text;
  }
}

TEST(RetryBudgetTest, AllowsAShareOfTheRequestsAndAFewMore) {
  RetryBudget budget({.ttl = seconds(10), .min_per_second = 0, .ratio = 0.2});
  EXPECT_FALSE(budget.Spend(At({})));
  for (int i = 0; i < 10; ++i) budget.Requested(At({}));
  EXPECT_TRUE(budget.Spend(At({})));
  EXPECT_TRUE(budget.Spend(At({})));
  EXPECT_FALSE(budget.Spend(At({})));

  RetryBudget reserve({.ttl = seconds(1), .min_per_second = 3, .ratio = 0});
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(reserve.Spend(At({})));
  EXPECT_FALSE(reserve.Spend(At({})));
}

TEST(RetryBudgetTest, ForgetsWhatIsOlderThanItsTime) {
  RetryBudget budget({.ttl = seconds(10), .min_per_second = 0, .ratio = 1});
  budget.Requested(At({}));
  EXPECT_TRUE(budget.Spend(At(seconds(1))));
  EXPECT_FALSE(budget.Spend(At(seconds(9))));
  budget.Requested(At(seconds(9)));
  EXPECT_TRUE(budget.Spend(At(seconds(9))));
  EXPECT_FALSE(budget.Spend(At(seconds(10)))) << "the first request is forgotten, the retries are not";
  budget.Requested(At(seconds(30)));
  EXPECT_TRUE(budget.Spend(At(seconds(30))));
}

TEST(RetryBudgetsTest, KeepOriginsApartAndForgetTheOldest) {
  RetryBudgets budgets({.ttl = seconds(1), .min_per_second = 1, .ratio = 0});
  const auto origin = [](std::size_t n) { return Origin{false, "h" + std::to_string(n), 80}; };
  EXPECT_TRUE(budgets.Spend(origin(0), At({})));
  EXPECT_FALSE(budgets.Spend(origin(0), At({})));
  EXPECT_TRUE(budgets.Spend(origin(1), At({})));

  for (std::size_t n = 2; n <= RetryBudgets::kMaxOrigins; ++n) budgets.Requested(origin(n), At({}));

  EXPECT_TRUE(budgets.Spend(origin(0), At({}))) << "it was the oldest of too many";
}

class HealthTest : public testing::Test {
 protected:
  std::optional<std::size_t> Pick(milliseconds at, std::vector<bool> tried = {false, false}) {
    return health_.Pick(tried, At(at));
  }
  void FailThrice(std::size_t origin, milliseconds at) {
    for (int i = 0; i < 3; ++i) health_.Report(origin, Outcome::kBad, At(at));
  }
  Health health_{2, {.failures = 3, .ejected_for = seconds(10), .max_ejected_for = seconds(30)}};
};

TEST_F(HealthTest, PrefersTheFirstAndSkipsWhatWasTried) {
  EXPECT_EQ(Pick({}), 0u);
  EXPECT_EQ(Pick({}, {true, false}), 1u);
  EXPECT_EQ(Pick({}, {true, true}), std::nullopt);
}

TEST_F(HealthTest, EjectsAfterFailuresInARow) {
  EXPECT_FALSE(health_.Report(0, Outcome::kBad, At({})));
  EXPECT_FALSE(health_.Report(0, Outcome::kBad, At({})));
  EXPECT_FALSE(health_.Report(0, Outcome::kGood, At({})));
  EXPECT_FALSE(health_.Report(0, Outcome::kBad, At({})));
  EXPECT_FALSE(health_.Report(0, Outcome::kUnknown, At({})));
  EXPECT_FALSE(health_.Report(0, Outcome::kBad, At({})));
  EXPECT_EQ(Pick({}), 0u);
  EXPECT_TRUE(health_.Report(0, Outcome::kBad, At({})));
  EXPECT_EQ(Pick(seconds(9)), 1u);
}

TEST_F(HealthTest, SendsOneProbeWhenTheTimeIsOver) {
  FailThrice(0, {});
  EXPECT_EQ(Pick(seconds(10)), 0u);
  EXPECT_EQ(Pick(seconds(10)), 1u) << "one probe at a time";
  health_.Report(0, Outcome::kUnknown, At(seconds(10)));
  EXPECT_EQ(Pick(seconds(10)), 0u) << "that one told nothing";
  health_.Report(0, Outcome::kGood, At(seconds(10)));
  EXPECT_EQ(Pick(seconds(10)), 0u);
  EXPECT_EQ(Pick(seconds(10)), 0u);
}

TEST_F(HealthTest, LeavesAnOriginAloneForLongerEachTimeUpToALimit) {
  FailThrice(0, {});
  ASSERT_EQ(Pick(seconds(10)), 0u);
  EXPECT_TRUE(health_.Report(0, Outcome::kBad, At(seconds(10)))) << "one failed probe is enough";
  EXPECT_EQ(Pick(seconds(29)), 1u);
  ASSERT_EQ(Pick(seconds(30)), 0u);
  EXPECT_TRUE(health_.Report(0, Outcome::kBad, At(seconds(30))));
  EXPECT_EQ(Pick(seconds(59)), 1u);
  EXPECT_EQ(Pick(seconds(60)), 0u) << "30 s, not 40";
}

TEST_F(HealthTest, TakesNoNewsFromWhatWasUnderWay) {
  FailThrice(0, {});
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(health_.Report(0, Outcome::kBad, At(seconds(1))));
  EXPECT_EQ(Pick(seconds(10)), 0u);
}

TEST_F(HealthTest, NeverEjectsAll) {
  FailThrice(0, {});
  FailThrice(1, seconds(1));
  EXPECT_EQ(Pick(seconds(2)), 0u) << "its time ends first";
}

TEST(HealthOptionsTest, NamesTheFieldThatCannotBe) {
  EXPECT_TRUE(HealthOptions{}.Validate());
  EXPECT_EQ(HealthOptions{.failures = 0}.Validate().error().message, "/failures: want 1 to 100");
  EXPECT_EQ(HealthOptions{.ejected_for = milliseconds(999)}.Validate().error().message, "/ejected_for: want 1s to 1h");
  EXPECT_EQ(HealthOptions{.max_ejected_for = seconds(9)}.Validate().error().message,
            "/max_ejected_for: want ejected_for or more, up to 1h");
}

}  // namespace
}  // namespace sluice::upstream
