// SPDX-License-Identifier: MIT
#include "core/upstream/retry.hpp"

#include <string>

namespace sluice::upstream {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLongestDelay{60'000};

bool Within(double value, double least, double most) { return value >= least && value <= most; }  // false for NaN

}  // namespace

sdk::Status RetryOptions::Validate() const {
  const auto fault = [](const char* message) {
    return sdk::Error{.code = sdk::Errc::kInvalidArgument, .message = message};
  };
  if (attempts < 1 || attempts > 10) return fault("/attempts: want 1 to 10");
  if (backoff.initial_delay < milliseconds(0) || backoff.initial_delay > kLongestDelay) {
    return fault("/backoff/initial_delay: want 0 to 60s");
  }
  if (!Within(backoff.multiplier, 1, 100)) return fault("/backoff/multiplier: want 1 to 100");
  if (backoff.max_delay < backoff.initial_delay || backoff.max_delay > kLongestDelay) {
    return fault("/backoff/max_delay: want the initial delay or more, up to 60s");
  }
  if (!Within(backoff.jitter, 0, 1)) return fault("/backoff/jitter: want 0 to 1");
  if (budget.ttl < milliseconds(1'000) || budget.ttl > milliseconds(60'000))
    return fault("/budget/ttl: want 1s to 60s");
  if (budget.min_per_second > 1'000'000) return fault("/budget/min_per_second: want at most 1000000");
  if (!Within(budget.ratio, 0, 1000)) return fault("/budget/ratio: want 0 to 1000");
  if (max_retry_after < milliseconds(0) || max_retry_after > milliseconds(300'000)) {
    return fault("/max_retry_after: want 0 to 5m");
  }
  return sdk::Ok();
}

}  // namespace sluice::upstream
