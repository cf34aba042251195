// SPDX-License-Identifier: MIT
// When the key set is fetched, how often, and what happens while it cannot be had.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <latch>
#include <optional>
#include <semaphore>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "support.hpp"

namespace sluice::plugins::jwt {
namespace {

using namespace std::chrono_literals;
using sdk::testing::CallFor;
using sdk::testing::TestCall;
using ::testing::HasSubstr;

const std::string kUnknown = "the key that the token is signed with is not known";
const std::string kAway = "6 the keys that tokens are signed with cannot be had now";
const sdk::Error kNoAnswer{.code = sdk::Errc::kUpstreamFailed, .message = "issuer.example: no answer"};

std::string TokenOf(const KeyPair& pair, std::string_view kid) {
  return SignedToken(pair, Json{{"alg", "RS256"}, {"kid", kid}}.dump(), Claims());
}
const std::string& TokenA() {
  static const auto kToken = TokenOf(RsaPair(), "a");
  return kToken;
}
const std::string& TokenB() {
  static const auto kToken = TokenOf(OtherRsaPair(), "b");
  return kToken;
}
std::string SetA() { return KeySetOf({NamedKey(RsaPair(), "a")}); }
std::string SetB() { return KeySetOf({NamedKey(OtherRsaPair(), "b")}); }

/// A backend whose key set is at `kJwksUrl`; what is there is said by each test.
class JwksCacheTest : public ::testing::Test {
 protected:
  void Make(const TestConfig& config = JwksConfig()) {
    auto made = CreateThroughAbi<Jwt>(config, host_);
    ASSERT_TRUE(made) << made.error().message;
    auth_.emplace(*std::move(made));
  }
  void Publish(std::string set, std::vector<sdk::Header> headers = {}) {
    host_.http.Answer("GET", std::string(kJwksUrl),
                      {.status = 200, .headers = std::move(headers), .body = std::move(set)});
  }
  void Fail() { host_.http.Fail("GET", std::string(kJwksUrl), kNoAnswer); }
  std::string Verdict(std::string_view token) { return VerdictOf(**auth_, token); }
  std::size_t fetches() const { return host_.http.requests().size(); }
  double Counted(const std::string& outcome) const { return host_.metrics.Value("jwks_fetches_total", {outcome}); }

  FakeHost host_;
  std::optional<sdk::testing::ThroughAbi<sdk::AuthBackend>> auth_;
};

TEST_F(JwksCacheTest, FetchesOnceForAsLongAsTheSetIsFresh) {
  Publish(SetA());
  Make();
  EXPECT_EQ(fetches(), 0U) << "a start must not wait for the issuer";

  EXPECT_EQ(Verdict(TokenA()), "user-42");
  host_.clock.Advance(599s);
  EXPECT_EQ(Verdict(TokenA()), "user-42");
  EXPECT_EQ(fetches(), 1U);
  host_.clock.Advance(1s);
  EXPECT_EQ(Verdict(TokenA()), "user-42");

  EXPECT_EQ(fetches(), 2U);
  EXPECT_EQ(Counted("ok"), 2);
  const auto request = host_.http.requests().front();
  EXPECT_EQ(request.url, kJwksUrl);
  EXPECT_EQ(request.timeout, 5s);
  EXPECT_EQ(request.max_redirects, 0U);
  EXPECT_EQ(request.max_body_bytes, 256U * 1024);
}

TEST_F(JwksCacheTest, KeepsToWhatTheServerSaysWithinBounds) {
  struct Case {
    std::vector<sdk::Header> headers;
    std::chrono::seconds life;
  };
  const Case cases[] = {{{}, 10min},
                        {{{"Cache-Control", "public"}}, 10min},
                        {{{"cache-control", "public, Max-Age=3600, must-revalidate"}}, 1h},
                        {{{"Cache-Control", "max-age=3600"}, {"Age", "3000"}}, 10min},
                        {{{"Cache-Control", "max-age=3600"}, {"Age", "4000"}}, 1min},
                        {{{"Cache-Control", "max-age=3600"}, {"Age", "nonsense"}}, 1h},
                        {{{"Cache-Control", "max-age=1"}}, 1min},
                        {{{"Cache-Control", "no-store"}}, 1min},
                        {{{"Cache-Control", "no-cache, max-age=7200"}}, 1min},
                        {{{"Cache-Control", "max-age=soon"}}, 1min},
                        {{{"Cache-Control", "max-age=-5"}}, 1min},
                        {{{"Cache-Control", "max-age=31536000"}}, 24h},
                        {{{"Cache-Control", "max-age=99999999999999999999"}}, 24h}};
  for (const auto& [headers, life] : cases) {
    FakeHost host;
    host.http.Answer("GET", std::string(kJwksUrl), {.status = 200, .headers = headers, .body = SetA()});
    const auto auth = CreateThroughAbi<Jwt>(JwksConfig(), host);
    const auto token = SignedToken(RsaPair(), R"({"alg":"RS256","kid":"a"})", Claims(R"({"exp": 2000000000})"));
    const auto shown = headers.empty() ? "" : headers.front().value;

    EXPECT_EQ(VerdictOf(**auth, token), "user-42");
    host.clock.Advance(life - 1ms);
    EXPECT_EQ(VerdictOf(**auth, token), "user-42");
    EXPECT_EQ(host.http.requests().size(), 1U) << shown;
    host.clock.Advance(1ms);
    EXPECT_EQ(VerdictOf(**auth, token), "user-42");
    EXPECT_EQ(host.http.requests().size(), 2U) << shown;
  }
}

TEST_F(JwksCacheTest, FetchesAnewForAKeyThatItDoesNotKnow) {
  Publish(SetA());
  Publish(SetB());
  Make();
  EXPECT_EQ(Verdict(TokenA()), "user-42");
  host_.clock.Advance(30s);

  EXPECT_EQ(Verdict(TokenB()), "user-42");
  EXPECT_EQ(Verdict(TokenA()), kUnknown) << "the issuer has withdrawn this key";

  EXPECT_EQ(fetches(), 2U);
}

TEST_F(JwksCacheTest, IsNotMadeToFetchByForgedNames) {
  Publish(SetA());
  Make(JwksConfig().With("/jwks_cooldown", 20));
  EXPECT_EQ(Verdict(TokenA()), "user-42");

  for (int i = 0; i < 50; ++i) EXPECT_EQ(Verdict(TokenOf(OtherRsaPair(), "../" + std::to_string(i))), kUnknown);
  EXPECT_EQ(fetches(), 1U);
  host_.clock.Advance(20s);
  for (int i = 0; i < 50; ++i) EXPECT_EQ(Verdict(TokenB()), kUnknown);

  EXPECT_EQ(fetches(), 2U);
  for (const auto& request : host_.http.requests()) EXPECT_EQ(request.url, kJwksUrl);
}

TEST_F(JwksCacheTest, RefusesEverybodyWhileThereAreNoKeys) {
  Fail();
  Publish(SetA());
  Make();

  EXPECT_EQ(Verdict(TokenA()), kAway);
  host_.clock.Advance(4999ms);
  EXPECT_EQ(Verdict(TokenA()), kAway);
  EXPECT_EQ(fetches(), 1U) << "a server that is away is not asked for every viewer";
  host_.clock.Advance(1ms);
  EXPECT_EQ(Verdict(TokenA()), "user-42");
  EXPECT_EQ(Verdict(TokenB()), kUnknown) << "what has failed before is forgotten";

  EXPECT_EQ(fetches(), 2U);
  EXPECT_EQ(Counted("failed"), 1);
  EXPECT_THAT(host_.log.Text(), HasSubstr("key set not fetched error=issuer.example: no answer keys_kept=0"));
}

TEST_F(JwksCacheTest, TakesNothingButASetForAnAnswer) {
  const sdk::HttpResponse answers[] = {{.status = 503},
                                       {.status = 404, .body = SetA()},
                                       {.status = 206, .body = SetA()},
                                       {.status = 302, .headers = {{"Location", "https://evil.example/"}}},
                                       {.status = 200, .body = "<html>"},
                                       {.status = 200, .body = SetA() + std::string(300 * 1024, ' ')}};
  for (const auto& answer : answers) {
    FakeHost host;
    host.http.Answer("GET", std::string(kJwksUrl), answer);
    const auto auth = CreateThroughAbi<Jwt>(JwksConfig(), host);

    const auto refused = (*auth)->Authenticate(AnyCall(), {.scheme = "bearer", .secret = TokenA()});

    EXPECT_EQ(VerdictOf(refused), kAway) << answer.status;
    EXPECT_EQ(refused.error().upstream_status, answer.status == 200 ? 0U : static_cast<unsigned>(answer.status));
    EXPECT_EQ(host.http.requests().size(), 1U);
  }
}

TEST_F(JwksCacheTest, LetsNobodyInWithASetWithoutKeys) {
  Publish(KeySetOf({}));
  Publish(SetA());
  Make();

  EXPECT_EQ(Verdict(TokenA()), kUnknown);
  EXPECT_THAT(host_.log.Text(), HasSubstr("key set fetched keys=0 unusable=0"));
}

TEST_F(JwksCacheTest, KeepsTheLastSetForADayWhileTheServerIsAway) {
  Publish(SetA(), {{"Cache-Control", "max-age=60"}});
  Fail();
  Make();
  const auto token = SignedToken(RsaPair(), R"({"alg":"RS256","kid":"a"})", Claims(R"({"exp": 2000000000})"));
  EXPECT_EQ(Verdict(token), "user-42");

  host_.clock.Advance(60s);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(Verdict(token), "user-42");
  EXPECT_EQ(fetches(), 2U);
  EXPECT_THAT(host_.log.Text(), HasSubstr("keys_kept=1"));
  EXPECT_EQ(Verdict(TokenB()), kAway) << "it may be in the set that cannot be had";
  host_.clock.Advance(24h - 1ms);
  EXPECT_EQ(Verdict(token), "user-42");
  host_.clock.Advance(1ms);
  EXPECT_EQ(Verdict(token), kAway);
}

TEST_F(JwksCacheTest, SaysOfAnUnknownKeyThatItCannotBeJudgedWhileTheServerIsAway) {
  Publish(SetA());
  Fail();
  Publish(SetB());
  Make();
  EXPECT_EQ(Verdict(TokenA()), "user-42");
  host_.clock.Advance(30s);

  EXPECT_EQ(Verdict(TokenB()), kAway);
  EXPECT_EQ(Verdict(TokenB()), kAway);
  EXPECT_EQ(Verdict(TokenA()), "user-42");
  EXPECT_EQ(fetches(), 2U);
  host_.clock.Advance(30s);
  EXPECT_EQ(Verdict(TokenB()), "user-42");
}

TEST_F(JwksCacheTest, FetchesOnceForAllWhoAskAtOneTime) {
  constexpr int kViewers = 16;
  std::latch all_asked(kViewers);
  // Nobody is answered before everybody has asked: each who did not wait for the others would send a request.
  host_.http.AnswerWith("GET", std::string(kJwksUrl), [&](const sdk::HttpRequest&) {
    all_asked.wait();
    return sdk::Result<sdk::HttpResponse>(sdk::HttpResponse{.status = 200, .body = SetA()});
  });
  Make();
  const auto& token = TokenA();
  std::atomic<int> let_in = 0;

  std::vector<std::thread> viewers;
  for (int i = 0; i < kViewers; ++i) {
    viewers.emplace_back([&] {
      all_asked.count_down();
      if (Verdict(token) == "user-42") ++let_in;
    });
  }
  for (auto& viewer : viewers) viewer.join();

  EXPECT_EQ(let_in, kViewers);
  EXPECT_EQ(fetches(), 1U);
}

TEST_F(JwksCacheTest, WaitsNoLongerThanItsCall) {
  host_.http.Hang();
  Make();
  TestCall patient;
  std::string verdict;
  std::thread first([&] { verdict = VerdictOf(**auth_, TokenA(), patient); });
  ASSERT_TRUE(host_.http.WaitForRequests(1));

  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(VerdictOf(**auth_, TokenA(), CallFor(50ms)), "7 no time is left to wait for the key set");
  EXPECT_EQ(VerdictOf(**auth_, TokenA(), sdk::testing::CancelledCall()), "8 the viewer is gone");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 2s);
  EXPECT_EQ(fetches(), 1U);

  patient.Cancel();
  first.join();
  EXPECT_EQ(verdict, "8 the viewer is gone");
  EXPECT_EQ(Counted("broken_off"), 1);
}

TEST_F(JwksCacheTest, AsksForNoLongerThanHalfOfItsCall) {
  Fail();
  Make();

  EXPECT_EQ(VerdictOf(**auth_, TokenA(), CallFor(4s)), kAway);

  EXPECT_LE(host_.http.requests().front().timeout, 2s);
  EXPECT_GT(host_.http.requests().front().timeout, 0s);
}

TEST_F(JwksCacheTest, GoesOnWithTheOldSetWhileSomebodyElseFetches) {
  Publish(SetA());
  Make();
  EXPECT_EQ(Verdict(TokenA()), "user-42");
  host_.clock.Advance(10min);
  host_.http.Hang();
  TestCall call;
  std::thread first([&] { VerdictOf(**auth_, TokenA(), call); });
  ASSERT_TRUE(host_.http.WaitForRequests(2));

  for (int i = 0; i < 10; ++i) EXPECT_EQ(VerdictOf(**auth_, TokenA(), CallFor(1min)), "user-42");

  EXPECT_EQ(fetches(), 2U);
  call.Cancel();
  first.join();
}

TEST_F(JwksCacheTest, TakesTheTurnOfAViewerWhoLeft) {
  TestCall left;
  std::binary_semaphore go(0);
  host_.http.AnswerWith("GET", std::string(kJwksUrl), [&](const sdk::HttpRequest&) {
    go.acquire();
    return sdk::Result<sdk::HttpResponse>(sdk::Error{.code = sdk::Errc::kCancelled, .message = "gone"});
  });
  Publish(SetA());
  Make();
  std::string of_first, of_second;

  std::thread first([&] { of_first = VerdictOf(**auth_, TokenA(), left); });
  ASSERT_TRUE(host_.http.WaitForRequests(1));
  std::thread second([&] { of_second = Verdict(TokenA()); });
  left.Cancel();
  go.release();
  first.join();
  second.join();

  EXPECT_EQ(of_first, "8 the viewer is gone");
  EXPECT_EQ(of_second, "user-42");
  EXPECT_EQ(fetches(), 2U);
}

TEST_F(JwksCacheTest, IsNotKeptBusyByForgersWhoLeave) {
  Publish(SetA());
  Make();
  EXPECT_EQ(Verdict(TokenA()), "user-42");
  host_.clock.Advance(30s);
  host_.http.Hang();
  TestCall left;
  std::thread forger([&] { VerdictOf(**auth_, TokenB(), left); });
  ASSERT_TRUE(host_.http.WaitForRequests(2));
  left.Cancel();
  forger.join();

  for (int i = 0; i < 10; ++i) EXPECT_EQ(VerdictOf(**auth_, TokenB(), CallFor(1min)), kUnknown);
  EXPECT_EQ(fetches(), 2U);
  host_.clock.Advance(1s);
  EXPECT_EQ(VerdictOf(**auth_, TokenB(), CallFor(50ms)), "7 no time is left to wait for the key set");
  EXPECT_EQ(fetches(), 3U);
}

TEST_F(JwksCacheTest, CannotBeMadeToWaitByAHostWithoutHttp) {
  auto host = FakeHost::Without({SLUICE_HTTP_SERVICE, SLUICE_METRICS_SERVICE});
  const auto auth = CreateThroughAbi<Jwt>(JwksConfig(), host);
  ASSERT_TRUE(auth) << auth.error().message;

  EXPECT_EQ(VerdictOf(**auth, TokenA()), kAway);
}

}  // namespace
}  // namespace sluice::plugins::jwt
