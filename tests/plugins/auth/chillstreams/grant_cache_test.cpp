// SPDX-License-Identifier: MIT
// When the pool is asked, how often, and what news changes about it.
#include <atomic>
#include <chrono>
#include <cstdint>
#include <latch>
#include <limits>
#include <semaphore>
#include <string>
#include <thread>
#include <vector>

#include "support.hpp"

namespace sluice::plugins::chillstreams {
namespace {

using namespace std::chrono_literals;
using sdk::testing::CallFor;
using sdk::testing::TestCall;

const std::string kGone = "8 the viewer is gone";
const std::string kNoTime = "7 no time is left to wait for the pool";

class GrantCacheTest : public PoolTest {
 protected:
  std::string VerdictIn(const sdk::Call& call) { return VerdictOf(Ask(call, {.scheme = "bearer", .secret = kUser})); }
};

TEST_F(GrantCacheTest, AsksOnceForAsLongAsAGrantHolds) {
  Answer(Granted());
  Answer(Granted(kOtherPoolKey, "k2"));
  Make();
  EXPECT_EQ(asked(), 0U) << "a start must not wait for the pool";

  EXPECT_EQ(Verdict(), kUser + " with k1");
  host_.clock.Advance(299s);
  EXPECT_EQ(Verdict(), kUser + " with k1");
  EXPECT_EQ(asked(), 1U);
  host_.clock.Advance(1s);
  EXPECT_EQ(Verdict(), kUser + " with k2");

  EXPECT_EQ(asked(), 2U);
  EXPECT_EQ(Looked("known"), 1);
  EXPECT_EQ(Looked("granted"), 2);
}

TEST_F(GrantCacheTest, KeepsToWhatThePoolSaysWithinBounds) {
  struct Case {
    std::vector<sdk::Header> headers;
    std::chrono::seconds life;
  };
  const Case cases[] = {{{}, 120s},
                        {{{"Cache-Control", "private"}}, 120s},
                        {{{"cache-control", "private, Max-Age=60"}}, 60s},
                        {{{"Cache-Control", "max-age=3600"}}, 1h},
                        {{{"Cache-Control", "max-age=3601"}}, 1h},
                        {{{"Cache-Control", "max-age=99999999999999999999"}}, 1h},
                        {{{"Cache-Control", "max-age=0"}}, 5s},
                        {{{"Cache-Control", "max-age=soon"}}, 5s},
                        {{{"Cache-Control", "max-age"}}, 5s},
                        {{{"Cache-Control", "no-store"}}, 5s},
                        {{{"Cache-Control", "no-cache, max-age=60"}}, 5s}};
  for (const auto& [headers, life] : cases) {
    FakeHost host;
    host.http.Answer("POST", kApi + "get-key", {.status = 200, .headers = headers, .body = Granted()});
    const auto auth = CreateThroughAbi<Chillstreams>(Config().With("/ttl", 120), host);
    const auto ask = [&] { return (*auth)->Authenticate(AnyCall(), {.scheme = "bearer", .secret = kUser}); };
    const auto shown = headers.empty() ? "" : headers.front().value;

    const auto first = ask();
    ASSERT_TRUE(first && *first);
    EXPECT_EQ((*first)->grants.at(0).expires_at, std::chrono::floor<std::chrono::seconds>(host.clock.Now()) + life);
    host.clock.Advance(life - 1ms);
    EXPECT_TRUE(ask());
    EXPECT_EQ(host.http.requests().size(), 1U) << shown;
    host.clock.Advance(1ms);
    EXPECT_TRUE(ask());
    EXPECT_EQ(host.http.requests().size(), 2U) << shown;
  }
}

TEST_F(GrantCacheTest, KeepsRefusalsBriefly) {
  Answer(Refused("device limit reached"));
  Answer(Granted());
  Make();

  for (int i = 0; i < 10; ++i) EXPECT_EQ(Verdict(), "4 the pool refuses: device limit reached");
  host_.clock.Advance(9999ms);
  EXPECT_EQ(Verdict(), "4 the pool refuses: device limit reached");
  EXPECT_EQ(asked(), 1U);
  host_.clock.Advance(1ms);

  EXPECT_EQ(Verdict(), kUser + " with k1");
}

TEST_F(GrantCacheTest, KeepsNoRefusalsWhereTheOperatorWantsNone) {
  Answer(Refused("no"));
  Make(Config().With("/refusal_ttl", 0));

  EXPECT_EQ(Verdict(), "4 the pool refuses: no");
  EXPECT_EQ(Verdict(), "4 the pool refuses: no");

  EXPECT_EQ(asked(), 2U);
}

TEST_F(GrantCacheTest, AsksAnewAfterAFailure) {
  Answer({.status = 500});
  Answer(Granted());
  Make();

  EXPECT_EQ(Verdict(), "6 the pool: answered 500; want 200");
  EXPECT_EQ(Verdict(), kUser + " with k1");

  EXPECT_EQ(Looked("failed"), 1);
}

TEST_F(GrantCacheTest, KnowsEachDeviceOfEachUserByItself) {
  host_.http.AnswerWith("POST", kApi + "get-key", [](const sdk::HttpRequest& request) {
    const auto user = Json::parse(request.body).at("userId").get<std::string>();
    return sdk::Result<sdk::HttpResponse>(
        sdk::HttpResponse{.status = 200, .body = Granted(kPoolKey, "of-" + user.substr(0, 4))});
  });
  Make();

  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(Verdict(kUser), kUser + " with of-3f2b");
    EXPECT_EQ(Verdict(kOtherUser), kOtherUser + " with of-0000");
    EXPECT_EQ(VerdictOf(Ask(AnyCall(), {.scheme = "bearer", .secret = kUser, .client_ip = "192.0.2.99"})),
              kUser + " with of-3f2b");
  }

  EXPECT_EQ(asked(), 3U);
}

TEST_F(GrantCacheTest, ForgetsTheLeastRecentlyUsedFirst) {
  Answer(Granted());
  Make(Config().With("/max_grants", 2));
  const auto ask = [&](const char* agent) {
    EXPECT_TRUE(Ask(AnyCall(), {.scheme = "bearer", .secret = kUser, .user_agent = agent}));
  };

  for (const auto* agent : {"a", "b", "a", "c"}) ask(agent);
  EXPECT_EQ(asked(), 3U);
  ask("a");
  EXPECT_EQ(asked(), 3U);
  ask("b");

  EXPECT_EQ(asked(), 4U);
}

TEST_F(GrantCacheTest, KeepsGrantsWhileSomebodyTriesUserIds) {
  host_.http.AnswerWith("POST", kApi + "get-key", [](const sdk::HttpRequest& request) {
    const bool is_known = Json::parse(request.body).at("userId") == kUser;
    return sdk::Result<sdk::HttpResponse>(
        sdk::HttpResponse{.status = 200, .body = is_known ? Granted() : Refused("who?")});
  });
  Make(Config().With("/max_grants", 4));
  EXPECT_EQ(Verdict(), kUser + " with k1");

  for (int i = 10; i < 60; ++i) {
    const auto forged = std::to_string(i) + kUser.substr(2);
    EXPECT_EQ(Verdict(forged), "4 the pool refuses: who?");
  }
  EXPECT_EQ(asked(), 51U);
  EXPECT_EQ(Verdict(), kUser + " with k1");

  EXPECT_EQ(asked(), 51U);
}

TEST_F(GrantCacheTest, AsksOnceForAllWhoAskAtOneTime) {
  constexpr int kViewers = 16;
  std::latch all_asked(kViewers);
  // Nobody is answered before everybody has asked: each who did not wait for the others would send a request.
  host_.http.AnswerWith("POST", kApi + "get-key", [&](const sdk::HttpRequest&) {
    all_asked.wait();
    return sdk::Result<sdk::HttpResponse>(sdk::HttpResponse{.status = 200, .body = Granted()});
  });
  Make();
  std::atomic<int> let_in = 0;

  std::vector<std::thread> viewers;
  for (int i = 0; i < kViewers; ++i) {
    viewers.emplace_back([&] {
      all_asked.count_down();
      if (Verdict() == kUser + " with k1") ++let_in;
    });
  }
  for (auto& viewer : viewers) viewer.join();

  EXPECT_EQ(let_in, kViewers);
  EXPECT_EQ(asked(), 1U);
  EXPECT_EQ(Looked("known") + Looked("waited"), kViewers - 1);
}

/// A call that lets a test know when somebody waits with it: whether it is cancelled is asked again and again.
struct WatchedCall {
  WatchedCall() {
    raw.struct_size = sizeof raw;
    raw.deadline_ns = std::numeric_limits<std::int64_t>::max();
    raw.ctx = this;
    raw.cancelled = [](const sluice_call* call) noexcept -> std::uint32_t {
      static_cast<const WatchedCall*>(call->ctx)->looks.release();
      return 0;
    };
  }
  sluice_call raw{};
  mutable std::counting_semaphore<> looks{0};
};

TEST_F(GrantCacheTest, TellsAFailureToAllWhoWaitedForIt) {
  std::binary_semaphore go(0);
  host_.http.AnswerWith("POST", kApi + "get-key", [&](const sdk::HttpRequest&) {
    go.acquire();
    return sdk::Result<sdk::HttpResponse>(sdk::HttpResponse{.status = 503});
  });
  Answer(Granted());
  Make();
  std::string of_first, of_second;
  WatchedCall watched;

  std::thread first([&] { of_first = Verdict(); });
  ASSERT_TRUE(host_.http.WaitForRequests(1));
  std::thread second([&] { of_second = VerdictIn(sdk::Call(watched.raw)); });
  for (int i = 0; i < 3; ++i) watched.looks.acquire();
  go.release();
  first.join();
  second.join();

  EXPECT_EQ(of_first, "6 the pool: answered 503; want 200");
  EXPECT_EQ(of_second, of_first);
  EXPECT_EQ(asked(), 1U);
}

TEST_F(GrantCacheTest, WaitsNoLongerThanItsCall) {
  host_.http.Hang();
  Make();
  TestCall patient;
  std::string verdict;
  std::thread first([&] { verdict = VerdictIn(patient); });
  ASSERT_TRUE(host_.http.WaitForRequests(1));

  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(VerdictIn(CallFor(50ms)), kNoTime);
  EXPECT_EQ(VerdictIn(sdk::testing::CancelledCall()), kGone);
  TestCall leaves;
  std::string of_leaver;
  std::thread second([&] { of_leaver = VerdictIn(leaves); });
  leaves.Cancel();
  second.join();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 2s);

  EXPECT_EQ(of_leaver, kGone);
  EXPECT_EQ(asked(), 1U);
  patient.Cancel();
  first.join();
  EXPECT_EQ(verdict, kGone);
  EXPECT_EQ(Looked("broken_off"), 1);
}

TEST_F(GrantCacheTest, TakesTheTurnOfAViewerWhoLeft) {
  TestCall left;
  std::binary_semaphore go(0);
  host_.http.AnswerWith("POST", kApi + "get-key", [&](const sdk::HttpRequest&) {
    go.acquire();
    return sdk::Result<sdk::HttpResponse>(sdk::Error{.code = sdk::Errc::kCancelled, .message = "gone"});
  });
  Answer(Granted());
  Make();
  std::string of_first, of_second;

  std::thread first([&] { of_first = VerdictIn(left); });
  ASSERT_TRUE(host_.http.WaitForRequests(1));
  std::thread second([&] { of_second = Verdict(); });
  left.Cancel();
  go.release();
  first.join();
  second.join();

  EXPECT_EQ(of_first, kGone);
  EXPECT_EQ(of_second, kUser + " with k1");
  EXPECT_EQ(asked(), 2U);
}

}  // namespace
}  // namespace sluice::plugins::chillstreams
