// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Gate: holds whoever comes until a test opens it.

#include <condition_variable>
#include <mutex>

namespace sluice::pipeline::testing {

/// Threads: [any].
class Gate {
 public:
  void Wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return open_; });
  }
  void Open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
};

}  // namespace sluice::pipeline::testing
