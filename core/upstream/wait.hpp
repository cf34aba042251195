// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Waiting for a socket without losing sight of the viewer.

#include <chrono>
#include <sluice/sdk/call.hpp>

namespace sluice::upstream {

using Clock = std::chrono::steady_clock;

enum class Wait { kReady, kTimeout, kCancelled };

/// Blocks until poll(2) reports `events` (or an error on the socket), `deadline`, or cancellation, which is noticed
/// within 250 ms.
Wait WaitFor(int fd, short events, const sdk::Call& call, Clock::time_point deadline);

/// now + `span`, without overflow.
Clock::time_point After(std::chrono::milliseconds span);

}  // namespace sluice::upstream
