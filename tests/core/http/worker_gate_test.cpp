// SPDX-License-Identifier: MIT
#include "core/http/worker_gate.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <thread>
#include <vector>

#include "tests/core/http/server_fixture.hpp"

namespace sluice::http {
namespace {

using testing::Eventually;
using testing::Gate;

/// Threads that take turns, each of which works on as many events as the test hands out.
class WorkerGateTest : public ::testing::Test {
 protected:
  WorkerGateTest() {
    for (std::size_t i = 0; i < kWorkers; ++i) threads_.emplace_back([this, i] { Work(i); });
  }
  ~WorkerGateTest() override {
    stop_ = true;
    go_on_.Open();
    gate_.Stop();
    for (auto& thread : threads_) thread.join();
  }

  void Work(std::size_t index) {
    WorkerGate::Worker worker(gate_, index);
    while (worker.AwaitTurn()) {
      ++waiting_;
      const bool event = TakeEvent();
      --waiting_;
      if (!event) return;
      worker.Begin();
      ++working_;
      if (absent_) {
        const net::Absence absence;
        go_on_.Wait();
      } else {
        go_on_.Wait();
      }
      --working_;
    }
  }
  bool TakeEvent() {
    for (int left = events_; !stop_; left = events_) {
      if (left > 0 && events_.compare_exchange_strong(left, left - 1)) return true;
      std::this_thread::yield();
    }
    return false;
  }

  static constexpr std::size_t kWorkers = 8;
  std::atomic<bool> stop_ = false;
  std::atomic<bool> absent_ = false;
  std::atomic<int> events_ = 0;
  std::atomic<int> waiting_ = 0;
  std::atomic<int> working_ = 0;
  Gate go_on_;
  WorkerGate gate_{kWorkers, 2};
  std::vector<std::thread> threads_;
};

TEST_F(WorkerGateTest, LetsNoMoreWaitThanAreWanted) {
  go_on_.Open();  // work takes no time
  events_ = 1000;

  EXPECT_TRUE(Eventually([&] { return events_ == 0 && waiting_ == 2; }));
}

TEST_F(WorkerGateTest, OthersTakeThePlacesOfThoseWhoSayThatTheyWait) {
  absent_ = true;
  events_ = 6;

  EXPECT_TRUE(Eventually([&] { return working_ == 6 && waiting_ == 2; }));

  go_on_.Open();
  EXPECT_TRUE(Eventually([&] { return working_ == 0 && waiting_ == 2; })) << "and step back afterwards";
}

TEST_F(WorkerGateTest, OthersTakeThePlacesOfThoseWhoAreHeldUp) {
  events_ = static_cast<int>(kWorkers);

  EXPECT_TRUE(Eventually([&] { return working_ == static_cast<int>(kWorkers); }));

  go_on_.Open();
  EXPECT_TRUE(Eventually([&] {
    // More may have come than are wanted: each steps back after its next piece of work.
    if (events_ == 0 && working_ == 0 && waiting_ > 2) events_ = 1;
    return events_ == 0 && working_ == 0 && waiting_ == 2;
  })) << "and step back afterwards";
}

TEST_F(WorkerGateTest, FillsEveryPlaceOfThoseWhoAreHeldUpAtOneTime) {
  ASSERT_TRUE(Eventually([&] { return waiting_ == 2; }));

  events_ = 2;

  // One more if they were found to be held up one after the other.
  EXPECT_TRUE(Eventually([&] { return working_ == 2 && waiting_ >= 2; }));
}

TEST_F(WorkerGateTest, FindsThoseWhoAreHeldUpAfterALongPause) {
  ASSERT_TRUE(Eventually([&] { return waiting_ == 2; }));
  ASSERT_TRUE(Eventually([&] { return gate_.dozes(); }));

  events_ = 3;

  EXPECT_TRUE(Eventually([&] { return working_ == 3; }));
}

TEST(AbsenceTest, TellsOfTheOutermostOnly) {
  struct Counting final : net::AbsenceListener {
    void Left() override { ++left; }
    void Returned() override { ++returned; }
    int left = 0;
    int returned = 0;
  } counting;
  net::SetAbsenceListener(&counting);
  {
    const net::Absence outer;
    const net::Absence inner;
    EXPECT_EQ(counting.left, 1);
  }
  net::SetAbsenceListener(nullptr);
  { const net::Absence unheard; }

  EXPECT_EQ(counting.left, 1);
  EXPECT_EQ(counting.returned, 1);
}

}  // namespace
}  // namespace sluice::http
