// SPDX-License-Identifier: MIT
#include "core/plugin/task_threads.hpp"

#include <gtest/gtest.h>

#include <future>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "core/net/own_call.hpp"

namespace sluice::plugin::testing {
namespace {

using namespace std::chrono_literals;

// A test drains before it ends: tasks use what lies on its stack.
class TaskThreadsTest : public ::testing::Test {
 protected:
  TaskThreads threads_{2};
  std::optional<InstanceTasks> tasks_{std::in_place, threads_};
  const net::OwnCall call_{std::chrono::steady_clock::now() + 30s,
                           net::OwnCall::Never(),
                           {.request_id = "r-1", .client_ip = "192.0.2.1", .traceparent = "00-1"}};
};

TEST_F(TaskThreadsTest, RunsATaskOnAnotherThreadForWhomTheCallIsMade) {
  std::promise<std::string> facts;
  std::promise<std::thread::id> thread;

  const auto started = tasks_->Start(call_.call(), 5s, [&](const sdk::Call& call) {
    facts.set_value(std::string(call.request_id()) + " " + std::string(call.client_ip()) + " " +
                    std::string(call.traceparent()) + (call.remaining() > 5s ? " too long" : "") +
                    (call.cancelled() ? " cancelled" : ""));
    thread.set_value(std::this_thread::get_id());
  });

  ASSERT_TRUE(started) << started.error().message;
  EXPECT_EQ(facts.get_future().get(), "r-1 192.0.2.1 00-1");
  EXPECT_NE(thread.get_future().get(), std::this_thread::get_id());
  tasks_->Drain();
}

TEST_F(TaskThreadsTest, SaysWhenNoThreadIsFreeAndTakesMoreLater) {
  std::promise<void> go;
  const auto gate = go.get_future().share();
  ASSERT_TRUE(tasks_->Start(call_.call(), 30s, [&](const sdk::Call&) { gate.wait(); }));
  ASSERT_TRUE(tasks_->Start(call_.call(), 30s, [&](const sdk::Call&) { gate.wait(); }));

  const auto refused = tasks_->Start(call_.call(), 30s, [&](const sdk::Call&) { ADD_FAILURE() << "it ran"; });
  go.set_value();

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, sdk::Errc::kRateLimited);
  std::promise<void> ran;
  while (!tasks_->Start(call_.call(), 30s, [&](const sdk::Call&) { ran.set_value(); })) std::this_thread::yield();
  ran.get_future().get();
  tasks_->Drain();
}

TEST_F(TaskThreadsTest, CancelsAndAwaitsTasksWhenTheInstanceGoes) {
  std::promise<void> began;
  std::atomic<bool> ended{false};
  ASSERT_TRUE(tasks_->Start(call_.call(), 10min, [&](const sdk::Call& call) {
    began.set_value();
    while (!call.cancelled()) std::this_thread::yield();
    ended = true;
  }));
  began.get_future().get();

  tasks_->Drain();

  EXPECT_TRUE(ended);
  const auto late = tasks_->Start(call_.call(), 1s, [](const sdk::Call&) { ADD_FAILURE() << "it ran"; });
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, sdk::Errc::kCancelled);
}

TEST_F(TaskThreadsTest, OutlivesTheCallThatStartedIt) {
  std::promise<std::string> id;
  {
    const net::OwnCall brief(std::chrono::steady_clock::now(), net::OwnCall::Never(), {.request_id = "brief"});
    ASSERT_TRUE(brief.call().expired());
    ASSERT_TRUE(tasks_->Start(brief.call(), 5s, [&](const sdk::Call& call) {
      id.set_value(std::string(call.request_id()) + (call.expired() ? " expired" : ""));
    }));
  }
  EXPECT_EQ(id.get_future().get(), "brief");
  tasks_->Drain();
}

TEST_F(TaskThreadsTest, RefusesTimesThatCannotBe) {
  for (const auto timeout : {0ms, -1ms, 600'001ms}) {
    const auto refused = tasks_->Start(call_.call(), timeout, [](const sdk::Call&) { ADD_FAILURE() << "it ran"; });
    ASSERT_FALSE(refused) << timeout.count();
    EXPECT_EQ(refused.error().code, sdk::Errc::kInvalidArgument);
  }
}

}  // namespace
}  // namespace sluice::plugin::testing
