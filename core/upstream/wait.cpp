// SPDX-License-Identifier: MIT
#include "core/upstream/wait.hpp"

#include <poll.h>

#include <algorithm>
#include <cerrno>

namespace sluice::upstream {
namespace {

/// Whether the viewer is there costs a system call: it is not asked for an upstream that answers at once.
constexpr std::chrono::milliseconds kFirstSlice{10};

}  // namespace

Wait WaitFor(const Awaited& awaited, const sdk::Call& call) {
  for (Clock::duration most = kFirstSlice;; most = kLookAround) {
    const auto now = Clock::now();
    if (now >= awaited.until) return Wait::kTimeout;
    const auto slice = std::min(most, awaited.until - now);
    // Rounded up: a wait of less than a millisecond must not spin.
    const auto millis = std::chrono::ceil<std::chrono::milliseconds>(slice).count();
    pollfd watched{awaited.fd, awaited.events, 0};
    const int ready = ::poll(&watched, 1, static_cast<int>(millis));
    if (ready > 0) return Wait::kReady;
    // Any other error shows again, with its reason, at the read or write that follows.
    if (ready < 0 && errno != EINTR) return Wait::kReady;
    if (call.cancelled()) return Wait::kCancelled;
  }
}

Clock::time_point After(std::chrono::milliseconds span) {
  const auto now = Clock::now();
  if (span >= std::chrono::duration_cast<std::chrono::milliseconds>(Clock::time_point::max() - now)) {
    return Clock::time_point::max();
  }
  return now + span;
}

}  // namespace sluice::upstream
