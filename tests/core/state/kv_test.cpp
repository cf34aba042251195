// SPDX-License-Identifier: MIT
#include "core/state/kv.hpp"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace sluice::state {
namespace {

using std::chrono::seconds;

class MemoryKvTest : public testing::Test {
 protected:
  std::chrono::steady_clock::time_point now{seconds(1000)};
  std::unique_ptr<KvStore> kv = MakeMemoryKv(64 * 1024, [this] { return now; });

  std::optional<std::string> Get(std::string_view key) {
    auto value = kv->Get(key);
    EXPECT_TRUE(value);
    return *value;
  }
};

TEST_F(MemoryKvTest, KeepsAValueUntilItsTimeToLiveIsOver) {
  ASSERT_TRUE(kv->Put("a", "1", seconds(10)));

  EXPECT_EQ(Get("a"), "1");
  now += seconds(9);
  EXPECT_EQ(Get("a"), "1");
  now += seconds(1);
  EXPECT_EQ(Get("a"), std::nullopt);
}

TEST_F(MemoryKvTest, KeepsAValueWithoutTimeToLive) {
  ASSERT_TRUE(kv->Put("a", "1", seconds(0)));
  now += seconds(1'000'000);

  EXPECT_EQ(Get("a"), "1");
}

TEST_F(MemoryKvTest, ReplacingAValueReplacesItsTimeToLive) {
  ASSERT_TRUE(kv->Put("a", "1", seconds(10)));
  ASSERT_TRUE(kv->Put("a", "2", seconds(100)));
  now += seconds(50);

  EXPECT_EQ(Get("a"), "2");
}

TEST_F(MemoryKvTest, PutIfStoresOnlyOverTheExpectedValue) {
  EXPECT_TRUE(*kv->PutIf("a", std::nullopt, "1", seconds(0)));
  EXPECT_FALSE(*kv->PutIf("a", std::nullopt, "2", seconds(0)));
  EXPECT_FALSE(*kv->PutIf("a", "0", "2", seconds(0)));
  EXPECT_TRUE(*kv->PutIf("a", "1", "2", seconds(0)));
  EXPECT_FALSE(*kv->PutIf("b", "1", "2", seconds(0)));

  EXPECT_EQ(Get("a"), "2");
  EXPECT_EQ(Get("b"), std::nullopt);
}

TEST_F(MemoryKvTest, PutIfTakesAnExpiredValueForNone) {
  ASSERT_TRUE(kv->Put("a", "1", seconds(10)));
  now += seconds(10);

  EXPECT_FALSE(*kv->PutIf("a", "1", "2", seconds(0)));
  EXPECT_TRUE(*kv->PutIf("a", std::nullopt, "3", seconds(0)));
}

TEST_F(MemoryKvTest, EraseForgets) {
  ASSERT_TRUE(kv->Put("a", "1", seconds(0)));
  ASSERT_TRUE(kv->Erase("a"));
  ASSERT_TRUE(kv->Erase("never there"));

  EXPECT_EQ(Get("a"), std::nullopt);
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

TEST_F(MemoryKvTest, RefusesKeysAndValuesOutOfBounds) {
  EXPECT_EQ(kv->Put("", "1", seconds(0)).error().message, "kv key: want 1 to 2048 octets");
  EXPECT_EQ(kv->Put(std::string(2049, 'k'), "1", seconds(0)).error().message, "kv key: want 1 to 2048 octets");
  EXPECT_EQ(kv->Put("k", std::string(1024 * 1024 + 1, 'v'), seconds(0)).error().message,
            "kv value: want at most 1 MiB");
}

TEST_F(MemoryKvTest, OneOfManyThreadsWinsAPutIf) {
  std::atomic<int> winners{0};
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&] {
        for (int round = 0; round < 200; ++round) {
          if (*kv->PutIf("round" + std::to_string(round), std::nullopt, "x", seconds(0))) ++winners;
        }
      });
    }
  }
  EXPECT_EQ(winners, 200);
}

}  // namespace
}  // namespace sluice::state
