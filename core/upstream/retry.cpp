// SPDX-License-Identifier: MIT
#include "core/upstream/retry.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string>

#include "core/upstream/fields.hpp"

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

milliseconds RetryDelay(const RetryOptions::Backoff& backoff, std::uint32_t retry, double chance) {
  const auto most = static_cast<double>(backoff.max_delay.count());
  const auto grown = static_cast<double>(backoff.initial_delay.count()) * std::pow(backoff.multiplier, retry - 1.0);
  const double factor = 1.0 - backoff.jitter + 2.0 * backoff.jitter * chance;
  return milliseconds(std::llround(std::min(grown, most) * factor));
}

bool IsRetryStatus(int status) { return status == 429 || status == 502 || status == 503 || status == 504; }

std::optional<milliseconds> ParseRetryAfter(std::string_view value, sdk::Seconds now) {
  std::uint32_t seconds = 0;
  const auto [stop, error] = std::from_chars(value.data(), value.data() + value.size(), seconds);
  if (error == std::errc() && stop == value.data() + value.size()) return std::chrono::seconds(seconds);
  const auto date = ParseHttpDate(value);
  if (!date) return std::nullopt;
  return std::max<milliseconds>(*date - now, milliseconds(0));
}

std::int64_t RetryBudget::TickOf(Clock::time_point now) const {
  const auto tick = std::chrono::duration_cast<Clock::duration>(options_.ttl) / static_cast<Clock::rep>(slots_.size());
  return now.time_since_epoch() / tick;
}

RetryBudget::Slot& RetryBudget::SlotAt(Clock::time_point now) {
  const auto tick = TickOf(now);
  auto& slot = slots_[static_cast<std::size_t>(tick) % slots_.size()];
  if (slot.tick != tick) slot = {.tick = tick};
  return slot;
}

bool RetryBudget::Spend(Clock::time_point now) {
  const auto oldest = TickOf(now) - static_cast<std::int64_t>(slots_.size());
  std::uint64_t requests = 0;
  std::uint64_t retries = 0;
  for (const auto& slot : slots_) {
    if (slot.tick <= oldest) continue;
    requests += slot.requests;
    retries += slot.retries;
  }
  const double seconds = std::chrono::duration<double>(options_.ttl).count();
  const double allowed = options_.ratio * static_cast<double>(requests) + options_.min_per_second * seconds;
  if (static_cast<double>(retries) + 1 > allowed) return false;
  ++SlotAt(now).retries;
  return true;
}

RetryBudget& RetryBudgets::Of(const Origin& origin) {
  if (const auto known = budgets_.find(origin); known != budgets_.end()) return known->second;
  if (budgets_.size() >= kMaxOrigins) {
    budgets_.erase(oldest_first_.front());
    oldest_first_.pop_front();
  }
  oldest_first_.push_back(origin);
  return budgets_.emplace(origin, RetryBudget(options_)).first->second;
}

void RetryBudgets::Requested(const Origin& origin, Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  Of(origin).Requested(now);
}

bool RetryBudgets::Spend(const Origin& origin, Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  return Of(origin).Spend(now);
}

}  // namespace sluice::upstream
