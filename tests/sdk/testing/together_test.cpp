// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <sluice/sdk/testing/calls.hpp>
#include <sluice/sdk/testing/fake_host.hpp>
#include <sluice/sdk/together.hpp>

#include <array>
#include <latch>
#include <set>
#include <thread>

namespace sluice::sdk::testing {
namespace {

using Parts = std::vector<std::function<void()>>;

TEST(TogetherTest, RunsItsPartsSideBySide) {
  FakeHost host;
  std::latch all_there(3);
  std::array<std::thread::id, 3> threads;
  Parts parts;
  for (auto& thread : threads) {
    parts.push_back([&] {
      all_there.arrive_and_wait();  // none goes on before all have come
      thread = std::this_thread::get_id();
    });
  }

  Together(host.host(), AnyCall(), parts);

  EXPECT_EQ(std::set(threads.begin(), threads.end()).size(), 3U);
  EXPECT_EQ(threads.back(), std::this_thread::get_id()) << "the last one on the caller's own";
}

TEST(TogetherTest, RunsWhatNoThreadIsFreeForOnTheCallersOwn) {
  for (const std::size_t free : {0U, 1U, 2U, 5U}) {
    FakeHost host;
    host.tasks.SetMost(free);
    std::array<std::atomic<int>, 4> ran{};
    Parts parts;
    for (auto& count : ran) parts.push_back([&] { ++count; });

    Together(host.host(), AnyCall(), parts);

    for (const auto& count : ran) EXPECT_EQ(count, 1) << free;
  }
}

TEST(TogetherTest, RunsItsPartsWhenTheCallIsOverAndWithoutTheService) {
  auto without = FakeHost::Without({"sluice.tasks/1"});
  FakeHost with;
  int ran = 0;
  const Parts parts(3, [&] { ++ran; });

  Together(without.host(), AnyCall(), parts);
  EXPECT_EQ(ran, 3);
  Together(with.host(), ExpiredCall(), parts);
  EXPECT_EQ(ran, 6);
  Together(with.host(), AnyCall(), {});
  EXPECT_EQ(ran, 6);
}

TEST(TogetherTest, ThrowsWhatAPartThrewWhenAllHaveEnded) {
  for (const std::size_t free : {0U, 5U}) {
    FakeHost host;
    host.tasks.SetMost(free);
    std::atomic<int> ran = 0;
    const Parts parts{[&] { ++ran; },
                      [&]() {
                        ++ran;
                        throw std::runtime_error("out of order");
                      },
                      [&] { ++ran; }};

    EXPECT_THROW(Together(host.host(), AnyCall(), parts), std::runtime_error);
    EXPECT_EQ(ran, 3) << free;
  }
}

TEST(FakeTasksTest, CarriesTheRequestAndCountsWhatRuns) {
  FakeHost host;
  std::string seen;
  const TestCall call(CallOptions{.request_id = "r1", .client_ip = "192.0.2.1"});

  ASSERT_TRUE(host.host().tasks().Start(call, std::chrono::seconds(5), [&](const Call& running) {
    seen = std::string(running.request_id()) + " " + std::string(running.client_ip());
  }));
  host.tasks.Wait();

  EXPECT_EQ(seen, "r1 192.0.2.1");
  const auto refused = host.host().tasks().Start(call, {}, [](const Call&) {});
  EXPECT_EQ(refused.error().code, Errc::kInvalidArgument);
}

TEST(FakeTasksTest, ATaskThatThrowsEndsAlone) {
  FakeHost host;

  ASSERT_TRUE(host.host().tasks().Start(AnyCall(), std::chrono::seconds(5),
                                        [](const Call&) { throw std::runtime_error("out of order"); }));
  host.tasks.Wait();
}

}  // namespace
}  // namespace sluice::sdk::testing
