// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Rate: a token bucket over octets.

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <limits>

namespace sluice::relay {

using Clock = std::chrono::steady_clock;

/// Threads: one at a time.
class Rate {
 public:
  /// \param bytes_per_second  0: no limit.
  Rate(std::uint64_t bytes_per_second, Clock::time_point now)
      : per_second_(bytes_per_second), burst_(std::max<std::uint64_t>(bytes_per_second / 4, 1)), filled_at_(now) {}

  /// Octets that may go now: none, or enough to be worth a turn.
  std::uint64_t Allowed(Clock::time_point now) {
    if (per_second_ == 0) return std::numeric_limits<std::uint64_t>::max();
    // Threads note their time now and then: another one may be behind.
    const auto elapsed = std::max(std::chrono::duration<double>(now - filled_at_).count(), 0.0);
    const auto earned = static_cast<std::uint64_t>(elapsed * static_cast<double>(per_second_));
    if (earned > 0) {
      tokens_ = std::min(burst_, tokens_ + earned);
      filled_at_ = now;
    }
    return tokens_ * 2 >= burst_ ? tokens_ : 0;
  }
  void Spend(std::uint64_t bytes) {
    if (per_second_ != 0) tokens_ -= std::min(tokens_, bytes);
  }
  /// When Allowed has something again.
  Clock::time_point NextTurn(Clock::time_point now) const {
    const auto half = (burst_ + 1) / 2;
    const auto wanted = static_cast<double>(half - std::min(tokens_, half));
    return now + std::chrono::ceil<std::chrono::milliseconds>(
                     std::chrono::duration<double>(wanted / static_cast<double>(per_second_)));
  }

 private:
  std::uint64_t per_second_;
  std::uint64_t burst_;
  std::uint64_t tokens_ = 0;
  Clock::time_point filled_at_;
};

}  // namespace sluice::relay
