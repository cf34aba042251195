// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// RetryOptions: how often, when and at whose cost a request is tried again.

#include <array>
#include <chrono>
#include <cstdint>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <sluice/sdk/result.hpp>
#include <sluice/sdk/types.hpp>
#include <string_view>

#include "core/upstream/origin.hpp"
#include "core/upstream/wait.hpp"

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
  /// Also a GET without Referer that was refused (IsRefererStatus), at once and with a Referer (Referers). These are
  /// not among the `attempts`.
  bool referer = false;

  /// \returns  kInvalidArgument naming the first field: "/backoff/jitter: want 0 to 1".
  sdk::Status Validate() const;
};

/// How long to wait before the n-th retry. \param retry  from 1. \param chance  from 0 to below 1.
std::chrono::milliseconds RetryDelay(const RetryOptions::Backoff& backoff, std::uint32_t retry, double chance);

/// 429, 502, 503, 504: another try may be answered better.
bool IsRetryStatus(int status);

/// RFC 9110 §10.2.3: seconds or a date. \returns nothing for anything else; never negative.
std::optional<std::chrono::milliseconds> ParseRetryAfter(std::string_view value, sdk::Seconds now);

/// Requests and retries of the last `ttl`, in tenths of it. Threads: one at a time.
class RetryBudget {
 public:
  explicit RetryBudget(const RetryOptions::Budget& options) : options_(options) {}

  void Requested(Clock::time_point now) { ++SlotAt(now).requests; }
  /// Takes one retry out of the budget. \returns false when it is spent.
  bool Spend(Clock::time_point now);

 private:
  struct Slot {
    std::int64_t tick = -1;
    std::uint64_t requests = 0;
    std::uint64_t retries = 0;
  };
  std::int64_t TickOf(Clock::time_point now) const;
  Slot& SlotAt(Clock::time_point now);

  const RetryOptions::Budget options_;
  std::array<Slot, 10> slots_{};
};

/// One budget for each origin; those that came first are forgotten when there are too many. Threads: [any].
class RetryBudgets {
 public:
  static constexpr std::size_t kMaxOrigins = 1024;

  explicit RetryBudgets(const RetryOptions::Budget& options) : options_(options) {}

  void Requested(const Origin& origin, Clock::time_point now);
  bool Spend(const Origin& origin, Clock::time_point now);

 private:
  RetryBudget& Of(const Origin& origin);

  const RetryOptions::Budget options_;
  std::mutex mutex_;
  std::map<Origin, RetryBudget> budgets_;
  std::list<Origin> oldest_first_;
};

}  // namespace sluice::upstream
