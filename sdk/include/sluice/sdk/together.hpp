// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Together: several blocking calls at a time, within one call.

#include <sluice/sdk/host.hpp>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <span>

namespace sluice::sdk {

/// Runs `parts` side by side, and returns when all have ended: the last one, and those for which the host has no thread
/// free, on the caller's own thread. A part keeps to the deadline of `call` by itself, and lets no exception out.
/// Threads: [any].
inline void Together(const Host& host, const Call& call, std::span<const std::function<void()>> parts) {
  if (parts.empty()) return;
  std::mutex mutex;
  std::condition_variable ended;
  std::size_t running = 0;
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::min<Call::Clock::duration>(call.remaining(), std::chrono::minutes(10)));
  std::size_t own = parts.size() - 1;
  for (std::size_t i = 0; i + 1 < parts.size() && left.count() > 0; ++i) {
    {
      const std::lock_guard lock(mutex);
      ++running;
    }
    const auto started = host.tasks().Start(call, left, [&, i](const Call&) {
      parts[i]();
      const std::lock_guard lock(mutex);
      --running;
      ended.notify_all();
    });
    if (started) continue;
    const std::lock_guard lock(mutex);
    --running;
    own = i;
    break;
  }
  if (left.count() <= 0) own = 0;
  for (; own < parts.size(); ++own) parts[own]();
  std::unique_lock lock(mutex);
  ended.wait(lock, [&] { return running == 0; });
}

}  // namespace sluice::sdk
