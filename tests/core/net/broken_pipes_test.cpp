// SPDX-License-Identifier: MIT
#include "core/net/broken_pipes.hpp"

#include <gtest/gtest.h>

#include <csignal>

namespace sluice::net {
namespace {

void Handler(int) {}

TEST(BrokenPipesTest, AreIgnoredUnlessSomebodyHandlesThem) {
  auto* const before = std::signal(SIGPIPE, SIG_DFL);
  IgnoreBrokenPipes();
  EXPECT_EQ(std::signal(SIGPIPE, &Handler), SIG_IGN);
  IgnoreBrokenPipes();
  EXPECT_EQ(std::signal(SIGPIPE, before), &Handler);
}

}  // namespace
}  // namespace sluice::net
