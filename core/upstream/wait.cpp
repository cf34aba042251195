// SPDX-License-Identifier: MIT
#include "core/upstream/wait.hpp"

#include <poll.h>
#include <time.h>

#include <algorithm>
#include <cerrno>

#include "core/net/absence.hpp"

namespace sluice::upstream {
namespace {

/// Whether the viewer is there costs a system call: it is not asked for an upstream that answers at once.
constexpr std::chrono::milliseconds kFirstSlice{10};
/// What comes as soon as this is not worth waking another thread for.
constexpr std::chrono::microseconds kGlance{100};

bool IsReady(const Awaited& awaited, std::chrono::nanoseconds span) {
  pollfd watched{awaited.fd, awaited.events, 0};
  const timespec limit{.tv_sec = 0, .tv_nsec = span.count()};
  return ::ppoll(&watched, 1, &limit, nullptr) > 0;
}

}  // namespace

Wait WaitFor(const Awaited& awaited, const sdk::Call& call) {
  if (Clock::now() >= awaited.until) return Wait::kTimeout;
  if (IsReady(awaited, kGlance)) return Wait::kReady;
  const net::Absence absence;
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
