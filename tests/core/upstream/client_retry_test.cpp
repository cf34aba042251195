// SPDX-License-Identifier: MIT
#include <atomic>
#include <mutex>

#include "core/upstream/profile.hpp"
#include "tests/core/upstream/client_fixture.hpp"
#include "tests/fakes/faulty_origin.hpp"

namespace sluice::upstream {
namespace {

using fakes::FaultyOrigin;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr const char* kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
constexpr const char* kRetries = "sluice_upstream_retries_total";

/// Time that passes only while somebody waits; chance that is always in the middle.
class FakePacer final : public Pacer {
 public:
  struct Log {
    std::vector<milliseconds> pauses;
    std::function<void()> on_pause = [] {};
    Clock::time_point now = Clock::now();
  };
  explicit FakePacer(Log& log) : log_(log) {}

  Clock::time_point Now() override { return log_.now; }
  sdk::Seconds WallTime() override { return sdk::Seconds(seconds(784111777)); }  // Sun, 06 Nov 1994 08:49:37 GMT
  Wait Pause(const sdk::Call& call, Clock::duration span) override {
    log_.pauses.push_back(std::chrono::duration_cast<milliseconds>(span));
    log_.now += span;
    log_.on_pause();
    return call.cancelled() ? Wait::kCancelled : Wait::kTimeout;
  }
  double Chance() override { return 0.5; }

 private:
  Log& log_;
};

class RetryTest : public ClientTest {
 protected:
  RetryTest() { MakeClient({.trusted = {"127.0.0.1"}}, nullptr, std::make_unique<FakePacer>(time_)); }

  static std::shared_ptr<const Profile> Make(ProfileOptions options) {
    auto made = Profile::Make(std::move(options));
    EXPECT_TRUE(made) << made.error().message;
    return *made;
  }
  Request Ask(const FaultyOrigin& origin, const std::shared_ptr<const Profile>& profile) {
    auto request = Get(origin.url() + "/p");
    request.profile = profile.get();
    return request;
  }

  /// Gives the answers one by one, one for each connection; the last one for ever. "": hangs up.
  FaultyOrigin::Script Answers(std::vector<std::string> answers) {
    return [this, answers = std::move(answers)](FaultyOrigin::Peer& peer) {
      const auto head = peer.ReadHead();
      const std::lock_guard lock(mutex_);
      heads_.push_back(head);
      peer.Send(answers[std::min(heads_.size(), answers.size()) - 1]);
    };
  }

  FakePacer::Log time_;
  std::mutex mutex_;
  std::vector<std::string> heads_;
};

TEST_F(RetryTest, TriesAgainWithGrowingDelays) {
  FaultyOrigin origin(Answers({"", "garbage\r\n\r\n", kOk}));
  const auto profile = Make({});

  EXPECT_EQ(Fetch(Ask(origin, profile)), "200 ok");
  EXPECT_EQ(time_.pauses, (std::vector{milliseconds(100), milliseconds(200)}));
  EXPECT_EQ(Metric(kRetries, "broken_off"), 1);
  EXPECT_EQ(Metric(kRetries, "protocol"), 1);
  EXPECT_EQ(Metric("sluice_upstream_failures_total", "broken_off"), 0) << "the request did not fail";
}

TEST_F(RetryTest, GivesUpAfterTheLastTry) {
  FaultyOrigin origin(Answers({""}));
  const auto profile = Make({.retry = {.attempts = 4}});
  const auto label = "127.0.0.1:" + std::to_string(origin.port());

  EXPECT_EQ(Fetch(Ask(origin, profile)), label + ": want a response head, the connection broke off");
  EXPECT_EQ(heads_.size(), 4u);
  EXPECT_EQ(Metric("sluice_upstream_failures_total", "broken_off"), 1);
}

TEST_F(RetryTest, CountsTheTriesOfEachHop) {
  FaultyOrigin origin(Answers({"", "", "HTTP/1.1 302 x\r\nLocation: /next\r\nContent-Length: 0\r\n\r\n", "", "", kOk}));
  const auto profile = Make({});
  auto request = Ask(origin, profile);
  request.max_redirects = 1;

  EXPECT_EQ(Fetch(request), "200 ok");
  EXPECT_EQ(heads_.size(), 6u);
  EXPECT_EQ(heads_.back().substr(0, 18), "GET /next HTTP/1.1");
}

TEST_F(RetryTest, SendsOnlyIdempotentRequestsAgain) {
  FaultyOrigin origin(Answers({""}));
  const auto profile = Make({});
  for (const auto& [method, tries] : std::initializer_list<std::pair<const char*, std::size_t>>{
           {"GET", 3}, {"HEAD", 3}, {"PUT", 3}, {"POST", 1}, {"PATCH", 1}}) {
    heads_.clear();
    auto request = Ask(origin, profile);
    request.method = method;
    request.body = request.method == "GET" || request.method == "HEAD" ? "" : "body";
    Fetch(request);
    EXPECT_EQ(heads_.size(), tries) << method;
  }
}

TEST_F(RetryTest, DoesNotTryAgainOnceTheResponseBegan) {
  FaultyOrigin origin(Answers({"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab"}));
  const auto profile = Make({});

  EXPECT_EQ(Fetch(Ask(origin, profile)).substr(0, 11), "200 broken:");
  EXPECT_EQ(heads_.size(), 1u);
}

TEST_F(RetryTest, DoesNotTryAgainWhatCannotGetBetter) {
  MakeClient({}, nullptr, std::make_unique<FakePacer>(time_));
  const auto profile = Make({});
  auto request = Get("http://127.0.0.1:1/");
  request.profile = profile.get();
  EXPECT_EQ(Fetch(request), "127.0.0.1:1: want a public address, or a trusted upstream");
  request.url = "http://h/";
  request.headers = {{"X", "a\nb"}};
  EXPECT_EQ(Fetch(request).substr(0, 9), "/headers/");
  EXPECT_TRUE(time_.pauses.empty());
}

TEST_F(RetryTest, DoesNotTryAgainPastTheDeadline) {
  FaultyOrigin origin(Answers({""}));
  const auto profile = Make({.retry = {.backoff = {.initial_delay = seconds(60), .max_delay = seconds(60)}}});
  auto request = Ask(origin, profile);
  const TestCall call({.timeout = seconds(59)});

  EXPECT_FALSE(client_->Fetch(call, request));
  EXPECT_EQ(heads_.size(), 1u);
  EXPECT_TRUE(time_.pauses.empty());
}

TEST_F(RetryTest, StopsWaitingWhenTheViewerLeaves) {
  FaultyOrigin origin(Answers({"", kOk}));
  const auto profile = Make({});
  TestCall call;
  time_.on_pause = [&] { call.Cancel(); };

  const auto response = client_->Fetch(call, Ask(origin, profile));

  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, sdk::Errc::kCancelled);
  EXPECT_EQ(heads_.size(), 1u);
}

TEST(PacerTest, StopsWaitingWhenTheViewerLeaves) {
  TestCall call;
  std::thread viewer([&] { call.Cancel(); });

  EXPECT_EQ(Pacer().Pause(call, std::chrono::hours(1)), Wait::kCancelled);
  viewer.join();
  EXPECT_EQ(Pacer().Pause(TestCall(), milliseconds(1)), Wait::kTimeout);
  const auto chance = Pacer().Chance();
  EXPECT_TRUE(chance >= 0 && chance < 1);
}

TEST_F(RetryTest, StopsWhenTheBudgetIsSpent) {
  FaultyOrigin origin(Answers({""}));
  const auto profile = Make({.retry = {.budget = {.ttl = seconds(1), .min_per_second = 3, .ratio = 0}}});
  const auto label = "127.0.0.1:" + std::to_string(origin.port());

  EXPECT_EQ(Fetch(Ask(origin, profile)), label + ": want a response head, the connection broke off");
  EXPECT_EQ(Fetch(Ask(origin, profile)), label + ": retry budget exhausted");
  EXPECT_EQ(heads_.size(), 5u);
  EXPECT_EQ(Metric("sluice_upstream_retry_budget_exhausted_total"), 1);
  EXPECT_EQ(Metric("sluice_upstream_failures_total", "budget"), 1);
  EXPECT_EQ(Fetch(Ask(origin, Make({.retry = {.attempts = 2}}))).substr(label.size()),
            ": want a response head, the connection broke off")
      << "every profile has its own";
}

TEST_F(RetryTest, TakesAStatusForAnAnswerUnlessToldOtherwise) {
  FaultyOrigin origin(Answers({"HTTP/1.1 503 x\r\nContent-Length: 1\r\n\r\na", kOk}));

  EXPECT_EQ(Fetch(Ask(origin, Make({}))), "503 a");
  heads_.clear();
  EXPECT_EQ(Fetch(Ask(origin, Make({.retry = {.on_status = true}}))), "200 ok");
  EXPECT_EQ(Metric(kRetries, "status"), 1);
}

TEST_F(RetryTest, TriesAgainAfterStatusesThatPass) {
  const auto profile = Make({.retry = {.attempts = 2, .on_status = true}});
  for (const auto& [status, again] : std::initializer_list<std::pair<int, bool>>{{429, true},
                                                                                 {502, true},
                                                                                 {503, true},
                                                                                 {504, true},
                                                                                 {500, false},
                                                                                 {501, false},
                                                                                 {404, false},
                                                                                 {408, false}}) {
    heads_.clear();
    FaultyOrigin origin(Answers({"HTTP/1.1 " + std::to_string(status) + " x\r\nContent-Length: 0\r\n\r\n", kOk}));
    EXPECT_EQ(Fetch(Ask(origin, profile)), again ? "200 ok" : std::to_string(status) + " ") << status;
  }
}

TEST_F(RetryTest, WaitsAsLongAsTheOriginAsksButNotLonger) {
  const auto profile = Make({.retry = {.attempts = 2, .on_status = true, .max_retry_after = seconds(10)}});
  const auto busy = [](const std::string& after) {
    return "HTTP/1.1 429 x\r\nContent-Length: 0\r\nRetry-After: " + after + "\r\n\r\n";
  };
  for (const auto& [after, pause] :
       std::initializer_list<std::pair<const char*, milliseconds>>{{"7", seconds(7)},
                                                                   {"0", milliseconds(100)},
                                                                   {"Sun, 06 Nov 1994 08:49:40 GMT", seconds(3)},
                                                                   {"soon", milliseconds(100)}}) {
    heads_.clear();
    time_.pauses.clear();
    FaultyOrigin origin(Answers({busy(after), kOk}));
    EXPECT_EQ(Fetch(Ask(origin, profile)), "200 ok") << after;
    EXPECT_EQ(time_.pauses, std::vector{pause}) << after;
  }
  heads_.clear();
  FaultyOrigin origin(Answers({busy("11"), kOk}));
  EXPECT_EQ(Fetch(Ask(origin, profile)), "429 ");
}

TEST_F(RetryTest, GivesTheStatusWhenTheBudgetIsSpent) {
  FaultyOrigin origin(Answers({"HTTP/1.1 503 x\r\nContent-Length: 1\r\n\r\na", kOk}));
  const auto profile =
      Make({.retry = {.budget = {.ttl = seconds(1), .min_per_second = 0, .ratio = 0}, .on_status = true}});

  EXPECT_EQ(Fetch(Ask(origin, profile)), "503 a");
  EXPECT_EQ(Metric("sluice_upstream_retry_budget_exhausted_total"), 1);
}

TEST_F(RetryTest, KeepsTheConnectionOfAShortAnswerForTheNextTry) {
  FaultyOrigin origin([](FaultyOrigin::Peer& peer) {
    peer.ReadHead();
    peer.Send("HTTP/1.1 503 x\r\nContent-Length: 1\r\n\r\na");
    peer.ReadHead();
    peer.Send(kOk);
  });

  EXPECT_EQ(Fetch(Ask(origin, Make({.retry = {.on_status = true}}))), "200 ok");
  EXPECT_EQ(origin.connections(), 1);
}

class FailoverTest : public RetryTest {
 protected:
  FaultyOrigin::Script Serve(std::string answer, std::atomic<int>& asked) {
    return [answer = std::move(answer), &asked](FaultyOrigin::Peer& peer) {
      if (peer.ReadHead().empty()) return;
      ++asked;
      peer.Send(answer);
    };
  }
  std::shared_ptr<const Profile> Of(std::initializer_list<const FaultyOrigin*> origins, std::uint32_t attempts = 3) {
    ProfileOptions options{.retry = {.attempts = attempts}};
    for (const auto* origin : origins) options.origins.push_back(origin->url());
    return Make(std::move(options));
  }

  std::atomic<int> first_{0};
  std::atomic<int> second_{0};
};

TEST_F(FailoverTest, AsksTheNextOriginAtOnce) {
  for (const char* bad : {"", "HTTP/1.1 502 x\r\n\r\n", "HTTP/1.1 503 x\r\n\r\n", "HTTP/1.1 504 x\r\n\r\n"}) {
    FaultyOrigin broken(Serve(bad, first_));
    std::string host;
    FaultyOrigin good([&](FaultyOrigin::Peer& peer) {
      host = peer.ReadHead();
      peer.Send(kOk);
    });
    const auto profile = Of({&broken, &good});
    const TestCall call;

    auto response = client_->Fetch(call, Ask(broken, profile));

    ASSERT_TRUE(response) << response.error().message;
    EXPECT_EQ(BodyOf(*response), "ok");
    EXPECT_EQ(response->url, good.url() + "/p");
    EXPECT_EQ(host.substr(0, 16), "GET /p HTTP/1.1\r");
    EXPECT_NE(host.find("Host: 127.0.0.1:" + std::to_string(good.port()) + "\r\n"), std::string::npos);
  }
  EXPECT_TRUE(time_.pauses.empty());
  EXPECT_EQ(Metric("sluice_upstream_failovers_total"), 4);
}

TEST_F(FailoverTest, WaitsOnlyWhenAllWereAsked) {
  FaultyOrigin a(Serve("", first_));
  FaultyOrigin b(Serve("", second_));

  Fetch(Ask(a, Of({&a, &b}, 4)));

  EXPECT_EQ(time_.pauses, std::vector{milliseconds(200)});
  EXPECT_EQ(first_, 2);
  EXPECT_EQ(second_, 2);
}

TEST_F(FailoverTest, GivesTheLastAnswerWhenNobodyHasABetterOne) {
  FaultyOrigin a(Serve("HTTP/1.1 502 x\r\n\r\nfirst", first_));
  FaultyOrigin b(Serve("HTTP/1.1 503 x\r\n\r\nlast", second_));

  EXPECT_EQ(Fetch(Ask(a, Of({&a, &b}))), "503 last");
  EXPECT_EQ(first_ + second_, 2);
}

TEST_F(FailoverTest, LeavesAFailingOriginAloneForAWhile) {
  FaultyOrigin broken(Serve("", first_));
  FaultyOrigin good(Serve(kOk, second_));
  const auto profile = Of({&broken, &good});
  const auto request = Ask(broken, profile);

  for (int i = 0; i < 5; ++i) EXPECT_EQ(Fetch(request), "200 ok");
  EXPECT_EQ(first_, 3);
  EXPECT_EQ(Metric("sluice_upstream_ejections_total"), 1);
  time_.now += seconds(10);
  EXPECT_EQ(Fetch(request), "200 ok");
  EXPECT_EQ(first_, 4) << "a probe";
  time_.now += seconds(10);
  EXPECT_EQ(Fetch(request), "200 ok");
  EXPECT_EQ(first_, 4) << "twice as long as before";
}

TEST_F(FailoverTest, TakesNobodyToAnOriginThatWasNotMeant) {
  FaultyOrigin other(Serve("", first_));
  FaultyOrigin a(Serve(kOk, second_));
  FaultyOrigin b(Serve(kOk, second_));

  EXPECT_NE(Fetch(Ask(other, Of({&a, &b}))), "200 ok") << "a URL of another origin has no other origins";
  EXPECT_EQ(first_, 3);
  EXPECT_EQ(second_, 0);
}

TEST_F(FailoverTest, DoesNotTakeTheViewersLeavingForAFault) {
  FaultyOrigin origin([](FaultyOrigin::Peer& peer) { peer.WaitForHangUp(); });
  FaultyOrigin good(Serve(kOk, second_));
  const auto profile = Of({&origin, &good});
  for (int i = 0; i < 5; ++i) EXPECT_FALSE(client_->Fetch(sdk::testing::CancelledCall(), Ask(origin, profile)));

  EXPECT_EQ(profile->health().Pick({false, false}, time_.now), 0u);
}

}  // namespace
}  // namespace sluice::upstream
