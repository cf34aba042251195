// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Waiting for a socket without losing sight of the viewer.

#include <chrono>
#include <sluice/sdk/call.hpp>

namespace sluice::upstream {

using Clock = std::chrono::steady_clock;

/// How late it may be noticed that the viewer left.
inline constexpr std::chrono::milliseconds kLookAround{250};

enum class Wait { kReady, kTimeout, kCancelled };

/// Blocks until poll(2) reports `events` (or an error on the socket), `deadline`, or cancellation, which is noticed
/// within kLookAround, and not before the wait has lasted for a moment.
Wait WaitFor(int fd, short events, const sdk::Call& call, Clock::time_point deadline);

/// now + `span`, without overflow.
Clock::time_point After(std::chrono::milliseconds span);

}  // namespace sluice::upstream
