// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Pacer: time and chance, as retries see them.

#include <memory>
#include <sluice/sdk/call.hpp>
#include <sluice/sdk/types.hpp>

#include "core/upstream/wait.hpp"

namespace sluice::upstream {

/// The real ones by default; tests replace them. Threads: [any].
class Pacer {
 public:
  virtual ~Pacer() = default;
  virtual Clock::time_point Now();
  virtual sdk::Seconds WallTime();
  /// Waits. \returns kTimeout when the time is over, kCancelled within kLookAround after the viewer left.
  virtual Wait Pause(const sdk::Call& call, Clock::duration span);
  /// Evenly from 0 to below 1.
  virtual double Chance();
};

}  // namespace sluice::upstream
