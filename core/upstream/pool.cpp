// SPDX-License-Identifier: MIT
#include "core/upstream/pool.hpp"

#include <algorithm>

#include "core/net/coarse_clock.hpp"
#include "core/upstream/metrics.hpp"

namespace sluice::upstream {
namespace {

/// So shortly after its last use, as far as the coarse clock can tell, a connection with nothing left to read is taken
/// to be quiet: asking the kernel costs a system call.
constexpr std::chrono::milliseconds kStillQuiet{1};

}  // namespace

Pool::Pool(std::uint32_t max_idle_per_origin, std::chrono::milliseconds idle_timeout, Metrics& metrics)
    : max_idle_per_origin_(max_idle_per_origin), idle_timeout_(idle_timeout), metrics_(metrics) {}

Pool::~Pool() { metrics_.IdleChanged(-static_cast<int>(count_)); }

std::unique_ptr<Connection> Pool::Take(const Origin& origin, std::span<const net::IpAddress> checked, bool retried) {
  // The kernel is asked without the lock.
  while (auto candidate = TakeNewest(origin, checked)) {
    auto& connection = candidate->connection;
    const bool surely = retried && connection->drained() && net::CoarseNow() - candidate->since < kStillQuiet;
    if (!surely && !connection->Quiet()) continue;
    connection->MarkReused();
    return std::move(connection);
  }
  return nullptr;
}

std::optional<Pool::Idle> Pool::TakeNewest(const Origin& origin, std::span<const net::IpAddress> checked) {
  Closing closing;  // sockets are closed after the lock is gone: TLS says goodbye first
  const std::lock_guard lock(mutex_);
  const auto found = idle_.find(origin);
  if (found == idle_.end()) return std::nullopt;
  auto& waiting = found->second;
  const auto now = net::CoarseNow();
  std::optional<Idle> taken;
  for (auto at = waiting.size(); at > 0 && !taken; --at) {
    auto& candidate = waiting[at - 1];
    const bool fresh = now - candidate.since < idle_timeout_;
    if (fresh && std::find(checked.begin(), checked.end(), candidate.connection->peer()) == checked.end()) continue;
    if (fresh) {
      taken = std::move(candidate);
    } else {
      closing.push_back(std::move(candidate));
    }
    waiting.erase(waiting.begin() + static_cast<std::ptrdiff_t>(at - 1));
    --count_;
    metrics_.IdleChanged(-1);
  }
  if (waiting.empty()) idle_.erase(found);
  return taken;
}

void Pool::Give(std::unique_ptr<Connection> connection) {
  Closing closing;
  const std::lock_guard lock(mutex_);
  const auto now = net::CoarseNow();
  if (now >= next_sweep_ || count_ >= kMaxIdle) Sweep(now, closing);
  if (count_ >= kMaxIdle || max_idle_per_origin_ == 0) {
    closing.push_back({std::move(connection), now});
    return;
  }
  auto& waiting = idle_[connection->origin()];
  if (waiting.size() >= max_idle_per_origin_) {
    closing.push_back(std::move(waiting.front()));
    waiting.erase(waiting.begin());
    --count_;
    metrics_.IdleChanged(-1);
  }
  waiting.push_back({std::move(connection), now});
  ++count_;
  metrics_.IdleChanged(1);
}

void Pool::Drop(const Origin& origin) {
  std::vector<Idle> closing;
  const std::lock_guard lock(mutex_);
  const auto found = idle_.find(origin);
  if (found == idle_.end()) return;
  closing = std::move(found->second);
  idle_.erase(found);
  count_ -= closing.size();
  metrics_.IdleChanged(-static_cast<int>(closing.size()));
}

void Pool::Sweep(Clock::time_point now, Closing& closing) {
  next_sweep_ = now + idle_timeout_ / 2;
  for (auto at = idle_.begin(); at != idle_.end();) {
    auto& waiting = at->second;
    const auto stale = [&](const Idle& idle) { return now - idle.since >= idle_timeout_; };
    const auto kept = std::find_if_not(waiting.begin(), waiting.end(), stale);  // oldest first
    const auto gone = static_cast<std::size_t>(kept - waiting.begin());
    std::move(waiting.begin(), kept, std::back_inserter(closing));
    waiting.erase(waiting.begin(), kept);
    count_ -= gone;
    metrics_.IdleChanged(-static_cast<int>(gone));
    at = waiting.empty() ? idle_.erase(at) : std::next(at);
  }
}

}  // namespace sluice::upstream
