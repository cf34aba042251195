// SPDX-License-Identifier: MIT
#include "core/state/kv.hpp"

#include <gtest/gtest.h>
#include <prometheus/registry.h>

#include <atomic>
#include <limits>
#include <thread>
#include <vector>

#include "core/state/redis_client.hpp"
#include "core/state/redis_kv.hpp"
#include "tests/core/state/redis_fixture.hpp"
#include "tests/fakes/redis.hpp"

namespace sluice::state {
namespace {

using std::chrono::seconds;

/// What every store does, wherever it keeps things.
class KvStoreTest : public ::testing::TestWithParam<const char*> {
 protected:
  KvStoreTest() {
    if (std::string_view(GetParam()) == "Memory") {
      kv_ = MakeMemoryKv(64 * 1024 * 1024, [this] { return now_; });
    } else {
      redis_.emplace();
      client_ = std::make_unique<RedisClient>(OptionsOf(*redis_), metrics_);
      kv_ = MakeRedisKv(*client_);
    }
  }

  std::optional<std::string> Get(std::string_view key) {
    auto value = kv_->Get(key);
    EXPECT_TRUE(value) << value.error().message;
    return value ? *value : std::nullopt;
  }
  /// \returns  false: it has not gone long after its time.
  bool AwaitExpiry(std::string_view key, seconds ttl) {
    now_ += ttl;
    return Await([&] { return Get(key) == std::nullopt; }, ttl + seconds(10));
  }

  std::chrono::steady_clock::time_point now_{seconds(1000)};
  std::optional<fakes::Redis> redis_;
  prometheus::Registry metrics_;
  std::unique_ptr<RedisClient> client_;
  std::unique_ptr<KvStore> kv_;
};

INSTANTIATE_TEST_SUITE_P(Stores, KvStoreTest, ::testing::Values("Memory", "Redis"),
                         [](const auto& of) { return std::string(of.param); });

TEST_P(KvStoreTest, KeepsAValueUntilItsTimeToLiveIsOver) {
  ASSERT_TRUE(kv_->Put("a", "1", seconds(2)));

  EXPECT_EQ(Get("a"), "1");
  EXPECT_TRUE(AwaitExpiry("a", seconds(2)));
}

TEST_P(KvStoreTest, KeepsAValueWithoutTimeToLive) {
  ASSERT_TRUE(kv_->Put("a", "1", seconds(0)));
  ASSERT_TRUE(kv_->Put("b", "2", seconds(1)));

  ASSERT_TRUE(AwaitExpiry("b", seconds(1)));
  EXPECT_EQ(Get("a"), "1");
}

TEST_P(KvStoreTest, ReplacingAValueReplacesItsTimeToLive) {
  ASSERT_TRUE(kv_->Put("a", "1", seconds(1)));
  ASSERT_TRUE(kv_->Put("a", "2", seconds(100)));
  ASSERT_TRUE(kv_->Put("b", "1", seconds(1)));

  ASSERT_TRUE(AwaitExpiry("b", seconds(1)));
  EXPECT_EQ(Get("a"), "2");
}

TEST_P(KvStoreTest, PutIfStoresOnlyOverTheExpectedValue) {
  EXPECT_TRUE(*kv_->PutIf("a", std::nullopt, "1", seconds(0)));
  EXPECT_FALSE(*kv_->PutIf("a", std::nullopt, "2", seconds(0)));
  EXPECT_FALSE(*kv_->PutIf("a", "0", "2", seconds(0)));
  EXPECT_TRUE(*kv_->PutIf("a", "1", "2", seconds(0)));
  EXPECT_FALSE(*kv_->PutIf("b", "1", "2", seconds(0)));
  EXPECT_FALSE(*kv_->PutIf("b", "", "2", seconds(0)));

  EXPECT_EQ(Get("a"), "2");
  EXPECT_EQ(Get("b"), std::nullopt);
}

TEST_P(KvStoreTest, PutIfHasATimeToLive) {
  ASSERT_TRUE(*kv_->PutIf("fresh", std::nullopt, "1", seconds(1)));
  ASSERT_TRUE(kv_->Put("swapped", "1", seconds(0)));
  ASSERT_TRUE(*kv_->PutIf("swapped", "1", "2", seconds(1)));

  EXPECT_TRUE(AwaitExpiry("fresh", seconds(1)));
  EXPECT_TRUE(AwaitExpiry("swapped", seconds(1)));
}

TEST_P(KvStoreTest, PutIfTakesAnExpiredValueForNone) {
  ASSERT_TRUE(kv_->Put("a", "1", seconds(1)));
  ASSERT_TRUE(AwaitExpiry("a", seconds(1)));

  EXPECT_FALSE(*kv_->PutIf("a", "1", "2", seconds(0)));
  EXPECT_TRUE(*kv_->PutIf("a", std::nullopt, "3", seconds(0)));
}

TEST_P(KvStoreTest, IncrementAddsUp) {
  EXPECT_EQ(*kv_->Increment("a", 5, seconds(0)), 5);
  EXPECT_EQ(*kv_->Increment("a", -7, seconds(0)), -2);
  EXPECT_EQ(Get("a"), "-2");
  EXPECT_TRUE(*kv_->PutIf("a", "-2", "40", seconds(0)));
  EXPECT_EQ(*kv_->Increment("a", 0, seconds(0)), 40);
  EXPECT_EQ(*kv_->Increment("b", 0, seconds(0)), 0);
  EXPECT_EQ(Get("b"), "0");
}

TEST_P(KvStoreTest, IncrementCountsWithinOneWindow) {
  ASSERT_EQ(*kv_->Increment("a", 1, seconds(2)), 1);
  ASSERT_EQ(*kv_->Increment("a", 1, seconds(1000)), 2);

  EXPECT_TRUE(AwaitExpiry("a", seconds(2)));
  EXPECT_EQ(*kv_->Increment("a", 1, seconds(2)), 1);
}

TEST_P(KvStoreTest, IncrementLeavesATimeToLiveAlone) {
  ASSERT_TRUE(kv_->Put("without", "1", seconds(0)));
  ASSERT_TRUE(kv_->Put("with", "1", seconds(1)));
  ASSERT_EQ(*kv_->Increment("without", 1, seconds(1)), 2);
  ASSERT_EQ(*kv_->Increment("with", 1, seconds(0)), 2);

  EXPECT_TRUE(AwaitExpiry("with", seconds(1)));
  EXPECT_EQ(Get("without"), "2");
}

TEST_P(KvStoreTest, IncrementHasAll64Bits) {
  constexpr auto kMost = std::numeric_limits<std::int64_t>::max();
  constexpr auto kLeast = std::numeric_limits<std::int64_t>::min();

  EXPECT_EQ(*kv_->Increment("most", kMost, seconds(0)), kMost);
  EXPECT_EQ(*kv_->Increment("least", kLeast, seconds(0)), kLeast);
  EXPECT_EQ(*kv_->Increment("odd", (std::int64_t{1} << 53) + 1, seconds(0)), (std::int64_t{1} << 53) + 1);
  for (const auto& sum : {kv_->Increment("most", 1, seconds(0)), kv_->Increment("least", -1, seconds(0))}) {
    ASSERT_FALSE(sum);
    EXPECT_EQ(sum.error().code, sdk::Errc::kInvalidArgument);
    EXPECT_EQ(sum.error().message, "kv value: want a whole number, and a sum that fits 64 bits");
  }
  EXPECT_EQ(Get("most"), std::to_string(kMost));
}

TEST_P(KvStoreTest, IncrementRefusesWhatIsNoNumber) {
  for (const auto* value : {"", "x", "1x", " 1", "1 ", "+1", "01", "-0", "1.5", "1e3", "9223372036854775808"}) {
    ASSERT_TRUE(kv_->Put("a", value, seconds(0)));
    const auto sum = kv_->Increment("a", 1, seconds(0));
    ASSERT_FALSE(sum) << value;
    EXPECT_EQ(sum.error().code, sdk::Errc::kInvalidArgument) << sum.error().message;
    EXPECT_EQ(Get("a"), value);
  }
}

TEST_P(KvStoreTest, EraseForgets) {
  ASSERT_TRUE(kv_->Put("a", "1", seconds(0)));
  ASSERT_TRUE(kv_->Erase("a"));
  ASSERT_TRUE(kv_->Erase("never there"));

  EXPECT_EQ(Get("a"), std::nullopt);
}

TEST_P(KvStoreTest, KeepsOctetForOctet) {
  std::string octets;
  for (int i = 0; i < 1024; ++i) octets += static_cast<char>(i);
  const auto key = octets + "\r\n$3\r\nkey\r\n";

  ASSERT_TRUE(kv_->Put(key, octets, seconds(0)));
  EXPECT_EQ(Get(key), octets);
  EXPECT_TRUE(*kv_->PutIf(key, octets, "\r\n", seconds(0)));
  EXPECT_EQ(Get(key), "\r\n");
  ASSERT_TRUE(kv_->Put(key, "", seconds(0)));
  EXPECT_EQ(Get(key), "");
  ASSERT_TRUE(kv_->Erase(key));
  EXPECT_EQ(Get(key), std::nullopt);
}

TEST_P(KvStoreTest, KeepsTheLongestKeysAndValues) {
  const std::string key(2048, 'k');
  const std::string value(1024 * 1024, 'v');

  ASSERT_TRUE(kv_->Put(key, value, seconds(0)));

  EXPECT_EQ(Get(key), value);
}

TEST_P(KvStoreTest, RefusesKeysAndValuesOutOfBounds) {
  const std::string long_key(2049, 'k');
  const std::string long_value(1024 * 1024 + 1, 'v');

  EXPECT_EQ(kv_->Put("", "1", seconds(0)).error().message, "kv key: want 1 to 2048 octets");
  EXPECT_EQ(kv_->Put(long_key, "1", seconds(0)).error().message, "kv key: want 1 to 2048 octets");
  EXPECT_EQ(kv_->PutIf(long_key, "1", "2", seconds(0)).error().message, "kv key: want 1 to 2048 octets");
  EXPECT_EQ(kv_->Increment("", 1, seconds(0)).error().message, "kv key: want 1 to 2048 octets");
  EXPECT_EQ(kv_->Put("k", long_value, seconds(0)).error().message, "kv value: want at most 1 MiB");
}

TEST_P(KvStoreTest, TakesAnyTimeToLive) {
  ASSERT_TRUE(kv_->Put("long", "1", seconds::max()));
  ASSERT_TRUE(kv_->Put("negative", "2", seconds(-1)));
  ASSERT_EQ(*kv_->Increment("count", 3, seconds::max()), 3);

  EXPECT_EQ(Get("long"), "1");
  EXPECT_EQ(Get("negative"), "2");
  EXPECT_EQ(Get("count"), "3");
}

TEST_P(KvStoreTest, OneOfManyThreadsWinsAPutIf) {
  std::atomic<int> winners{0};
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 16; ++i) {
      threads.emplace_back([&] {
        for (int round = 0; round < 50; ++round) {
          const auto won = kv_->PutIf("round" + std::to_string(round), std::nullopt, "x", seconds(0));
          if (won && *won) ++winners;
        }
      });
    }
  }
  EXPECT_EQ(winners, 50);
}

TEST_P(KvStoreTest, OneOfManyThreadsWinsASwap) {
  ASSERT_TRUE(kv_->Put("a", "0", seconds(0)));
  std::atomic<int> winners{0};
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 16; ++i) {
      threads.emplace_back([&] {
        for (int round = 0; round < 50; ++round) {
          const auto won = kv_->PutIf("a", std::to_string(round), std::to_string(round + 1), seconds(0));
          if (won && *won) ++winners;
        }
      });
    }
  }
  EXPECT_EQ(Get("a"), std::to_string(winners));
}

TEST_P(KvStoreTest, NothingThatManyThreadsAddIsLost) {
  std::atomic<int> failures{0};
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 16; ++i) {
      threads.emplace_back([&] {
        for (int round = 0; round < 100; ++round) failures += kv_->Increment("a", 1, seconds(60)) ? 0 : 1;
      });
    }
  }
  EXPECT_EQ(failures, 0);
  EXPECT_EQ(Get("a"), "1600");
}

class MemoryKvTest : public ::testing::Test {
 protected:
  std::chrono::steady_clock::time_point now{seconds(1000)};
  std::unique_ptr<KvStore> kv = MakeMemoryKv(64 * 1024, [this] { return now; });

  std::optional<std::string> Get(std::string_view key) {
    auto value = kv->Get(key);
    EXPECT_TRUE(value);
    return *value;
  }
};

TEST_F(MemoryKvTest, KeepsAValueToTheSecond) {
  ASSERT_TRUE(kv->Put("a", "1", seconds(10)));
  ASSERT_TRUE(kv->Increment("b", 1, seconds(10)));

  now += seconds(9);
  EXPECT_EQ(Get("a"), "1");
  EXPECT_EQ(*kv->Increment("b", 1, seconds(10)), 2);
  now += seconds(1);
  EXPECT_EQ(Get("a"), std::nullopt);
  EXPECT_EQ(Get("b"), std::nullopt);
}

TEST_F(MemoryKvTest, DropsTheLeastRecentlyUsedWhenFull) {
  const std::string big(20 * 1024, 'x');
  ASSERT_TRUE(kv->Put("a", big, seconds(0)));
  ASSERT_TRUE(kv->Put("b", big, seconds(0)));
  ASSERT_TRUE(kv->Put("c", big, seconds(0)));
  EXPECT_EQ(Get("a"), big);  // now "b" is the one not used for longest

  ASSERT_TRUE(kv->Put("d", big, seconds(0)));

  EXPECT_EQ(Get("b"), std::nullopt);
  EXPECT_EQ(Get("a"), big);
  EXPECT_EQ(Get("d"), big);
}

TEST_F(MemoryKvTest, DropsTheExpiredBeforeTheLiving) {
  const std::string big(20 * 1024, 'x');
  ASSERT_TRUE(kv->Put("living", big, seconds(0)));
  ASSERT_TRUE(kv->Put("brief", big, seconds(1)));
  ASSERT_TRUE(kv->Put("briefer", big, seconds(1)));
  now += seconds(2);

  ASSERT_TRUE(kv->Put("new", big, seconds(0)));

  EXPECT_EQ(Get("living"), big);
}

}  // namespace
}  // namespace sluice::state
