// SPDX-License-Identifier: MIT
#include "core/plugin/call_accounting.hpp"

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <algorithm>
#include <exception>

#include "core/plugin/control_gate.hpp"
#include "core/telemetry/log.hpp"

namespace sluice::plugin {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

constexpr std::array<std::string_view, 11> kStatusNames = {
    "ok",           "invalid_argument", "not_found",         "unauthenticated", "permission_denied",
    "rate_limited", "upstream_failed",  "deadline_exceeded", "cancelled",       "unsupported",
    "internal"};

const prometheus::Histogram::BucketBoundaries& Buckets() {
  static const prometheus::Histogram::BucketBoundaries kBuckets = {0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05,
                                                                   0.1,    0.5,    1.0,   5.0,   10.0, 30.0};
  return kBuckets;
}

std::size_t StatusIndex(sluice_status status) {
  return status < kStatusNames.size() ? status : static_cast<std::size_t>(SLUICE_INTERNAL);
}

std::string Milliseconds(CallOutcome::Clock::duration time) {
  return std::to_string(duration_cast<milliseconds>(time).count());
}

}  // namespace

CallAccounting::CallAccounting(prometheus::Registry& registry, AccountingClock clock)
    : clock_(std::move(clock)),
      seconds_(prometheus::BuildHistogram()
                   .Name("sluice_plugin_call_seconds")
                   .Help("Time of calls into plugins, host services included")
                   .Register(registry)),
      overruns_(prometheus::BuildCounter()
                    .Name("sluice_plugin_overruns_total")
                    .Help("Calls that came back after their deadline")
                    .Register(registry)),
      refused_(prometheus::BuildCounter()
                   .Name("sluice_plugin_calls_refused_total")
                   .Help("Calls that were not made because the component is in quarantine")
                   .Register(registry)),
      failures_(prometheus::BuildCounter()
                    .Name("sluice_plugin_call_failures_total")
                    .Help("Calls that ended in a fault of the plugin: an exception, a broken rule, status internal")
                    .Register(registry)),
      quarantined_(prometheus::BuildGauge()
                       .Name("sluice_plugin_quarantined")
                       .Help("Instances of the component that are in quarantine")
                       .Register(registry)) {}

CallAccounting::~CallAccounting() = default;

std::unique_ptr<ComponentCalls> CallAccounting::Observe(const std::string& plugin, const std::string& component,
                                                        QuarantineRules rules, const ControlGate* control) {
  return std::make_unique<ComponentCalls>(*this, plugin, component, rules, control);
}

CallAccounting::Series CallAccounting::Acquire(const Key& key) {
  const std::lock_guard lock(mutex_);
  auto& series = series_[key];
  if (series.users++ == 0) {
    const prometheus::Labels labels = {{"plugin", key.first}, {"component", key.second}};
    series.overruns = &overruns_.Add(labels);
    series.refused = &refused_.Add(labels);
    series.failures = &failures_.Add(labels);
    series.quarantined = &quarantined_.Add(labels);
  }
  return series;
}

void CallAccounting::Release(const Key& key) {
  const std::lock_guard lock(mutex_);
  const auto found = series_.find(key);
  if (--found->second.users != 0) return;
  overruns_.Remove(found->second.overruns);
  refused_.Remove(found->second.refused);
  failures_.Remove(found->second.failures);
  quarantined_.Remove(found->second.quarantined);
  for (auto* histogram : found->second.seconds) seconds_.Remove(histogram);
  series_.erase(found);
}

prometheus::Histogram& CallAccounting::Seconds(const Key& key, std::string_view method, std::size_t status) {
  const std::lock_guard lock(mutex_);
  auto& histogram = seconds_.Add({{"plugin", key.first},
                                  {"component", key.second},
                                  {"method", std::string(method)},
                                  {"status", std::string(kStatusNames[status])}},
                                 Buckets());
  auto& all = series_[key].seconds;
  if (std::find(all.begin(), all.end(), &histogram) == all.end()) all.push_back(&histogram);
  return histogram;
}

ComponentCalls::ComponentCalls(CallAccounting& accounting, std::string plugin, std::string component,
                               QuarantineRules rules, const ControlGate* control)
    : accounting_(accounting),
      plugin_(std::move(plugin)),
      component_(std::move(component)),
      rules_(rules),
      control_(control) {
  const auto series = accounting_.Acquire({plugin_, component_});
  overruns_ = series.overruns;
  refused_ = series.refused;
  failures_ = series.failures;
  quarantine_gauge_ = series.quarantined;
}

ComponentCalls::~ComponentCalls() {
  if (quarantined()) quarantine_gauge_->Decrement();
  accounting_.Release({plugin_, component_});
}

sdk::Status ComponentCalls::Before(std::string_view method) noexcept {
  if (!quarantined()) return sdk::Ok();
  const std::lock_guard lock(mutex_);
  if (!quarantined()) return sdk::Ok();
  if (!probing_ && accounting_.clock_() >= probe_at_) {
    probing_ = true;
    probe_thread_ = std::this_thread::get_id();
    probe_method_ = method;
    return sdk::Ok();
  }
  refused_->Increment();
  return sdk::Error{.code = sdk::Errc::kInternal,
                    .message = "component \"" + component_ + "\" is quarantined: its calls came back too late"};
}

void ComponentCalls::After(const CallOutcome& outcome) noexcept {
  // Counting allocates when a method or status is seen for the first time; without memory the call still counts as
  // made.
  try {
    Observe(outcome);
    if (outcome.violation || StatusIndex(outcome.status) == SLUICE_INTERNAL) failures_->Increment();
    if (outcome.overrun(rules_.tolerance)) {
      Overrun(outcome);
    } else {
      InTime(outcome, outcome.status == SLUICE_CANCELLED);
    }
  } catch (const std::exception&) {
    const std::lock_guard lock(mutex_);
    TakeProbe(outcome);
  }
}

void ComponentCalls::AssertTag(const sdk::detail::Function& function) noexcept {
  if (control_ != nullptr) control_->AssertTag("component " + component_, function);
}

void ComponentCalls::Observe(const CallOutcome& outcome) {
  auto* method = FindMethod(outcome.method);
  if (method == nullptr) return;
  const auto status = StatusIndex(outcome.status);
  auto& slot = method->seconds[status];
  auto* histogram = slot.load(std::memory_order_acquire);
  if (histogram == nullptr) {
    histogram = &accounting_.Seconds({plugin_, component_}, method->name, status);
    slot.store(histogram, std::memory_order_release);
  }
  histogram->Observe(std::chrono::duration<double>(outcome.elapsed).count());
}

ComponentCalls::Method* ComponentCalls::FindMethod(std::string_view name) {
  const auto search = [&](std::size_t from, std::size_t to) -> Method* {
    for (auto i = from; i < to; ++i) {
      if (methods_[i].name == name) return &methods_[i];
    }
    return nullptr;
  };
  const auto known = method_count_.load(std::memory_order_acquire);
  if (auto* found = search(0, known); found != nullptr) return found;
  const std::lock_guard lock(mutex_);
  const auto count = method_count_.load(std::memory_order_relaxed);
  if (auto* found = search(known, count); found != nullptr) return found;
  if (count == kMaxMethods) return nullptr;
  methods_[count].name = name;
  method_count_.store(count + 1, std::memory_order_release);
  return &methods_[count];
}

bool ComponentCalls::TakeProbe(const CallOutcome& outcome) {
  if (!probing_ || probe_thread_ != std::this_thread::get_id() || probe_method_ != outcome.method) return false;
  probing_ = false;
  return true;
}

void ComponentCalls::Overrun(const CallOutcome& outcome) {
  overruns_->Increment();
  const auto in_a_row = overruns_in_a_row_.fetch_add(1, std::memory_order_relaxed) + 1;
  const auto elapsed = Milliseconds(outcome.elapsed - outcome.in_host);
  const auto budget = Milliseconds(outcome.budget);
  telemetry::Log(telemetry::Level::kWarning, "a plugin call came back after its deadline",
                 {{"plugin", plugin_},
                  {"component", component_},
                  {"method", outcome.method},
                  {"elapsed_ms", elapsed},
                  {"budget_ms", budget}});
  if (rules_.after == 0) return;
  const std::lock_guard lock(mutex_);
  if (quarantined()) {
    if (TakeProbe(outcome)) probe_at_ = accounting_.clock_() + rules_.probe;
    return;
  }
  if (in_a_row < rules_.after) return;
  probe_at_ = accounting_.clock_() + rules_.probe;
  quarantined_.store(true, std::memory_order_relaxed);
  quarantine_gauge_->Increment();
  const auto overruns = std::to_string(in_a_row);
  telemetry::Log(telemetry::Level::kError, "a component is quarantined until a probe succeeds",
                 {{"plugin", plugin_}, {"component", component_}, {"overruns_in_a_row", overruns}});
}

void ComponentCalls::InTime(const CallOutcome& outcome, bool inconclusive) {
  if (!inconclusive && overruns_in_a_row_.load(std::memory_order_relaxed) != 0 && !quarantined()) {
    overruns_in_a_row_.store(0, std::memory_order_relaxed);
  }
  if (!quarantined()) return;
  const std::lock_guard lock(mutex_);
  if (!TakeProbe(outcome) || inconclusive) return;
  overruns_in_a_row_.store(0, std::memory_order_relaxed);
  quarantined_.store(false, std::memory_order_relaxed);
  quarantine_gauge_->Decrement();
  telemetry::Log(telemetry::Level::kInfo, "a component left quarantine",
                 {{"plugin", plugin_}, {"component", component_}});
}

}  // namespace sluice::plugin
