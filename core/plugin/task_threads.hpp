// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// The threads on which work of plugins runs beside the calls that started it.

#include <Poco/ThreadPool.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <sluice/sdk/services.hpp>

namespace sluice::plugin {

/// Threads that come when they are needed and go when they are not. Shared by all instances. Threads: [any].
class TaskThreads {
 public:
  static constexpr int kMost = 512;

  /// \param most  how many at a time.
  explicit TaskThreads(int most = kMost);
  /// \pre  every InstanceTasks that used it is gone.
  ~TaskThreads();

  /// \returns  false: all are busy.
  bool Run(std::function<void()> work);

 private:
  Poco::ThreadPool pool_;
};

/// "sluice.tasks/1" of one instance. Threads: [any].
class InstanceTasks final : public sdk::TasksService {
 public:
  explicit InstanceTasks(TaskThreads& threads) : threads_(threads) {}
  ~InstanceTasks() { Drain(); }
  InstanceTasks(const InstanceTasks&) = delete;
  InstanceTasks& operator=(const InstanceTasks&) = delete;

  sdk::Status Start(const sdk::Call& call, std::chrono::milliseconds timeout,
                    std::function<void(const sdk::Call&)> task) override;
  /// Cancels what runs, and waits for it; nothing starts any more. \pre  not called by a task.
  void Drain();

 private:
  TaskThreads& threads_;
  std::atomic<bool> cancelled_{false};
  std::mutex mutex_;
  std::condition_variable ended_;
  std::size_t running_ = 0;
};

}  // namespace sluice::plugin
