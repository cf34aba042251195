// SPDX-License-Identifier: MIT
#include <algorithm>
#include <condition_variable>
#include <future>
#include <mutex>
#include <thread>

#include "tests/core/upstream/small_cache_fixture.hpp"

namespace sluice::upstream {
namespace {

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
    return std::async(std::launch::async, [this, request, &call] { return Show(FetchSmall(call, request, {})); });
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

TEST_F(CoalescingTest, WhatThrowsForTheOneWhoFetchesLeavesNobodyWaiting) {
  FaultyOrigin origin([&](FaultyOrigin::Peer& peer) {
    for (auto head = peer.ReadHead(); !head.empty(); head = peer.ReadHead()) {
      if (!head.starts_with("GET /a ")) {
        peer.Send("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nown");
        continue;
      }
      std::unique_lock lock(mutex_);
      ++served_;
      changed_.notify_all();
      changed_.wait(lock, [&] { return open_; });
      lock.unlock();
      peer.Send("HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n");
    }
  });
  auto plain = Get(origin.url() + "/a");
  plain.max_redirects = 1;
  auto throwing = plain;
  throwing.on_redirect = [](std::string_view) -> sdk::Result<std::vector<sdk::Header>> { throw 1; };
  auto first = Start(throwing, call_);
  WaitForServed(1);
  auto others = StartMany(plain, 3);
  WaitForWaiting(3);

  Open();

  EXPECT_EQ(first.get(), "the upstream client failed");
  for (auto& other : others) EXPECT_EQ(other.get(), "own");
  EXPECT_EQ(Ask(plain), "own") << "nothing is left of the flight";
}

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
  EXPECT_EQ(Metric(kSmallRequests, "miss"), 1);
  EXPECT_EQ(Metric(kSmallRequests, "coalesced"), 10);
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
  TestCall brief({.timeout = std::chrono::seconds(1)});  // time enough for the second to come
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
