// SPDX-License-Identifier: MIT
#include "core/relay/pipe_pool.hpp"

#include <gtest/gtest.h>
#include <linux/capability.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <set>
#include <thread>
#include <vector>

namespace sluice::relay {
namespace {

constexpr std::chrono::steady_clock::time_point kNow{std::chrono::hours(1)};

/// Runs `body` in a thread whose pipes count against the user's share, which root's do not.
template <typename Body>
void AsAnyUser(Body body) {
  std::thread([&] {
    __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
    std::array<__user_cap_data_struct, 2> capabilities{};
    ASSERT_EQ(::syscall(SYS_capget, &header, capabilities.data()), 0);
    capabilities[0].effective &= ~(CAP_TO_MASK(CAP_SYS_RESOURCE) | CAP_TO_MASK(CAP_SYS_ADMIN));
    ASSERT_EQ(::syscall(SYS_capset, &header, capabilities.data()), 0);
    body();
  }).join();
}

/// How many large pipes a user may have; 0: any number.
std::size_t ShareInPipes() {
  std::size_t pages = 0;
  std::ifstream("/proc/sys/fs/pipe-user-pages-soft") >> pages;
  return pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)) / PipePool::kLargeBytes;
}

std::vector<Pipe> TakeAll(PipePool& pool, std::size_t count) {
  std::vector<Pipe> pipes;
  for (std::size_t i = 0; i < count; ++i) {
    auto pipe = pool.Take(kNow);
    if (!pipe) break;
    pipes.push_back(std::move(pipe));
  }
  return pipes;
}

std::set<int> Descriptors(const std::vector<Pipe>& pipes) {
  std::set<int> all;
  for (const auto& pipe : pipes) all.insert(pipe.in.get());
  return all;
}

TEST(PipePoolTest, MakesAFewLargeOnesAndLendsThemFirst) {
  PipePool pool(2, 4);
  auto pipes = TakeAll(pool, 5);
  ASSERT_EQ(pipes.size(), 4U) << "and no more than it may";
  EXPECT_EQ(pipes[1].capacity, PipePool::kLargeBytes);
  EXPECT_LT(pipes[2].capacity, PipePool::kLargeBytes);
  const auto large = pipes[1].in.get();

  pool.Give(std::move(pipes[3]));
  pool.Give(std::move(pipes[1]));

  EXPECT_EQ(pool.Take(kNow).in.get(), large);
}

TEST(PipePoolTest, ALostOneIsReplacedByOneOfItsSize) {
  PipePool pool(1, 2);
  auto pipes = TakeAll(pool, 2);

  pool.Destroy(std::move(pipes[0]));

  EXPECT_EQ(pool.Take(kNow).capacity, PipePool::kLargeBytes);
}

TEST(PipePoolTest, MakesDoWithSmallOnesWhenTheKernelRefusesLargeOnes) {
  const auto share = ShareInPipes();
  if (share == 0) GTEST_SKIP() << "this kernel refuses nobody";
  const auto count = share + 10;
  AsAnyUser([&] {
    PipePool pool(count, count);
    auto pipes = TakeAll(pool, count);
    ASSERT_EQ(pipes.size(), count);
    EXPECT_LT(pipes.back().capacity, PipePool::kLargeBytes);
    EXPECT_GT(pipes.back().capacity, 0U);
    const auto first = Descriptors(pipes);

    for (auto& pipe : pipes) pool.Give(std::move(pipe));

    EXPECT_EQ(Descriptors(TakeAll(pool, count)), first) << "the small ones are lent again, too";
  });
}

TEST(PipePoolTest, AsksAgainLaterForWhatWasRefused) {
  const auto share = ShareInPipes();
  if (share == 0) GTEST_SKIP() << "this kernel refuses nobody";
  AsAnyUser([&] {
    PipePool other(5, 5);
    PipePool pool(share, share + 10);
    auto of_other = TakeAll(other, 5);
    const auto pipes = TakeAll(pool, share);
    ASSERT_LT(pipes.back().capacity, PipePool::kLargeBytes);

    for (auto& pipe : of_other) other.Destroy(std::move(pipe));

    EXPECT_LT(pool.Take(kNow).capacity, PipePool::kLargeBytes) << "not at once";
    EXPECT_EQ(pool.Take(kNow + PipePool::kRefusalHolds).capacity, PipePool::kLargeBytes);
  });
}

TEST(PipePoolTest, HasNoneWithoutDescriptors) {
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit none{.rlim_cur = 3, .rlim_max = before.rlim_max};
  PipePool pool(1, 1);

  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  const bool without = static_cast<bool>(pool.Take(kNow));
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);

  EXPECT_FALSE(without);
  EXPECT_TRUE(pool.Take(kNow)) << "and makes it once there are some";
}

}  // namespace
}  // namespace sluice::relay
