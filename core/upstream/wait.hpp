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

/// What somebody has to wait for.
struct Awaited {
  int fd = -1;
  short events = 0;           ///< Of poll(2); errors and hang-ups count as well.
  Clock::time_point until{};  ///< Then it is too late.
};

/// Blocks until poll(2) reports what is awaited (or an error on the socket), it is too late, or cancellation, which is
/// noticed within kLookAround, and not before the wait has lasted for a moment.
Wait WaitFor(const Awaited& awaited, const sdk::Call& call);

/// now + `span`, without overflow.
Clock::time_point After(std::chrono::milliseconds span);

}  // namespace sluice::upstream
