// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// RetryOptions: how often, when and at whose cost a request is tried again.

#include <chrono>
#include <cstdint>
#include <sluice/sdk/result.hpp>

namespace sluice::upstream {

/// Only idempotent requests whose response has not begun are tried again, after transport faults; never when the viewer
/// is gone, nor when the wait would pass the deadline.
struct RetryOptions {
  /// Before the n-th retry: min(initial_delay × multiplier^(n-1), max_delay), times a factor from 1-jitter to 1+jitter.
  struct Backoff {
    std::chrono::milliseconds initial_delay{100};  ///< 0 to 60 s.
    double multiplier = 2.0;                       ///< 1 to 100.
    std::chrono::milliseconds max_delay{5'000};    ///< initial_delay to 60 s.
    double jitter = 0.2;                           ///< 0 to 1.
  };
  /// In every span of `ttl`, an origin gets no more retries than `ratio` of the requests, plus min_per_second × ttl.
  struct Budget {
    std::chrono::milliseconds ttl{10'000};  ///< 1 to 60 s.
    std::uint32_t min_per_second = 10;      ///< At most 1000000.
    double ratio = 0.2;                     ///< 0 to 1000.
  };

  std::uint32_t attempts = 3;  ///< Tries in all, over all origins: 1 to 10. 1: never again.
  Backoff backoff = {};
  Budget budget = {};
  /// Also after 429, 502, 503 and 504, waiting as long as Retry-After says. A longer wait than max_retry_after: not.
  bool on_status = false;
  std::chrono::milliseconds max_retry_after{10'000};

  /// \returns  kInvalidArgument naming the first field: "/backoff/jitter: want 0 to 1".
  sdk::Status Validate() const;
};

}  // namespace sluice::upstream
