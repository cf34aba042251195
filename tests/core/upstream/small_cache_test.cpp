// SPDX-License-Identifier: MIT
#include "core/upstream/small_cache.hpp"

#include <algorithm>
#include <condition_variable>
#include <future>
#include <mutex>
#include <thread>

#include "core/upstream/profile.hpp"
#include "core/upstream/small_store.hpp"
#include "core/upstream/whole_body.hpp"
#include "tests/core/upstream/client_fixture.hpp"
#include "tests/fakes/faulty_origin.hpp"

namespace sluice::upstream {
namespace {

using fakes::FaultyOrigin;
using std::chrono::seconds;

constexpr const char* kRequests = "sluice_upstream_small_requests_total";

/// Time that a test sets.
class SetPacer final : public Pacer {
 public:
  explicit SetPacer(Clock::time_point& now) : now_(now) {}
  Clock::time_point Now() override { return now_; }

 private:
  Clock::time_point& now_;
};

class SmallCacheTest : public ClientTest {
 protected:
  SmallCacheTest() { MakeCache(1'000'000); }

  void MakeCache(std::size_t max_bytes) {
    cache_.reset();
    MakeClient({.trusted = {"127.0.0.1"}});
    cache_ = std::make_unique<SmallCache>(*client_, registry_, max_bytes, std::make_unique<SetPacer>(now_));
  }

  /// Answers each request with these fields and its number as body.
  FaultyOrigin::Script Numbered(std::string fields) {
    return [this, fields = std::move(fields)](FaultyOrigin::Peer& peer) {
      while (!peer.ReadHead().empty()) {
        const auto number = std::to_string(++served_);
        peer.Send("HTTP/1.1 200 OK\r\n" + fields + "Content-Length: " + std::to_string(number.size()) + "\r\n\r\n" +
                  number);
      }
    };
  }

  /// The body or the error's message.
  std::string Ask(const Request& request, const SmallOptions& options = {}) {
    const TestCall call;
    return Show(cache_->FetchSmall(call, request, options));
  }
  static std::string Show(const sdk::Result<SmallResult>& result) {
    if (!result) return result.error().message;
    if (result->small) return result->small->body;
    auto text = result->first;
    const auto read = ReadUpTo(*result->passed->body, 1'000'000, text);
    return read ? text : read.error().message;
  }
  static Request With(Request request, std::vector<sdk::Header> headers) {
    request.headers = std::move(headers);
    return request;
  }

  Clock::time_point now_ = Clock::now();
  std::atomic<int> served_{0};
  std::unique_ptr<SmallCache> cache_;
};

TEST_F(SmallCacheTest, ReadsWholeUpToTheLimit) {
  FaultyOrigin origin([](FaultyOrigin::Peer& peer) {
    peer.ReadHead();
    peer.Send("HTTP/1.1 404 Nope\r\nX-A: b\r\nContent-Length: 5\r\n\r\nhello");
  });
  const TestCall call;

  const auto whole = cache_->FetchSmall(call, Get(origin.url() + "/x"), {.max_body_bytes = 5});

  ASSERT_TRUE(whole) << whole.error().message;
  ASSERT_TRUE(whole->small);
  EXPECT_EQ(whole->small->status, 404);
  EXPECT_EQ(whole->small->reason, "Nope");
  EXPECT_EQ(whole->small->url, origin.url() + "/x");
  EXPECT_EQ(whole->small->Header("x-a"), "b");
  EXPECT_EQ(whole->small->body, "hello");
}

TEST_F(SmallCacheTest, LetsWhatIsTooLongPassFromItsFirstOctet) {
  for (const char* framing : {"Content-Length: 5\r\n", "Connection: close\r\n"}) {
    FaultyOrigin origin([&](FaultyOrigin::Peer& peer) {
      peer.ReadHead();
      ++served_;
      peer.Send("HTTP/1.1 200 OK\r\nCache-Control: max-age=50\r\n" + std::string(framing) + "\r\nhello");
    });
    served_ = 0;
    const TestCall call;

    auto passed = cache_->FetchSmall(call, Get(origin.url()), {.max_body_bytes = 3});

    ASSERT_TRUE(passed) << passed.error().message;
    ASSERT_TRUE(passed->passed) << framing;
    EXPECT_EQ(Show(passed), "hello") << framing;
    EXPECT_EQ(Ask(Get(origin.url()), {.max_body_bytes = 3}), "hello") << "and is not kept";
    EXPECT_EQ(served_, 2);
  }
}

TEST_F(SmallCacheTest, KeepsWhatIsFreshAndNoLonger) {
  FaultyOrigin origin(Numbered("Cache-Control: max-age=5\r\n"));
  const auto request = Get(origin.url());

  EXPECT_EQ(Ask(request), "1");
  now_ += seconds(4);
  EXPECT_EQ(Ask(request), "1");
  now_ += seconds(1);
  EXPECT_EQ(Ask(request), "2");
  EXPECT_EQ(Metric(kRequests, "hit"), 1);
  EXPECT_EQ(Metric(kRequests, "miss"), 2);
}

TEST_F(SmallCacheTest, KeepsNothingForLongerThanItsOwnLimit) {
  FaultyOrigin origin(Numbered("Cache-Control: max-age=500\r\n"));

  EXPECT_EQ(Ask(Get(origin.url()), {.longest = seconds(2)}), "1");
  now_ += seconds(2);
  EXPECT_EQ(Ask(Get(origin.url()), {.longest = seconds(2)}), "2");
}

TEST_F(SmallCacheTest, KeepsNothingUnasked) {
  FaultyOrigin silent(Numbered(""));
  EXPECT_EQ(Ask(Get(silent.url())), "1");
  EXPECT_EQ(Ask(Get(silent.url())), "2");
  FaultyOrigin fresh(Numbered("Cache-Control: max-age=5\r\n"));
  EXPECT_EQ(Ask(Get(fresh.url()), {.keep = false}), "3");
  EXPECT_EQ(Ask(Get(fresh.url()), {.keep = false}), "4");
  MakeCache(0);
  EXPECT_EQ(Ask(Get(fresh.url())), "5");
  EXPECT_EQ(Ask(Get(fresh.url())), "6");
}

TEST_F(SmallCacheTest, SaysHowOldItIs) {
  FaultyOrigin origin(Numbered("Cache-Control: max-age=50\r\nAge: 7\r\n"));
  const TestCall call;

  ASSERT_TRUE(cache_->FetchSmall(call, Get(origin.url()), {}));
  now_ += seconds(3);
  const auto kept = cache_->FetchSmall(call, Get(origin.url()), {});

  EXPECT_EQ(served_, 1);
  EXPECT_EQ(kept->age, seconds(10));
}

TEST_F(SmallCacheTest, TellsRequestsApart) {
  FaultyOrigin origin(Numbered("Cache-Control: max-age=50, public\r\n"));
  const auto plain = Get(origin.url() + "/a");
  EXPECT_EQ(Ask(plain), "1");
  EXPECT_EQ(Ask(Get(origin.url() + "/b")), "2");
  EXPECT_EQ(Ask(With(plain, {{"Authorization", "one"}})), "3");
  EXPECT_EQ(Ask(With(plain, {{"Authorization", "two"}})), "4");
  EXPECT_EQ(Ask(With(plain, {{"X-Api-Key", "one"}})), "5");
  EXPECT_EQ(Ask(plain, {.scope = "other"}), "6");
  const auto profile = Profile::Make({.tls = {.server_name = "x"}});
  auto other_way = plain;
  other_way.profile = profile->get();
  EXPECT_EQ(Ask(other_way), "7");
  EXPECT_EQ(Ask(With(plain, {{"User-Agent", "x"}})), "1") << "the origin does not say that it matters";
  EXPECT_EQ(Ask(With(plain, {{"Authorization", "one"}})), "3");
}

TEST_F(SmallCacheTest, KeepsAVariantForEachOfWhatVaryNames) {
  FaultyOrigin origin(Numbered("Cache-Control: max-age=50\r\nVary: Accept-Language\r\n"));
  const auto in = [&](const char* language) {
    return With(Get(origin.url()), {{"Accept-Language", language}, {"Accept", "*/*"}});
  };

  EXPECT_EQ(Ask(in("de")), "1");
  EXPECT_EQ(Ask(in("en")), "2");
  EXPECT_EQ(Ask(in("de")), "1");
  EXPECT_EQ(Ask(in("en")), "2");
  FaultyOrigin wild(Numbered("Cache-Control: max-age=50\r\nVary: *\r\n"));
  EXPECT_EQ(Ask(Get(wild.url())), "3");
  EXPECT_EQ(Ask(Get(wild.url())), "4");
}

TEST_F(SmallCacheTest, HeedsWhatTheViewerAsksFor) {
  FaultyOrigin origin(Numbered("Cache-Control: max-age=50\r\n"));
  const auto request = Get(origin.url());
  EXPECT_EQ(Ask(request), "1");
  now_ += seconds(10);
  EXPECT_EQ(Ask(With(request, {{"Cache-Control", "max-age=10"}})), "1");
  EXPECT_EQ(Ask(With(request, {{"Cache-Control", "max-age=9"}})), "2");
  EXPECT_EQ(Ask(With(request, {{"Cache-Control", "no-cache"}})), "3");
  EXPECT_EQ(Ask(With(request, {{"Pragma", "no-cache"}})), "4");
  EXPECT_EQ(Ask(request), "4") << "what was fetched for them serves the others";
}

TEST_F(SmallCacheTest, LetsPartsAndOtherMethodsPass) {
  FaultyOrigin origin(Numbered("Cache-Control: max-age=50\r\n"));
  const auto request = Get(origin.url());
  EXPECT_EQ(Ask(request), "1");
  EXPECT_EQ(Ask(With(request, {{"range", "bytes=0-0"}})), "2");
  EXPECT_EQ(Ask(With(request, {{"If-None-Match", "\"x\""}})), "3");
  auto post = request;
  post.method = "POST";
  EXPECT_EQ(Ask(post), "4");
  EXPECT_EQ(Metric(kRequests, "bypass"), 3);
}

TEST_F(SmallCacheTest, StaysWithinItsMemory) {
  MakeCache(10'000);
  const std::string body(2'000, 'x');
  FaultyOrigin origin([&](FaultyOrigin::Peer& peer) {
    while (!peer.ReadHead().empty()) {
      ++served_;
      peer.Send("HTTP/1.1 200 OK\r\nCache-Control: max-age=50\r\nContent-Length: 2000\r\n\r\n" + body);
    }
  });
  const auto ask = [&](int n) { Ask(Get(origin.url() + "/" + std::to_string(n))); };
  for (int n = 0; n < 3; ++n) ask(n);
  ask(0);
  EXPECT_EQ(served_, 3);
  for (int n = 3; n < 5; ++n) ask(n);
  EXPECT_LE(Metric("sluice_upstream_small_cache_bytes"), 10'000);
  EXPECT_GT(Metric("sluice_upstream_small_cache_bytes"), 4'000);
  EXPECT_EQ(Metric("sluice_upstream_small_cache_evictions_total"), 2);
  ask(0);
  EXPECT_EQ(served_, 5) << "used lately";
  ask(1);
  EXPECT_EQ(served_, 6) << "left to make room";
}

TEST_F(SmallCacheTest, KeepsNoBigObject) {
  FaultyOrigin origin(Numbered("Cache-Control: max-age=50\r\n"));
  EXPECT_EQ(Ask(Get(origin.url()), {.max_kept_bytes = 0}), "1");
  EXPECT_EQ(Ask(Get(origin.url()), {.max_kept_bytes = 0}), "2");
  EXPECT_EQ(Metric("sluice_upstream_small_cache_bytes"), 0);
}

TEST(SmallStoreTest, KeepsFewVariantsOfOneKey) {
  SmallStore store(1U << 20U);
  const auto now = Clock::now();
  const auto fields = [](std::size_t n) { return std::vector<sdk::Header>{{"Accept", std::to_string(n)}}; };
  for (std::size_t n = 0; n <= SmallStore::kMaxVariants; ++n) {
    store.Keep("k", fields(n), {"accept"}, std::make_shared<SmallResponse>(), now + seconds(1));
  }
  EXPECT_EQ(store.Find("k", fields(0), now, seconds::max()), nullptr);
  EXPECT_NE(store.Find("k", fields(1), now, seconds::max()), nullptr);
  EXPECT_EQ(store.Find("k", fields(1), now + seconds(1), seconds::max()), nullptr);
  EXPECT_EQ(store.bytes(), 0u) << "what is stale makes room";
}

/// An origin that answers only when told to.
class CoalescingTest : public SmallCacheTest {
 protected:
  void Open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  void WaitForServed(int count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return served_ >= count; });
  }
  void WaitForWaiting(int count) {
    while (Metric("sluice_upstream_small_waiting") < count) std::this_thread::yield();
  }
  FaultyOrigin::Script Gated(std::string fields, std::string status = "200 OK") {
    return [this, fields = std::move(fields), status = std::move(status)](FaultyOrigin::Peer& peer) {
      while (!peer.ReadHead().empty()) {
        std::unique_lock lock(mutex_);
        const auto number = std::to_string(++served_);
        changed_.notify_all();
        changed_.wait(lock, [&] { return open_; });
        lock.unlock();
        peer.Send("HTTP/1.1 " + status + "\r\n" + fields + "Content-Length: " + std::to_string(number.size()) +
                  "\r\n\r\n" + number);
      }
    };
  }
  std::future<std::string> Start(const Request& request, const sdk::Call& call) {
    return std::async(std::launch::async,
                      [this, request, &call] { return Show(cache_->FetchSmall(call, request, {})); });
  }
  std::vector<std::future<std::string>> StartMany(const Request& request, int count) {
    std::vector<std::future<std::string>> started;
    for (int i = 0; i < count; ++i) started.push_back(Start(request, call_));
    return started;
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
  const TestCall call_;
};

TEST_F(CoalescingTest, FetchesOnceForAllWhoAskAtOneTime) {
  FaultyOrigin origin(Gated("Cache-Control: no-store\r\n"));
  auto first = Start(Get(origin.url()), call_);
  WaitForServed(1);
  auto others = StartMany(Get(origin.url()), 10);
  WaitForWaiting(10);
  TestCall leaving;
  auto left = Start(Get(origin.url()), leaving);
  leaving.Cancel();
  EXPECT_EQ(left.get(), "the viewer is gone") << "who waits leaves at once";
  Open();

  EXPECT_EQ(first.get(), "1");
  for (auto& other : others) EXPECT_EQ(other.get(), "1");
  EXPECT_EQ(served_, 1);
  EXPECT_EQ(Metric(kRequests, "miss"), 1);
  EXPECT_EQ(Metric(kRequests, "coalesced"), 10);
  EXPECT_EQ(Metric("sluice_upstream_small_waiting"), 0);
}

TEST_F(CoalescingTest, SharesFailures) {
  FaultyOrigin origin([this](FaultyOrigin::Peer& peer) {
    peer.ReadHead();
    std::unique_lock lock(mutex_);
    ++served_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return open_; });
  });
  auto first = Start(Get(origin.url()), call_);
  WaitForServed(1);
  TestCall brief({.timeout = std::chrono::milliseconds(50)});
  EXPECT_EQ(Start(Get(origin.url()), brief).get(), "upstream: want an answer in time");
  auto second = Start(Get(origin.url()), call_);
  WaitForWaiting(1);
  Open();

  const auto message =
      "127.0.0.1:" + std::to_string(origin.port()) + ": want a response head, the connection broke off";
  EXPECT_EQ(first.get(), message);
  EXPECT_EQ(second.get(), message);
  EXPECT_EQ(served_, 1);
}

TEST_F(CoalescingTest, GoesOnWhenTheOneWhoFetchesLeaves) {
  FaultyOrigin origin(Gated(""));
  TestCall leaving;
  auto first = Start(Get(origin.url()), leaving);
  WaitForServed(1);
  auto others = StartMany(Get(origin.url()), 5);
  WaitForWaiting(5);
  leaving.Cancel();
  EXPECT_EQ(first.get(), "the viewer is gone");
  WaitForServed(2);
  Open();

  for (auto& other : others) EXPECT_EQ(other.get(), "2");
}

TEST_F(CoalescingTest, GoesOnWhenTheTimeOfTheOneWhoFetchesIsUp) {
  FaultyOrigin origin(Gated(""));
  TestCall brief({.timeout = std::chrono::milliseconds(100)});
  auto first = Start(Get(origin.url()), brief);
  WaitForServed(1);
  auto second = Start(Get(origin.url()), call_);
  WaitForWaiting(1);
  EXPECT_NE(first.get().find("in time"), std::string::npos);
  WaitForServed(2);
  Open();

  EXPECT_EQ(second.get(), "2");
}

TEST_F(CoalescingTest, GivesWhatIsForOneViewerToOneViewerOnly) {
  for (const char* fields : {"Set-Cookie: a=b\r\n", "Vary: *\r\n", "Cache-Control: private, max-age=9\r\n"}) {
    served_ = 0;
    open_ = false;
    FaultyOrigin origin(Gated(fields));
    auto first = Start(Get(origin.url()), call_);
    WaitForServed(1);
    auto others = StartMany(Get(origin.url()), 5);
    WaitForWaiting(5);
    Open();

    std::vector<std::string> answers = {first.get()};
    for (auto& other : others) answers.push_back(other.get());
    std::sort(answers.begin(), answers.end());
    EXPECT_EQ(answers, (std::vector<std::string>{"1", "2", "3", "4", "5", "6"})) << fields;
  }
}

TEST_F(CoalescingTest, TheDeadlineOfWhoWaitsEndsWithTheResponseHead) {
  FaultyOrigin origin([this](FaultyOrigin::Peer& peer) {
    peer.ReadHead();
    peer.Send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe");
    std::unique_lock lock(mutex_);
    ++served_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return open_; });
    lock.unlock();
    peer.Send("llo");
  });
  TestCall brief({.timeout = std::chrono::milliseconds(2'000)});
  auto first = Start(Get(origin.url()), brief);
  WaitForServed(1);
  auto second = Start(Get(origin.url()), brief);
  WaitForWaiting(1);
  while (!static_cast<const sdk::Call&>(brief).expired()) std::this_thread::yield();
  EXPECT_EQ(Metric("sluice_upstream_small_waiting"), 1);
  Open();

  EXPECT_EQ(first.get(), "hello");
  EXPECT_EQ(second.get(), "hello");
}

/// An origin that redirects once, and viewers of whom each has an opinion of that.
class SmallRedirectTest : public SmallCacheTest {
 protected:
  static Request Led(const Request& request, sdk::Result<std::vector<sdk::Header>> said) {
    auto led = request;
    led.max_redirects = 1;
    led.on_redirect = [said = std::move(said)](std::string_view) { return said; };
    return led;
  }
  /// Answers /a by a redirect, anything else by its number.
  FaultyOrigin::Script Redirecting() {
    return [this](FaultyOrigin::Peer& peer) {
      for (auto head = peer.ReadHead(); !head.empty(); head = peer.ReadHead()) {
        if (head.starts_with("GET /a ")) {
          peer.Send("HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n");
          continue;
        }
        peer.Send("HTTP/1.1 200 OK\r\nCache-Control: max-age=50\r\nContent-Length: 1\r\n\r\n" +
                  std::to_string(++served_));
      }
    };
  }
  static sdk::Result<std::vector<sdk::Header>> Plain() { return std::vector<sdk::Header>{}; }
  static sdk::Result<std::vector<sdk::Header>> Own() { return std::vector<sdk::Header>{{"X-Key", "mine"}}; }
  static sdk::Result<std::vector<sdk::Header>> No() {
    return sdk::Error{.code = sdk::Errc::kPermissionDenied, .message = "not there"};
  }
};

TEST_F(SmallRedirectTest, AsksEachViewerWhereRedirectsMayLead) {
  FaultyOrigin origin(Redirecting());
  const auto request = Get(origin.url() + "/a");

  EXPECT_EQ(Ask(Led(request, Plain())), "1");
  EXPECT_EQ(Ask(Led(request, Plain())), "1");
  EXPECT_EQ(Ask(Led(request, No())), "not there");
  EXPECT_EQ(Ask(Led(request, Own())), "2") << "what it is led to is its own";
  EXPECT_EQ(Ask(Led(request, Plain())), "1");
}

TEST_F(SmallRedirectTest, KeepsNothingThatOneViewersFieldsLedTo) {
  FaultyOrigin origin(Redirecting());
  const auto request = Get(origin.url() + "/a");

  EXPECT_EQ(Ask(Led(request, Own())), "1");
  EXPECT_EQ(Ask(Led(request, Plain())), "2");
}

TEST_F(CoalescingTest, DoesNotMixRequestsThatDiffer) {
  FaultyOrigin origin(Gated("Cache-Control: no-store\r\n"));
  auto one = Start(With(Get(origin.url()), {{"Authorization", "one"}}), call_);
  auto two = Start(With(Get(origin.url()), {{"Authorization", "two"}}), call_);
  auto agent = Start(With(Get(origin.url()), {{"User-Agent", "x"}}), call_);
  WaitForServed(3);
  Open();

  std::vector<std::string> answers = {one.get(), two.get(), agent.get()};
  std::sort(answers.begin(), answers.end());
  EXPECT_EQ(answers, (std::vector<std::string>{"1", "2", "3"}));
}

}  // namespace
}  // namespace sluice::upstream
