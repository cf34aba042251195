// SPDX-License-Identifier: MIT
#include "core/upstream/whole_body.hpp"

#include <gtest/gtest.h>

namespace sluice::upstream {
namespace {

/// One octet after the other, for ever.
struct Dripping final : Body {
  sdk::Result<std::size_t> Read(std::span<std::byte> buffer) override {
    buffer[0] = std::byte{'x'};
    return 1;
  }
};

TEST(ReadUpToTest, StopsAtTheLimit) {
  Dripping body;
  std::string text;

  EXPECT_TRUE(ReadUpTo(body, 3, text));

  EXPECT_EQ(text, "xxx");
}

TEST(ReadUpToTest, DoesNotWaitForEver) {
  Dripping body;
  std::string text;

  const auto read = ReadUpTo(body, std::numeric_limits<std::size_t>::max(), text, std::chrono::milliseconds(5));

  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, sdk::Errc::kDeadlineExceeded);
}

}  // namespace
}  // namespace sluice::upstream
