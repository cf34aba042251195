// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Breaker: does not ask an upstream that is off, but for one call now and then that finds out whether it is back.

#include <chrono>
#include <cstdint>
#include <mutex>
#include <sluice/sdk/host.hpp>
#include <string>
#include <string_view>
#include <utility>

namespace sluice::plugins::store {

/// Opens after so many failures in a row; then one call at a time is let through each `pause`, and the first that
/// succeeds closes it. Gauge `upstream_open`: 1 while it is open. Threads: [any]; the constructor: [control].
class Breaker {
 public:
  struct Options {
    std::uint32_t failures = 5;
    std::chrono::seconds pause{15};
  };
  /// The right to make one call. Say how it went; what is destroyed before that says nothing, as when the viewer left.
  class Pass {
   public:
    explicit Pass(Breaker& breaker, bool probe) : breaker_(&breaker), probe_(probe) {}
    Pass(Pass&& other) noexcept : breaker_(std::exchange(other.breaker_, nullptr)), probe_(other.probe_) {}
    Pass& operator=(Pass&&) = delete;
    ~Pass() { End(Outcome::kUnknown); }
    /// The upstream answered, whatever it said.
    void Succeed() { End(Outcome::kSuccess); }
    void Fail() { End(Outcome::kFailure); }

   private:
    enum class Outcome : std::uint8_t { kUnknown, kSuccess, kFailure };
    friend class Breaker;
    void End(Outcome outcome) {
      if (auto* const breaker = std::exchange(breaker_, nullptr)) breaker->Note(outcome, probe_);
    }
    Breaker* breaker_;
    bool probe_;
  };

  /// \param upstream  for messages: the store's name.
  Breaker(sdk::Host host, std::string_view upstream, Options options);

  /// \returns  kUpstreamFailed with Reason::kServerDown and `retry_after` while it is open.
  sdk::Result<Pass> Enter();
  /// The same answer as Enter, without taking the right to call.
  sdk::Status Look() const;

 private:
  using Steady = std::chrono::steady_clock::time_point;

  void Note(Pass::Outcome outcome, bool probe);
  sdk::Error Down(Steady now) const;
  bool IsClosedTo(Steady now) const { return open_ && (probing_ || now < next_probe_); }
  void Show() const;

  const sdk::Host host_;
  const std::string upstream_;
  const Options options_;
  const sdk::Result<sdk::MetricsService::Id> gauge_;

  mutable std::mutex mutex_;
  std::uint32_t failures_ = 0;  ///< In a row.
  bool open_ = false;
  bool probing_ = false;
  Steady next_probe_{};
};

}  // namespace sluice::plugins::store
