// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// The steady clock at the kernel's last tick.

#include <time.h>

#include <chrono>

namespace sluice::net {

/// Up to 10 ms ago (a tick of the kernel): for limits that are much longer. Reading the exact clock costs several times
/// as much, and a request reads it some twenty times. Threads: [any].
inline std::chrono::steady_clock::time_point CoarseNow() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC_COARSE, &now);  // the same epoch as the exact one
  return std::chrono::steady_clock::time_point(std::chrono::seconds(now.tv_sec) +
                                               std::chrono::nanoseconds(now.tv_nsec));
}

}  // namespace sluice::net
