// SPDX-License-Identifier: MIT
#include "core/plugin/task_threads.hpp"

#include <Poco/Exception.h>
#include <Poco/Runnable.h>

#include <exception>
#include <memory>
#include <sluice/sdk/detail/running_call.hpp>
#include <utility>

#include "core/net/own_call.hpp"
#include "core/telemetry/log.hpp"

namespace sluice::plugin {
namespace {

constexpr auto kLongest = std::chrono::minutes(10);
constexpr int kIdleSeconds = 60;
constexpr int kStackBytes = 512 * 1024;

/// Deletes itself once it has run.
class Job final : public Poco::Runnable {
 public:
  explicit Job(std::function<void()> work) : work_(std::move(work)) {}
  void run() override {
    const std::unique_ptr<Job> self(this);
    work_();
  }

 private:
  const std::function<void()> work_;
};

}  // namespace

TaskThreads::TaskThreads(int most) : pool_("task", 1, most, kIdleSeconds, kStackBytes) {}
TaskThreads::~TaskThreads() { pool_.joinAll(); }

bool TaskThreads::Run(std::function<void()> work) {
  auto job = std::make_unique<Job>(std::move(work));
  try {
    pool_.start(*job);
  } catch (const Poco::Exception&) {  // NoThreadAvailableException, or the system has none to give
    return false;
  }
  static_cast<void>(job.release());  // it deletes itself
  return true;
}

sdk::Status InstanceTasks::Start(const sdk::Call& call, std::chrono::milliseconds timeout,
                                 std::function<void(const sdk::Call&)> task) {
  if (timeout < std::chrono::milliseconds(1) || timeout > kLongest) {
    return sdk::Error{.code = sdk::Errc::kInvalidArgument, .message = "timeout: want 1 ms to 10 min"};
  }
  {
    const std::lock_guard lock(mutex_);
    if (cancelled_.load()) return sdk::Error{.code = sdk::Errc::kCancelled, .message = "the instance goes"};
    ++running_;
  }
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  const bool runs = threads_.Run([this, deadline, task = std::move(task), facts = net::FactsOf(call)] {
    const net::OwnCall own(deadline, cancelled_, facts);
    const sdk::detail::RunningCall running(sdk::detail::ThreadTag::kWorker, &own.call().abi());
    try {
      task(own.call());
    } catch (const std::exception& exception) {
      telemetry::Log(telemetry::Level::kError, "a task threw", {{"what", exception.what()}});
    }
    const std::lock_guard lock(mutex_);
    --running_;
    ended_.notify_all();
  });
  if (runs) return sdk::Ok();
  const std::lock_guard lock(mutex_);
  --running_;
  ended_.notify_all();
  return sdk::Error{.code = sdk::Errc::kRateLimited, .message = "no thread is free"};
}

void InstanceTasks::Drain() {
  std::unique_lock lock(mutex_);
  cancelled_.store(true);
  ended_.wait(lock, [this] { return running_ == 0; });
}

}  // namespace sluice::plugin
