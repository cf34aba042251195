// SPDX-License-Identifier: MIT
// What each answer of a store comes to, and that nothing of it shows.
#include <string>
#include <utility>
#include <vector>

#include "support.hpp"

namespace sluice::plugins::store {
namespace {

using sdk::Errc;
using sdk::HttpResponse;
using sdk::Reason;
using ::testing::HasSubstr;
using ::testing::Not;

class ApiTest : public ::testing::Test {
 protected:
  void TearDown() override { EXPECT_THAT(host_.log.Text() + host_.metrics.Text(), Not(HasSubstr("planted"))); }

  sdk::Result<Reply> Ask(const sdk::Call& call, ApiRequest request = {.endpoint = kUncounted, .path = "/things"}) {
    auto reply = api_.Send(call, kKey, request);
    if (!reply) {
      EXPECT_THAT(reply.error().message, Not(HasSubstr("planted")));
    }
    return reply;
  }
  sdk::Result<Reply> Ask() { return Ask(AnyCall()); }
  void Answer(HttpResponse response) { host_.http.Answer("GET", kThings, std::move(response)); }
  sdk::Error ErrorOn(HttpResponse response) {
    FakeHost host;
    host.http.Answer("GET", kThings, std::move(response));
    Api api(host.host(), kDialect, Options());
    const auto reply = api.Send(AnyCall(), kKey, {.endpoint = kUncounted, .path = "/things"});
    EXPECT_FALSE(reply);
    EXPECT_THAT(host.log.Text() + host.metrics.Text(), Not(HasSubstr("planted")));
    return reply ? sdk::Error{} : reply.error();
  }
  double Requests(const std::string& outcome) const {
    return host_.metrics.Value("requests_total", {"things", outcome});
  }

  FakeHost host_;
  Api api_{host_.host(), kDialect, Options()};
};

HttpResponse Said(int status, std::string body, std::string type = "application/json") {
  return {.status = status, .headers = {{"Content-Type", std::move(type)}}, .body = std::move(body)};
}

TEST_F(ApiTest, AsksWithTheKeyAndReadsJson) {
  Answer(Said(200, R"({"a": 1})", "Application/JSON; charset=utf-8"));

  const auto reply = Ask();

  ASSERT_TRUE(reply) << reply.error().message;
  EXPECT_EQ(reply->status, 200);
  EXPECT_EQ(UintOf(reply->body, "a"), 1U);
  const auto request = host_.http.requests().at(0);
  EXPECT_EQ(sdk::FieldValue(request.headers, "Authorization"), "Bearer " + kKey);
  EXPECT_EQ(request.timeout, 20s);
  EXPECT_EQ(Requests("ok"), 1);
}

TEST_F(ApiTest, LeavesTimeToSayThatTheStoreIsAway) {
  Answer(Said(200, "{}"));

  ASSERT_TRUE(Ask(CallFor(4s)));

  EXPECT_LE(host_.http.requests().at(0).timeout, 3600ms);
}

TEST_F(ApiTest, AsksNothingWithoutAUsableKey) {
  for (const std::string& key : {std::string(), std::string("a b"), std::string("a\r\nb"), std::string(513, 'k')}) {
    const auto reply = api_.Send(AnyCall(), key, {.endpoint = kUncounted, .path = "/things"});
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().code, Errc::kUnauthenticated);
    EXPECT_EQ(reply.error().message, "demo: want an API key");
  }
  EXPECT_TRUE(host_.http.requests().empty());
}

TEST_F(ApiTest, TakesNothingButJsonForAnAnswer) {
  const std::string wanted = "demo: things: want JSON";
  for (const auto& answer :
       {Said(200, "<html>planted-key-of-an-account</html>", "text/html"), Said(200, "{}", "text/plain"),
        Said(200, "{", "application/json"), Said(200, "{} planted-key"), Said(200, std::string(100, '[')),
        Said(404, "<html>", "text/html"), Said(403, "<html>", "text/html"), Said(401, "no", "text/plain"),
        Said(302, "moved", "text/html"), Said(200, "{\"a\":\"\xff\"}")}) {
    const auto error = ErrorOn(answer);
    EXPECT_EQ(error.code, Errc::kUpstreamFailed) << answer.body;
    EXPECT_EQ(error.message, wanted) << answer.body;
    EXPECT_EQ(error.upstream_status, static_cast<std::uint32_t>(answer.status));
  }
  EXPECT_EQ(ErrorOn(Said(200, "")).message, "demo: things: want an answer, got an empty one");
  EXPECT_EQ(ErrorOn(Said(204, "")).code, Errc::kUpstreamFailed);
}

TEST_F(ApiTest, TakesAnEmptyAnswerWhereThatIsOne) {
  Answer({.status = 204});

  const auto reply = Ask(AnyCall(), {.endpoint = kUncounted, .path = "/things", .may_be_empty = true});

  ASSERT_TRUE(reply) << reply.error().message;
  EXPECT_TRUE(reply->body.is_null());
}

TEST_F(ApiTest, TakesNoAnswerThatIsHuge) {
  Answer(Said(200, "\"" + std::string(100'000, 'x') + "\""));

  const auto reply = Ask(AnyCall(), {.endpoint = kUncounted, .path = "/things", .max_body_bytes = 1000});

  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().message, "demo: things: want at most 1000 octets");
  for (int i = 0; i < 5; ++i) (void)Ask(AnyCall(), {.endpoint = kUncounted, .path = "/things", .max_body_bytes = 1000});
  EXPECT_TRUE(Ask()) << "a store that says much is not off";
}

TEST_F(ApiTest, TellsWhatTheStoreComplainsOf) {
  const auto bad = ErrorOn(Said(200, R"({"error": "BAD_TOKEN", "detail": "planted"})"));
  EXPECT_EQ(bad.code, Errc::kUnauthenticated);
  EXPECT_EQ(bad.message, "demo: things: answered BAD_TOKEN");
  EXPECT_EQ(bad.upstream_status, 200U);
  const auto unknown = ErrorOn(Said(403, R"({"error": "planted-key-of-an-account"})"));
  EXPECT_EQ(unknown.code, Errc::kUpstreamFailed);
  EXPECT_EQ(unknown.message, "demo: things: answered UNKNOWN");
  const auto status = ErrorOn(Said(451, "{}"));
  EXPECT_EQ(status.code, Errc::kPermissionDenied);
  EXPECT_EQ(status.reason, Reason::kLegal);
  EXPECT_EQ(ErrorOn(Said(503, "<html>", "text/html")).reason, Reason::kUnavailable);
}

TEST_F(ApiTest, NamesNothingOfWhatTheClientSays) {
  host_.http.FailAll({.code = Errc::kUpstreamFailed, .message = "GET https://store.example/?token=planted"});

  const auto reply = Ask();

  ASSERT_FALSE(reply);
  EXPECT_EQ(reply.error().code, Errc::kUpstreamFailed);
  EXPECT_EQ(reply.error().message, "demo: things: no usable answer");
  EXPECT_EQ(Requests("failed"), 1);
}

TEST_F(ApiTest, DoesNotAskBeforeRetryAfterIsOver) {
  Answer({.status = 429, .headers = {{"Retry-After", "30"}, {"Content-Type", "text/html"}}, .body = "<html>"});
  Answer(Said(200, "{}"));
  const ApiRequest request{.endpoint = kCounted, .path = "/things"};

  EXPECT_EQ(Ask(AnyCall(), request).error().retry_after, 30s);
  host_.clock.Advance(10s);
  const auto held = Ask(AnyCall(), request);
  const auto other = api_.Send(AnyCall(), "another-key", request);
  host_.clock.Advance(20s);
  const auto after = Ask(AnyCall(), request);

  ASSERT_FALSE(held);
  EXPECT_EQ(held.error().code, Errc::kRateLimited);
  EXPECT_EQ(held.error().retry_after, 20s);
  EXPECT_TRUE(other) << "another account";
  EXPECT_TRUE(after);
  EXPECT_EQ(host_.http.requests().size(), 3U);
  EXPECT_EQ(Requests("limited"), 1);
  EXPECT_EQ(Requests("held"), 1);
}

TEST_F(ApiTest, ReadsRetryAfterAsADate) {
  EXPECT_EQ(
      ErrorOn({.status = 429, .headers = {{"Retry-After", "Thu, 01 Jan 2026 00:01:00 GMT"}}, .body = "x"}).retry_after,
      60s);
  EXPECT_EQ(
      ErrorOn({.status = 429, .headers = {{"Retry-After", "Thu, 01 Jan 2015 00:01:00 GMT"}}, .body = "x"}).retry_after,
      0s);
  EXPECT_EQ(ErrorOn({.status = 429, .headers = {{"Retry-After", "soon"}}, .body = "x"}).code, Errc::kRateLimited);
}

TEST_F(ApiTest, PausesForAStoresOwnWordForTooOftenToo) {
  auto answer = Said(200, R"({"error": "TOO_OFTEN"})");
  answer.headers.push_back({"Retry-After", "30"});
  Answer(answer);
  const ApiRequest request{.endpoint = kCounted, .path = "/things"};

  EXPECT_EQ(Ask(AnyCall(), request).error().code, Errc::kRateLimited);
  EXPECT_EQ(Ask(AnyCall(), request).error().retry_after, 30s);

  EXPECT_EQ(host_.http.requests().size(), 1U);
}

TEST_F(ApiTest, LeavesAStoreAloneThatIsOff) {
  for (int i = 0; i < 3; ++i) Answer(Said(502, "<html>", "text/html"));
  Answer(Said(200, "{}"));

  for (int i = 0; i < 3; ++i) EXPECT_EQ(Ask().error().message, "demo: things: answered BAD_GATEWAY");
  const auto held = Ask();
  EXPECT_EQ(host_.metrics.Value("upstream_open"), 1);
  host_.clock.Advance(15s);
  const auto back = Ask();

  ASSERT_FALSE(held);
  EXPECT_EQ(held.error().code, Errc::kUpstreamFailed);
  EXPECT_EQ(held.error().reason, Reason::kServerDown);
  EXPECT_EQ(held.error().retry_after, 15s);
  EXPECT_TRUE(back);
  EXPECT_EQ(host_.metrics.Value("upstream_open"), 0);
  EXPECT_EQ(host_.http.requests().size(), 4U);
}

TEST_F(ApiTest, CountsNoComplaintAndNoHurryAgainstTheStore) {
  for (int i = 0; i < 5; ++i) Answer(Said(500, R"({"error": "BAD_TOKEN"})"));
  for (int i = 0; i < 5; ++i) host_.http.Fail("GET", kThings, {.code = Errc::kDeadlineExceeded, .message = "late"});
  Answer(Said(200, "{}"));

  for (int i = 0; i < 5; ++i) EXPECT_EQ(Ask().error().code, Errc::kUnauthenticated);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(Ask(CallFor(4s)).error().message, "demo: things: no answer in time");

  EXPECT_TRUE(Ask());
}

TEST_F(ApiTest, CountsLatenessAgainstTheStore) {
  host_.http.Fail("GET", kThings, {.code = Errc::kDeadlineExceeded, .message = "late"});

  for (int i = 0; i < 3; ++i) EXPECT_EQ(Ask(CallFor(10s)).error().message, "demo: things: no answer in time");

  EXPECT_EQ(Ask().error().reason, Reason::kServerDown);
}

TEST_F(ApiTest, EndsWithTheCall) {
  Answer(Said(200, "{}"));

  EXPECT_EQ(Ask(sdk::testing::CancelledCall()).error().code, Errc::kCancelled);
  EXPECT_EQ(Ask(sdk::testing::ExpiredCall()).error().code, Errc::kDeadlineExceeded);
  EXPECT_TRUE(host_.http.requests().empty());
}

}  // namespace
}  // namespace sluice::plugins::store
