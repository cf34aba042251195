// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Resumer: asks upstreams for the rest of bodies that broke off, on threads that may block.

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "core/relay/relay.hpp"

namespace sluice::relay {

class Lane;

/// Threads: [any]; Stop by one thread.
class Resumer {
 public:
  struct Task {
    Resume resume;
    std::uint64_t sent = 0;
    Lane* lane = nullptr;  ///< Gets the answer.
    std::uint64_t id = 0;
    std::shared_ptr<const std::atomic<bool>> cancelled;  ///< By the lane: the stream has ended.
  };

  Resumer();
  ~Resumer() { Stop(); }
  Resumer(const Resumer&) = delete;
  Resumer& operator=(const Resumer&) = delete;

  /// \param task  answered with nothing at once when as many wait as are sensible: a whole origin has gone.
  void Start(Task task);
  /// Waits for the tasks under way and drops the others.
  void Stop();

 private:
  void Work();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Task> tasks_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace sluice::relay
