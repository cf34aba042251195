// SPDX-License-Identifier: MIT
#include "indexer/common/asker.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "tests/plugins/indexer/support.hpp"

namespace sluice::plugins::indexer {
namespace {

using namespace std::chrono_literals;
using sdk::testing::CancelledCall;
using sdk::testing::ExpiredCall;

class AskerTest : public ::testing::Test {
 protected:
  static constexpr const char* kUrl = "https://i.example/api?apikey=planted";

  void TearDown() override {
    EXPECT_THAT(host_.log.Text() + host_.metrics.Text(), ::testing::Not(::testing::HasSubstr("planted")));
  }
  void Answer(sdk::HttpResponse response) { host_.http.Answer("GET", kUrl, std::move(response)); }
  /// The status of the answer, or the code and what is known of a better time.
  std::string Ask(const sdk::Call& call, const std::string& who = "i planted") {
    const auto answer = asker_.Send(call, "search", who, {.url = kUrl});
    if (answer) return std::to_string(answer->status);
    EXPECT_THAT(answer.error().message, ::testing::Not(::testing::HasSubstr("planted")));
    return "error " + std::to_string(static_cast<unsigned>(answer.error().code)) + " after " +
           std::to_string(answer.error().retry_after.count());
  }
  double Counted(const std::string& outcome) const {
    return host_.metrics.Value("requests_total", {"search", outcome});
  }

  FakeHost host_;
  Asker asker_{host_.host(), 7s};
};

TEST_F(AskerTest, HandsOnAnswersOfMostStatuses) {
  Answer({.status = 200});
  Answer({.status = 302});
  Answer({.status = 500});

  EXPECT_EQ(Ask(AnyCall()), "200");
  EXPECT_EQ(Ask(AnyCall()), "302");
  EXPECT_EQ(Ask(AnyCall()), "500");
  EXPECT_EQ(host_.http.requests().at(0).timeout, 7s);
  EXPECT_EQ(host_.http.requests().at(0).max_redirects, 0U);
  EXPECT_EQ(Counted("answered"), 3);
}

TEST_F(AskerTest, TellsAKeyThatIsNotTaken) {
  Answer({.status = 401});
  Answer({.status = 403});

  EXPECT_EQ(Ask(AnyCall()), "error 3 after 0");
  EXPECT_EQ(Ask(AnyCall()), "error 3 after 0");
  EXPECT_EQ(Counted("unauthenticated"), 2);
}

TEST_F(AskerTest, LeavesAnIndexAloneForAsLongAsItSays) {
  Answer({.status = 429, .headers = {{"Retry-After", "30"}}});
  Answer({.status = 200});

  EXPECT_EQ(Ask(AnyCall()), "error 5 after 30000");
  host_.clock.Advance(10s);
  EXPECT_EQ(Ask(AnyCall()), "error 5 after 20000");
  EXPECT_EQ(host_.http.requests().size(), 1U);
  EXPECT_EQ(Ask(AnyCall(), "another"), "200");
  host_.clock.Advance(20s);
  EXPECT_EQ(Ask(AnyCall()), "200");
  EXPECT_EQ(Counted("paused"), 1);
}

TEST_F(AskerTest, HeedsADateAnHourAtMostAndNoNonsense) {
  Answer({.status = 429, .headers = {{"Retry-After", "Thu, 01 Jan 2026 00:00:05 GMT"}}});
  Answer({.status = 429, .headers = {{"Retry-After", "999999"}}});
  Answer({.status = 429, .headers = {{"Retry-After", "soon"}}});
  Answer({.status = 429, .headers = {{"Retry-After", "Wed, 31 Dec 2025 00:00:05 GMT"}}});

  EXPECT_EQ(Ask(AnyCall()), "error 5 after 5000");
  host_.clock.Advance(5s);
  EXPECT_EQ(Ask(AnyCall()), "error 5 after 3600000");
  host_.clock.Advance(1h);
  EXPECT_EQ(Ask(AnyCall()), "error 5 after 0");
  EXPECT_EQ(Ask(AnyCall()), "error 5 after 0");
}

TEST_F(AskerTest, TellsWhatDidNotComeWithoutQuotingTheClient) {
  const auto fail = [&](sdk::Errc code) {
    host_.http.Fail("GET", kUrl, {.code = code, .message = std::string("GET ") + kUrl});
  };
  fail(sdk::Errc::kUpstreamFailed);
  fail(sdk::Errc::kDeadlineExceeded);
  fail(sdk::Errc::kPermissionDenied);
  fail(sdk::Errc::kInvalidArgument);

  EXPECT_EQ(Ask(AnyCall()), "error 6 after 0");
  EXPECT_EQ(Ask(AnyCall()), "error 6 after 0") << "the request's time is not the call's";
  EXPECT_EQ(Ask(AnyCall()), "error 4 after 0");
  EXPECT_EQ(Ask(AnyCall()), "error 6 after 0");
  EXPECT_EQ(Counted("failed"), 4);
}

TEST_F(AskerTest, ComesBackWhileTheCallHasTimeLeft) {
  host_.http.Fail("GET", kUrl, {.code = sdk::Errc::kDeadlineExceeded, .message = "planted"});

  EXPECT_EQ(Ask(sdk::testing::CallFor(5s)), "error 7 after 0") << "for want of the call's time, not of the index's";
  EXPECT_LE(host_.http.requests().at(0).timeout, 4500ms);
  EXPECT_EQ(Counted("broken_off"), 1);
}

TEST_F(AskerTest, AsksNothingForACallThatIsOver) {
  EXPECT_EQ(Ask(CancelledCall()), "error 8 after 0");
  EXPECT_EQ(Ask(ExpiredCall()), "error 7 after 0");
  EXPECT_EQ(host_.http.requests().size(), 0U);
}

}  // namespace
}  // namespace sluice::plugins::indexer
