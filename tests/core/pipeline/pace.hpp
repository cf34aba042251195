// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Pace: turns at a fixed interval, for tests of which the passing of time is the subject.

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace sluice::pipeline::testing {

/// The turns do not drift: one that came late is followed by a shorter wait.
class Pace {
 public:
  explicit Pace(std::chrono::milliseconds interval) : interval_(interval) {}
  /// Returns when the next turn has come. Nothing can make it come earlier.
  void Wait() {
    std::unique_lock lock(mutex_);
    never_.wait_until(lock, next_ += interval_, [] { return false; });
  }

 private:
  const std::chrono::milliseconds interval_;
  std::chrono::steady_clock::time_point next_ = std::chrono::steady_clock::now();
  std::mutex mutex_;
  std::condition_variable never_;
};

}  // namespace sluice::pipeline::testing
