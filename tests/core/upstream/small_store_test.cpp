// SPDX-License-Identifier: MIT
#include "core/upstream/small_store.hpp"

#include <gtest/gtest.h>

#include "core/upstream/small_cache.hpp"

namespace sluice::upstream {
namespace {

using std::chrono::seconds;

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

}  // namespace
}  // namespace sluice::upstream
