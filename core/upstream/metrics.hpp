// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// What the upstream client counts. All label values come from fixed sets.

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <sluice/sdk/result.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace prometheus {
class Counter;
class Gauge;
class Histogram;
class Registry;
template <typename T>
class Family;
}  // namespace prometheus

namespace sluice::upstream {

/// Why an exchange failed; the label of `sluice_upstream_failures_total`.
enum class Reason : std::uint32_t {
  kInvalid,
  kGuard,
  kDns,
  kConnect,
  kTls,
  kTimeout,
  kProtocol,
  kBrokenOff,
  kRedirect,
  kCancelled,
  kProxy,
  kBudget,
};
inline constexpr std::size_t kReasons = 12;

/// An error that has not been counted: it may yet be retried.
struct Failure {
  Reason reason = Reason::kProtocol;
  sdk::Errc code = sdk::Errc::kUpstreamFailed;
  std::string message;
  bool permanent = false;  ///< Another try would end the same way.
};

/// What one try came to.
template <typename T>
using Tried = std::variant<T, Failure>;

/// Threads: [any].
class Metrics {
 public:
  explicit Metrics(prometheus::Registry& registry);

  /// Counts a failure and makes its error.
  sdk::Error Fail(Reason reason, sdk::Errc code, std::string message);
  sdk::Error Fail(Failure failure) { return Fail(failure.reason, failure.code, std::move(failure.message)); }
  /// \param range  what BlockedAs said.
  void Refused(std::string_view range);
  void ConnectionUsed(bool reused);
  /// A request is sent again. \param reason  nothing: the status of the response was the reason.
  void Retried(std::optional<Reason> reason);
  void BudgetExhausted();
  /// A request that was sent again with a Referer is answered.
  void Referred(bool helped);
  /// A request goes to another than its first origin. It need not be a retry.
  void FailedOver();
  void Ejected();
  void IdleChanged(int by);
  /// \param result_code  HTTP status, or 0 when there was no response head.
  void Observe(int result_code, const sdk::Error* error, std::chrono::steady_clock::duration taken);

 private:
  std::array<prometheus::Counter*, kReasons> failures_{};
  std::array<prometheus::Counter*, 2> connections_{};
  std::array<prometheus::Counter*, kReasons + 1> retries_{};
  std::array<prometheus::Counter*, 2> referred_{};
  prometheus::Counter* budget_exhausted_ = nullptr;
  prometheus::Counter* failovers_ = nullptr;
  prometheus::Counter* ejections_ = nullptr;
  std::array<prometheus::Histogram*, 8> seconds_{};
  prometheus::Family<prometheus::Counter>& refusals_;
  prometheus::Gauge* idle_ = nullptr;
};

}  // namespace sluice::upstream
