// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Together: several blocking calls at a time, within one call.

#include <sluice/sdk/host.hpp>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <mutex>
#include <span>

namespace sluice::sdk {

/// Runs `parts` side by side, and returns when all have ended: the last one, and those for which the host has no thread
/// free, on the caller's own thread. A part keeps to the deadline of `call` by itself. What the first of them throws is
/// thrown when all have ended. Threads: [any].
inline void Together(const Host& host, const Call& call, std::span<const std::function<void()>> parts) {
  if (parts.empty()) return;
  std::mutex mutex;
  std::condition_variable ended;
  std::size_t running = 0;
  std::exception_ptr thrown;
  const auto run = [&](std::size_t i) noexcept {
    try {
      parts[i]();
    } catch (...) {
      const std::lock_guard lock(mutex);
      if (!thrown) thrown = std::current_exception();
    }
  };
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::min<Call::Clock::duration>(call.remaining(), std::chrono::minutes(10)));
  std::size_t own = left.count() > 0 ? parts.size() - 1 : 0;
  for (std::size_t i = 0; i < own; ++i) {
    {
      const std::lock_guard lock(mutex);
      ++running;
    }
    const auto started = host.tasks().Start(call, left, [&, i](const Call&) {
      run(i);
      const std::lock_guard lock(mutex);
      --running;
      ended.notify_all();
    });
    if (started) continue;
    const std::lock_guard lock(mutex);
    --running;
    own = i;
  }
  for (; own < parts.size(); ++own) run(own);
  std::unique_lock lock(mutex);
  ended.wait(lock, [&] { return running == 0; });
  if (thrown) std::rethrow_exception(thrown);
}

}  // namespace sluice::sdk
