// SPDX-License-Identifier: MIT
#include "common/titles/extensions.hpp"

#include <gtest/gtest.h>

namespace sluice::plugins::titles {
namespace {

TEST(ExtensionsTest, KnowsVideosByTheirNames) {
  for (const auto* name : {"a.mkv", "A.MP4", "x/y.z/b.m2ts", ".webm", "a.b.ts"}) {
    EXPECT_TRUE(IsVideoExtension(ExtensionOf(name))) << name;
  }
  for (const auto* name : {"", "mkv", "a.mkv/b", "a.mkv.nfo", "a.", "a.rar", "a.srt"}) {
    EXPECT_FALSE(IsVideoExtension(ExtensionOf(name))) << name;
  }
}

}  // namespace
}  // namespace sluice::plugins::titles
