// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Pool: connections that wait for their next request.

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

#include "core/upstream/connection.hpp"

namespace sluice::upstream {

class Metrics;

/// Keyed by origin and checked address, so that a verdict of the guard holds for what is handed out. No thread of its
/// own: what has waited too long is closed when the pool is next used. Threads: [any].
class Pool {
 public:
  static constexpr std::size_t kMaxIdle = 2048;  ///< Of all origins.

  Pool(std::uint32_t max_idle_per_origin, std::chrono::milliseconds idle_timeout, Metrics& metrics);
  ~Pool();

  /// The connection to `origin` that was used last, if it leads to one of `checked` and is still quiet; else null.
  /// \param retried  the request is sent again if the connection turns out dead: one that was just used is not looked
  ///                 at first.
  std::unique_ptr<Connection> Take(const Origin& origin, std::span<const net::IpAddress> checked, bool retried);
  /// \param connection  between two exchanges: nothing sent or received in part.
  void Give(std::unique_ptr<Connection> connection);
  /// Closes what waits for `origin`.
  void Drop(const Origin& origin);

 private:
  struct Idle {
    std::unique_ptr<Connection> connection;
    Clock::time_point since;
  };
  using Closing = std::vector<Idle>;

  /// As Take, but the connection may be broken.
  std::optional<Idle> TakeNewest(const Origin& origin, std::span<const net::IpAddress> checked);
  void Sweep(Clock::time_point now, Closing& closing);

  const std::uint32_t max_idle_per_origin_;
  const std::chrono::milliseconds idle_timeout_;
  Metrics& metrics_;
  std::mutex mutex_;
  std::map<Origin, std::vector<Idle>> idle_;
  std::size_t count_ = 0;
  Clock::time_point next_sweep_{};
};

}  // namespace sluice::upstream
