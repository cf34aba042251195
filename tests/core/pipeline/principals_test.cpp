// SPDX-License-Identifier: MIT
#include "core/pipeline/principals.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <thread>

namespace sluice::pipeline {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Count = Principals::Count;

/// Prints entries that differ.
std::vector<std::string> Lines(const Principals& principals) {
  std::vector<std::string> lines;
  for (const auto& entry : principals.Look().entries) {
    lines.push_back(entry.principal + "@" + entry.pipeline + " " + std::to_string(entry.active.streams) + "/" +
                    std::to_string(entry.active.bytes) + " of " + std::to_string(entry.total.streams) + "/" +
                    std::to_string(entry.total.bytes));
  }
  return lines;
}

TEST(PrincipalsTest, CountsWhatIsUnderWayAndWhatHasBeen) {
  Principals principals;
  EXPECT_THAT(Lines(principals), IsEmpty());

  auto film = principals.Enter("vod", "ann", 0);
  EXPECT_THAT(Lines(principals), ElementsAre("ann@vod 0/0 of 0/0"));
  film->BeginStream();
  film->Reach(10);
  auto playlist = principals.Enter("vod", "ann", 0);
  playlist->Reach(3);
  EXPECT_THAT(Lines(principals), ElementsAre("ann@vod 1/10 of 1/13")) << "a playlist is no stream";

  film->Reach(25);
  film->Reach(24);
  EXPECT_THAT(Lines(principals), ElementsAre("ann@vod 1/25 of 1/28"));
  film.reset();
  playlist.reset();
  EXPECT_THAT(Lines(principals), ElementsAre("ann@vod 0/0 of 1/28"));
}

TEST(PrincipalsTest, WhatWasSentBeforeTheStreamBeganIsOfTheStream) {
  Principals principals;
  const auto film = principals.Enter("vod", "ann", 0);

  film->Reach(4);
  film->BeginStream();

  EXPECT_THAT(Lines(principals), ElementsAre("ann@vod 1/4 of 1/4"));
}

TEST(PrincipalsTest, KeepsPrincipalsAndPipelinesApart) {
  Principals principals;
  for (const auto& [pipeline, principal] : {std::pair{"b", "ann"}, {"a", "bob"}, {"a", "ann"}, {"a", "ann"}}) {
    principals.Enter(pipeline, principal, 0)->BeginStream();
  }

  EXPECT_THAT(Lines(principals), ElementsAre("ann@a 0/0 of 2/0", "ann@b 0/0 of 1/0", "bob@a 0/0 of 1/0"));
}

TEST(PrincipalsTest, LetsInAsManyAsTheLimitSays) {
  struct Case {
    std::uint32_t limit;
    std::size_t under_way;
    bool enters;
  };
  for (const auto& [limit, under_way, enters] :
       {Case{1, 0, true}, {1, 1, false}, {2, 1, true}, {2, 2, false}, {2, 5, false}, {0, 5, true}}) {
    Principals principals;
    std::vector<std::shared_ptr<Principals::Response>> held;
    while (held.size() < under_way) held.push_back(principals.Enter("p", "ann", 0));

    EXPECT_EQ(principals.Enter("p", "ann", limit) != nullptr, enters) << limit << " " << under_way;
    EXPECT_NE(principals.Enter("p", "bob", limit), nullptr) << "another principal";
    EXPECT_NE(principals.Enter("q", "ann", limit), nullptr) << "another pipeline";
    held.clear();
    EXPECT_NE(principals.Enter("p", "ann", limit), nullptr) << "given back";
  }
}

TEST(PrincipalsTest, ForgetsWhoWasThereLongestAgo) {
  Principals principals(2);
  const auto visit = [&](const std::string& who) { principals.Enter("p", who, 0)->BeginStream(); };
  visit("ann");
  visit("bob");
  visit("ann");
  visit("cid");

  EXPECT_THAT(Lines(principals), ElementsAre("ann@p 0/0 of 2/0", "cid@p 0/0 of 1/0"));
  EXPECT_EQ(principals.Look().forgotten, 1U);
  visit("bob");
  EXPECT_THAT(Lines(principals), ElementsAre("bob@p 0/0 of 1/0", "cid@p 0/0 of 1/0"));
  EXPECT_EQ(principals.Look().forgotten, 2U);
}

TEST(PrincipalsTest, ForgetsNobodyWithSomethingUnderWay) {
  Principals principals(1);
  auto film = principals.Enter("p", "ann", 0);
  film->BeginStream();
  for (const auto* const who : {"bob", "cid", "dan"}) principals.Enter("p", who, 0).reset();

  EXPECT_THAT(Lines(principals), ElementsAre("ann@p 1/0 of 1/0", "dan@p 0/0 of 0/0"));
  film.reset();
  EXPECT_THAT(Lines(principals), ElementsAre("ann@p 0/0 of 1/0"));
}

TEST(PrincipalsTest, ManyThreadsNeverExceedTheLimit) {
  constexpr std::uint32_t kLimit = 3;
  Principals principals(1);
  std::atomic<std::uint32_t> now = 0;
  std::atomic<std::uint32_t> most = 0;
  std::atomic<std::uint64_t> entered = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&, i] {
        for (int k = 0; k < 2'000; ++k) {
          principals.Enter("p", "guest " + std::to_string(i), 0).reset();  // makes room, and is made room for
          const auto response = principals.Enter("p", "ann", kLimit);
          if (!response) continue;
          const auto here = ++now;
          for (auto seen = most.load(); here > seen && !most.compare_exchange_weak(seen, here);) continue;
          response->BeginStream();
          response->Reach(10);
          ++entered;
          --now;
        }
      });
    }
  }
  auto last = principals.Enter("p", "ann", 1);
  ASSERT_NE(last, nullptr) << "all has been given back";

  EXPECT_LE(most, kLimit);
  EXPECT_LE(principals.Look().entries.size(), 2U);
  for (const auto& entry : principals.Look().entries) EXPECT_EQ(entry.active, Count());
}

}  // namespace
}  // namespace sluice::pipeline
