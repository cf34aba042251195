// SPDX-License-Identifier: MIT
#include "indexer/common/searches.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "tests/plugins/indexer/support.hpp"

namespace sluice::plugins::indexer {
namespace {

using namespace std::chrono_literals;
using sdk::testing::CallFor;
using sdk::testing::CancelledCall;
using sdk::testing::CollectedReleases;
using sdk::testing::ExpiredCall;
using sdk::testing::TestCall;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

sdk::Release ReleaseOf(const std::string& title) {
  return {.title = title, .torrent_url = "https://t.example/" + title};
}

/// Closed at first.
struct Gate {
  void Open() {
    const std::lock_guard lock(mutex);
    is_open = true;
    opened.notify_all();
  }
  void Pass() {
    std::unique_lock lock(mutex);
    opened.wait(lock, [&] { return is_open; });
  }
  std::mutex mutex;
  std::condition_variable opened;
  bool is_open = false;
};

class SearchesTest : public ::testing::Test {
 protected:
  ~SearchesTest() override { gate_.Open(); }

  static Searches::Limits LimitsOf(std::chrono::seconds life = 600s, std::size_t max_bytes = 1 << 20) {
    return {.timeout = 10s, .life = life, .max_bytes = max_bytes};
  }
  /// Finds these.
  Searches::Work Finding(std::vector<std::string> titles) {
    return [this, titles = std::move(titles)](const sdk::Call&, Findings& findings) {
      ++made_;
      for (const auto& title : titles) findings.Add(ReleaseOf(title));
      return sdk::Ok();
    };
  }
  /// Finds one, and another behind the gate.
  Searches::Work FindingSlowly() {
    return [this](const sdk::Call&, Findings& findings) {
      ++made_;
      findings.Add(ReleaseOf("first"));
      gate_.Pass();
      findings.Add(ReleaseOf("second"));
      return sdk::Ok();
    };
  }
  std::vector<std::string> Run(Searches& searches, const std::string& id, const Searches::Work& work,
                               std::uint32_t limit = 100) {
    CollectedReleases found;
    EXPECT_EQ(VerdictOf(searches.Run(AnyCall(), id, limit, found, work)), "ok");
    return TitlesOf(found.values);
  }
  double Counted(const std::string& outcome) const { return host_.metrics.Value("searches_total", {outcome}); }

  Gate gate_;
  std::atomic<int> made_ = 0;
  FakeHost host_;
};

TEST_F(SearchesTest, RemembersWhatWasFoundForItsTime) {
  Searches searches(host_.host(), LimitsOf(60s));

  EXPECT_THAT(Run(searches, "a", Finding({"x", "y"})), ElementsAre("x", "y"));
  host_.clock.Advance(59s);
  EXPECT_THAT(Run(searches, "a", Finding({"z"})), ElementsAre("x", "y"));
  EXPECT_THAT(Run(searches, "b", Finding({"z"})), ElementsAre("z"));
  host_.clock.Advance(2s);
  EXPECT_THAT(Run(searches, "a", Finding({"z"})), ElementsAre("z"));

  EXPECT_EQ(made_, 3);
  EXPECT_EQ(Counted("known"), 1);
  EXPECT_EQ(Counted("whole"), 3);
}

TEST_F(SearchesTest, RemembersNothingWithoutATime) {
  Searches searches(host_.host(), LimitsOf(0s));

  Run(searches, "a", Finding({"x"}));
  Run(searches, "a", Finding({"x"}));

  EXPECT_EQ(made_, 2);
}

TEST_F(SearchesTest, HandsOutTheSameTwiceToNobodyAndNoMoreThanTheLimit) {
  Searches searches(host_.host(), LimitsOf());

  EXPECT_THAT(Run(searches, "a", Finding({"x", "x", "y", "x", "z"})), ElementsAre("x", "y", "z"));
  EXPECT_THAT(Run(searches, "a", Finding({}), 2), ElementsAre("x", "y"));
  CollectedReleases one(1);
  EXPECT_TRUE(searches.Run(AnyCall(), "a", 100, one, Finding({})));
  EXPECT_EQ(one.values.size(), 1U);
}

TEST_F(SearchesTest, HandsOutWhatComesWhileTheRestIsOnItsWay) {
  Searches searches(host_.host(), LimitsOf());
  Arrivals sink;
  std::thread caller([&] { EXPECT_EQ(VerdictOf(searches.Run(AnyCall(), "a", 100, sink, FindingSlowly())), "ok"); });

  EXPECT_TRUE(sink.WaitFor(1));
  gate_.Open();
  caller.join();

  EXPECT_THAT(TitlesOf(sink.values), ElementsAre("first", "second"));
}

TEST_F(SearchesTest, KeepsWhatComesAfterTheDeadline) {
  Searches searches(host_.host(), LimitsOf());
  CollectedReleases found;

  const auto status = searches.Run(CallFor(100ms), "a", 100, found, FindingSlowly());
  gate_.Open();
  host_.tasks.Wait();

  EXPECT_EQ(VerdictOf(status), "7 no time is left to wait for the index");
  EXPECT_THAT(TitlesOf(found.values), ElementsAre("first"));
  EXPECT_THAT(Run(searches, "a", Finding({"never"})), ElementsAre("first", "second"));
  EXPECT_EQ(made_, 1);
}

TEST_F(SearchesTest, MakesOneSearchForAllWhoAskAtOnce) {
  Searches searches(host_.host(), LimitsOf());
  Arrivals first;
  std::thread leader([&] { EXPECT_TRUE(searches.Run(AnyCall(), "a", 100, first, FindingSlowly())); });
  EXPECT_TRUE(first.WaitFor(1));
  std::vector<Arrivals> others(7);
  std::vector<std::thread> threads;
  for (auto& sink : others) {
    threads.emplace_back([&] { EXPECT_TRUE(searches.Run(AnyCall(), "a", 100, sink, Finding({"never"}))); });
    EXPECT_TRUE(sink.WaitFor(1));
  }

  gate_.Open();
  leader.join();
  for (auto& thread : threads) thread.join();

  EXPECT_EQ(made_, 1);
  EXPECT_EQ(Counted("waited"), 7);
  for (const auto& sink : others) EXPECT_THAT(TitlesOf(sink.values), ElementsAre("first", "second"));
}

TEST_F(SearchesTest, LeavesWithTheViewerWhoIsGone) {
  Searches searches(host_.host(), LimitsOf());
  Arrivals sink;
  TestCall call;
  std::string verdict;
  std::thread caller([&] { verdict = VerdictOf(searches.Run(call, "a", 100, sink, FindingSlowly())); });
  EXPECT_TRUE(sink.WaitFor(1));

  call.Cancel();
  caller.join();

  EXPECT_EQ(verdict, "8 the viewer is gone");
  CollectedReleases none;
  EXPECT_EQ(VerdictOf(searches.Run(CancelledCall(), "b", 100, none, Finding({"x"}))), "8 the viewer is gone");
  EXPECT_EQ(VerdictOf(searches.Run(ExpiredCall(), "b", 100, none, Finding({"x"}))),
            "7 no time is left to wait for the index");
  EXPECT_THAT(none.values, IsEmpty());
}

TEST_F(SearchesTest, TellsFailuresAndForgetsThem) {
  Searches searches(host_.host(), LimitsOf());
  CollectedReleases none;
  const auto fail = [this](const sdk::Call&, Findings&) {
    ++made_;
    return sdk::Status(sdk::Error{.code = sdk::Errc::kUnauthenticated, .message = "no"});
  };

  EXPECT_EQ(VerdictOf(searches.Run(AnyCall(), "a", 100, none, fail)), "3 no");
  EXPECT_EQ(VerdictOf(searches.Run(AnyCall(), "a", 100, none, fail)), "3 no");

  EXPECT_EQ(made_, 2);
  EXPECT_EQ(Counted("failed"), 2);
}

TEST_F(SearchesTest, RemembersAPartForAMinute) {
  Searches searches(host_.host(), LimitsOf());
  const auto part = [this](const sdk::Call&, Findings& findings) {
    ++made_;
    findings.Add(ReleaseOf("x"));
    return sdk::Status(sdk::Error{.code = sdk::Errc::kUpstreamFailed, .message = "the rest is lost"});
  };

  EXPECT_THAT(Run(searches, "a", part), ElementsAre("x"));
  host_.clock.Advance(59s);
  EXPECT_THAT(Run(searches, "a", part), ElementsAre("x"));
  host_.clock.Advance(2s);
  EXPECT_THAT(Run(searches, "a", part), ElementsAre("x"));

  EXPECT_EQ(made_, 2);
  EXPECT_EQ(Counted("partial"), 2);
}

TEST_F(SearchesTest, EndsASearchThatTakesTooLong) {
  Searches searches(host_.host(), LimitsOf());
  CollectedReleases none;

  EXPECT_EQ(
      VerdictOf(searches.Run(AnyCall(), "a", 100, none,
                             [](const sdk::Call&, Findings&) {
                               return sdk::Status(sdk::Error{.code = sdk::Errc::kDeadlineExceeded, .message = "late"});
                             })),
      "6 the index: no answer in time");
}

TEST_F(SearchesTest, SearchesOnTheCallersThreadWithoutAnother) {
  host_.tasks.SetMost(0);
  Searches searches(host_.host(), LimitsOf());
  std::thread::id worker;

  Run(searches, "a", [&](const sdk::Call&, Findings& findings) {
    worker = std::this_thread::get_id();
    findings.Add(ReleaseOf("x"));
    return sdk::Ok();
  });

  EXPECT_EQ(worker, std::this_thread::get_id());
  EXPECT_THAT(Run(searches, "a", Finding({"never"})), ElementsAre("x"));
}

TEST_F(SearchesTest, SearchesAnewWhenWhoeverSearchedHasLeft) {
  host_.tasks.SetMost(0);
  Searches searches(host_.host(), LimitsOf());
  Arrivals sink;
  TestCall leaving;
  Gate searching;
  std::thread first([&] {
    const auto status = searches.Run(leaving, "a", 100, sink, [&](const sdk::Call& call, Findings& findings) {
      findings.Add(ReleaseOf("x"));
      searching.Open();
      gate_.Pass();
      EXPECT_TRUE(call.cancelled());
      return sdk::Status(sdk::Error{.code = sdk::Errc::kCancelled, .message = "gone"});
    });
    EXPECT_EQ(VerdictOf(status), "8 gone");
  });
  searching.Pass();
  Arrivals other;
  std::thread second([&] {
    EXPECT_EQ(VerdictOf(searches.Run(AnyCall(), "a", 100, other,
                                     [](const sdk::Call&, Findings& findings) {
                                       findings.Add(ReleaseOf("x"));
                                       findings.Add(ReleaseOf("y"));
                                       return sdk::Ok();
                                     })),
              "ok");
  });

  EXPECT_TRUE(other.WaitFor(1));
  leaving.Cancel();
  gate_.Open();
  first.join();
  second.join();

  EXPECT_THAT(TitlesOf(other.values), ElementsAre("x", "y"));
}

TEST_F(SearchesTest, SurvivesAnException) {
  Searches searches(host_.host(), LimitsOf());
  CollectedReleases none;

  EXPECT_EQ(VerdictOf(searches.Run(AnyCall(), "a", 100, none,
                                   [](const sdk::Call&, Findings&) -> sdk::Status { throw std::runtime_error("x"); })),
            "10 the search ended with an exception");
}

TEST_F(SearchesTest, DropsTheLeastRecentlyUsedForWantOfRoom) {
  Searches searches(host_.host(), LimitsOf(600s, 40'000));
  const std::string title(5000, 'x');

  Run(searches, "a", Finding({title}));
  Run(searches, "b", Finding({"b"}));
  Run(searches, "a", Finding({}));
  Run(searches, "c", Finding({title, title + "2"}));
  made_ = 0;
  Run(searches, "b", Finding({}));
  Run(searches, "c", Finding({}));

  EXPECT_EQ(made_, 1) << "b had to go, and c is there";
}

}  // namespace
}  // namespace sluice::plugins::indexer
