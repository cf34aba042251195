// SPDX-License-Identifier: MIT
#include "common/remote/ttl_cache.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <latch>
#include <sluice/sdk/testing/calls.hpp>
#include <sluice/sdk/testing/fake_host.hpp>
#include <string>
#include <thread>
#include <vector>

namespace sluice::plugins::remote {
namespace {

using namespace std::chrono_literals;
using sdk::Errc;
using sdk::testing::AnyCall;
using sdk::testing::FakeHost;

class TtlCacheTest : public ::testing::Test {
 protected:
  using Cache = TtlCache<std::string>;

  std::string Find(const std::string& key, std::chrono::seconds life = 60s) {
    const auto value = cache_.Find(AnyCall(), key, [&]() -> sdk::Result<Cache::Fresh> {
      return Cache::Fresh{.value = key + " " + std::to_string(++asked_), .life = life};
    });
    return value ? *value : value.error().message;
  }

  FakeHost host_;
  Cache cache_{host_.host(), "demo", 2};
  std::atomic<int> asked_{0};
};

TEST_F(TtlCacheTest, AsksOnceWhileItHolds) {
  EXPECT_EQ(Find("a"), "a 1");
  host_.clock.Advance(59s);
  EXPECT_EQ(Find("a"), "a 1");
  host_.clock.Advance(1s);
  EXPECT_EQ(Find("a"), "a 2");
}

TEST_F(TtlCacheTest, KeepsNothingWithoutALife) {
  EXPECT_EQ(Find("a", 0s), "a 1");
  EXPECT_EQ(Find("a"), "a 2");
}

TEST_F(TtlCacheTest, LetsGoOfTheLeastRecentlyUsed) {
  (void)Find("a");
  (void)Find("b");
  (void)Find("a");
  (void)Find("c");

  EXPECT_EQ(Find("a"), "a 1");
  EXPECT_EQ(Find("b"), "b 4");
}

TEST_F(TtlCacheTest, Forgets) {
  (void)Find("a");
  cache_.Put("b", "put", 60s);
  EXPECT_EQ(cache_.Peek("b"), "put");

  cache_.Forget("a");
  cache_.Forget("b");

  EXPECT_EQ(cache_.Peek("b"), std::nullopt);
  EXPECT_EQ(Find("a"), "a 2");
}

TEST_F(TtlCacheTest, KeepsNothingThatWasForgottenWhileItWasAsked) {
  const auto value = cache_.Find(AnyCall(), "a", [&]() -> sdk::Result<Cache::Fresh> {
    cache_.Forget("a");
    return Cache::Fresh{.value = "old", .life = 60s};
  });

  EXPECT_EQ(*value, "old");
  EXPECT_EQ(cache_.Peek("a"), std::nullopt);
}

TEST_F(TtlCacheTest, TellsOneAnswerToAllWhoWait) {
  std::latch asking(1), go(1);
  const auto ask = [&]() -> sdk::Result<Cache::Fresh> {
    ++asked_;
    asking.count_down();
    go.wait();
    return sdk::Error{.code = Errc::kUpstreamFailed, .message = "away"};
  };
  std::vector<std::thread> threads;
  std::atomic<int> told{0};
  const auto find = [&] {
    const auto value = cache_.Find(AnyCall(), "a", ask);
    told += !value && value.error().message == "away" ? 1 : 0;
  };
  threads.emplace_back(find);
  asking.wait();
  const auto late = cache_.Find(sdk::testing::CallFor(1ms), "a", ask);
  go.count_down();
  for (auto& thread : threads) thread.join();

  EXPECT_EQ(late.error().code, Errc::kDeadlineExceeded);
  EXPECT_EQ(told, 1);
  EXPECT_EQ(asked_, 1);
}

TEST_F(TtlCacheTest, AsksAnewWhenTheOneWhoAskedHasLeft) {
  std::latch asking(1);
  std::atomic<bool> go{false};
  std::thread leaver([&] {
    sdk::testing::TestCall call;
    const auto value = cache_.Find(call, "a", [&]() -> sdk::Result<Cache::Fresh> {
      asking.count_down();
      go.wait(false);
      call.Cancel();
      return sdk::Error{.code = Errc::kCancelled, .message = "gone"};
    });
    EXPECT_EQ(value.error().code, Errc::kCancelled);
  });
  asking.wait();
  std::thread stayer([&] { EXPECT_EQ(Find("a"), "a 1"); });
  go = true;
  go.notify_all();
  leaver.join();
  stayer.join();
}

TEST_F(TtlCacheTest, ServesManyThreads) {
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&, i] {
      for (int n = 0; n < 200; ++n) {
        const auto key = std::to_string((i + n) % 4);
        EXPECT_EQ(Find(key).substr(0, 2), key + " ");
        if (n % 7 == 0) cache_.Forget(key);
      }
    });
  for (auto& thread : threads) thread.join();
}

}  // namespace
}  // namespace sluice::plugins::remote
