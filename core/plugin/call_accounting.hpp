// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// CallAccounting: times and counts every call into plugins, and keeps components that overrun away from requests.

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "core/plugin/call_observer.hpp"

namespace prometheus {
class Counter;
class Gauge;
class Histogram;
class Registry;
template <typename T>
class Family;
}  // namespace prometheus

namespace sluice::plugin {

class ControlGate;

using AccountingClock = std::function<std::chrono::steady_clock::time_point()>;

struct QuarantineRules {
  std::uint32_t after = 5;                  ///< Overruns in a row; 0: never.
  std::chrono::milliseconds probe{30'000};  ///< How long until one call is let through again.
  /// A thread may be scheduled late; that is no overrun.
  std::chrono::milliseconds tolerance = sdk::detail::kDeadlineTolerance;
};

class CallAccounting;

/// The observer of one instance. Threads: [any].
class ComponentCalls final : public CallObserver {
 public:
  /// Use CallAccounting::Observe.
  ComponentCalls(CallAccounting& accounting, std::string plugin, std::string component, QuarantineRules rules,
                 const ControlGate* control);
  ~ComponentCalls() override;
  ComponentCalls(const ComponentCalls&) = delete;
  ComponentCalls& operator=(const ComponentCalls&) = delete;

  /// \returns  kInternal while the component is in quarantine, except for one call every `probe`.
  sdk::Status Before(std::string_view method) noexcept override;
  void After(const CallOutcome& outcome) noexcept override;
  CallOutcome::Clock::duration Tolerance() const noexcept override { return rules_.tolerance; }
  void AssertTag(const sdk::detail::Function& function) noexcept override;

  bool quarantined() const { return quarantined_.load(std::memory_order_relaxed); }

 private:
  static constexpr std::size_t kMaxMethods = 24;  // the longest C table has eleven
  static constexpr std::size_t kStatuses = 11;
  struct Method {
    std::string_view name;
    std::array<std::atomic<prometheus::Histogram*>, kStatuses> seconds{};
  };

  void Observe(const CallOutcome& outcome);
  Method* FindMethod(std::string_view name);
  void Overrun(const CallOutcome& outcome);
  /// A call that came back in time; `inconclusive` when it says nothing about the component's speed.
  void InTime(const CallOutcome& outcome, bool inconclusive);
  /// Ends the probe if this outcome is the probe's. Needs `mutex_`.
  bool TakeProbe(const CallOutcome& outcome);

  CallAccounting& accounting_;
  const std::string plugin_;
  const std::string component_;
  const QuarantineRules rules_;
  const ControlGate* const control_;
  prometheus::Counter* overruns_;
  prometheus::Counter* refused_;
  prometheus::Counter* failures_;
  prometheus::Gauge* quarantine_gauge_;

  std::array<Method, kMaxMethods> methods_{};
  std::atomic<std::size_t> method_count_{0};
  std::atomic<std::uint32_t> overruns_in_a_row_{0};
  std::atomic<bool> quarantined_{false};

  std::mutex mutex_;  ///< Methods being added, and the state of quarantine.
  std::chrono::steady_clock::time_point probe_at_;
  bool probing_ = false;
  std::thread::id probe_thread_;
  std::string_view probe_method_;
};

/// The metric families that all instances share. Series of a component go when its last instance goes. Threads: [any].
class CallAccounting {
 public:
  explicit CallAccounting(prometheus::Registry& registry, AccountingClock clock = std::chrono::steady_clock::now);
  ~CallAccounting();
  CallAccounting(const CallAccounting&) = delete;
  CallAccounting& operator=(const CallAccounting&) = delete;

  /// \param control  what the plugin's [control] calls must hold; null: nobody looks.
  /// \returns  the observer of a new instance; it must not outlive this.
  std::unique_ptr<ComponentCalls> Observe(const std::string& plugin, const std::string& component,
                                          QuarantineRules rules, const ControlGate* control = nullptr);

 private:
  friend class ComponentCalls;
  using Key = std::pair<std::string, std::string>;  // plugin, component
  struct Series {
    std::size_t users = 0;
    prometheus::Counter* overruns = nullptr;
    prometheus::Counter* refused = nullptr;
    prometheus::Counter* failures = nullptr;
    prometheus::Gauge* quarantined = nullptr;
    std::vector<prometheus::Histogram*> seconds;
  };
  Series Acquire(const Key& key);
  void Release(const Key& key);
  prometheus::Histogram& Seconds(const Key& key, std::string_view method, std::size_t status);

  AccountingClock clock_;
  prometheus::Family<prometheus::Histogram>& seconds_;
  prometheus::Family<prometheus::Counter>& overruns_;
  prometheus::Family<prometheus::Counter>& refused_;
  prometheus::Family<prometheus::Counter>& failures_;
  prometheus::Family<prometheus::Gauge>& quarantined_;
  std::mutex mutex_;
  std::map<Key, Series> series_;
};

}  // namespace sluice::plugin
