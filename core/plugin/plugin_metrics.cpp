// SPDX-License-Identifier: MIT
#include "core/plugin/plugin_metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <exception>
#include <sluice/sdk/detail/running_call.hpp>
#include <sluice/sdk/text.hpp>

namespace sluice::plugin {
namespace {

constexpr std::size_t kMaxNameBytes = 100;
constexpr std::size_t kMaxLabels = 4;
constexpr std::size_t kMaxValueBytes = 128;
constexpr std::string_view kOther = "other";
// A component type "call" or "plugin" must not write into the host's own families.
constexpr std::array<std::string_view, 7> kHostNames = {
    "sluice_plugin_call_seconds",   "sluice_plugin_call_failures_total",
    "sluice_plugin_overruns_total", "sluice_plugin_calls_refused_total",
    "sluice_plugin_quarantined",    "sluice_plugin_load_failures_total",
    "sluice_plugin_instances"};

sdk::Error Bad(std::string message) { return {.code = sdk::Errc::kInvalidArgument, .message = std::move(message)}; }

bool WellFormed(std::string_view name) {
  const auto lower = [](char c) { return c >= 'a' && c <= 'z'; };
  return !name.empty() && name.size() <= kMaxNameBytes && lower(name.front()) &&
         std::all_of(name.begin(), name.end(), [&](char c) { return lower(c) || (c >= '0' && c <= '9') || c == '_'; });
}

/// Prometheus takes UTF-8 only; a value that is not is a fault of the plugin's that must not spoil the scrape.
bool ValidUtf8(std::string_view text) {
  while (!text.empty()) {
    const auto size = sdk::Utf8Size(text);
    if (size == 0) return false;
    text.remove_prefix(size);
  }
  return true;
}

std::string LabelValue(std::string_view value) {
  if (value.size() > kMaxValueBytes || !ValidUtf8(value)) return std::string(kOther);
  return std::string(value);
}

std::string SeriesKey(const std::vector<std::string>& values) {
  std::string key;
  for (const auto& value : values) key.append(std::to_string(value.size())).append(":").append(value);
  return key;
}

const prometheus::Histogram::BucketBoundaries& Buckets() {
  static const prometheus::Histogram::BucketBoundaries kBuckets = {0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0,
                                                                   5.0,   10.0,  60.0, 1e3,  1e6, 1e9};
  return kBuckets;
}

/// Declare is [control]: not for calls that serve requests, nor for threads of the plugin's own.
void AssertControl(const std::string& component) {
  using sdk::detail::RunningCall;
  using sdk::detail::ThreadTag;
  if constexpr (sdk::detail::kAssertsTags) {
    const auto* running = RunningCall::Innermost();
    if (running != nullptr && running->tag() == ThreadTag::kControl) return;
    sdk::detail::TagBroken("sluice.metrics/1", {"declare", ThreadTag::kControl},
                           "component " + component + " made it outside of a [control] call");
  }
}

}  // namespace

void PluginMetrics::Join(const std::string& component) {
  const std::lock_guard lock(mutex_);
  ++components_[component];
}

void PluginMetrics::Leave(const std::string& component) {
  const std::lock_guard lock(mutex_);
  const auto users = components_.find(component);
  if (--users->second != 0) return;
  components_.erase(users);
  for (auto& [name, declared] : declared_) {
    const auto found = declared.components.find(component);
    if (found == declared.components.end()) continue;
    std::visit(
        [&](auto* family) {
          using M = std::remove_reference_t<decltype(family->Add({}))>;
          for (auto& [key, metric] : found->second->metrics) family->Remove(std::get<M*>(metric));
        },
        declared.family);
    declared.components.erase(found);
  }
}

sdk::Status PluginMetrics::Check(const std::string& full_name, sdk::MetricKind kind,
                                 const std::vector<std::string>& labels) const {
  const auto found = declared_.find(full_name);
  if (found == declared_.end()) {
    for (const auto host : kHostNames) {
      if (full_name == host) return Bad("metric " + full_name + ": the name is the host's own");
    }
    return sdk::Ok();
  }
  if (found->second.kind != kind) return Bad("metric " + full_name + ": declared before with another kind");
  if (found->second.labels != labels) return Bad("metric " + full_name + ": declared before with other labels");
  return sdk::Ok();
}

PluginMetrics::FamilyPointer PluginMetrics::Register(const std::string& full_name, sdk::MetricKind kind,
                                                     std::string_view help) {
  const std::string text(help);
  switch (kind) {
    case sdk::MetricKind::kGauge:
      return &prometheus::BuildGauge().Name(full_name).Help(text).Register(registry_);
    case sdk::MetricKind::kHistogram:
      return &prometheus::BuildHistogram().Name(full_name).Help(text).Register(registry_);
    case sdk::MetricKind::kCounter:
      break;
  }
  return &prometheus::BuildCounter().Name(full_name).Help(text).Register(registry_);
}

PluginMetrics::Metric PluginMetrics::Add(const Declared& declared, const std::string& component,
                                         const std::vector<std::string>& values) {
  prometheus::Labels labels = {{"component", component}};
  for (std::size_t i = 0; i < values.size(); ++i) labels[declared.labels[i]] = values[i];
  if (const auto* counters = std::get_if<0>(&declared.family)) return &(*counters)->Add(labels);
  if (const auto* gauges = std::get_if<1>(&declared.family)) return &(*gauges)->Add(labels);
  return &std::get<2>(declared.family)->Add(labels, Buckets());
}

InstanceMetrics::InstanceMetrics(PluginMetrics& all, std::string_view type, std::string component)
    : all_(all), prefix_("sluice_plugin_"), component_(std::move(component)) {
  prefix_.append(type).append("_");
  std::replace(prefix_.begin(), prefix_.end(), '-', '_');
  all_.Join(component_);
}

InstanceMetrics::~InstanceMetrics() { all_.Leave(component_); }

sdk::Result<InstanceMetrics::Id> InstanceMetrics::Declare(sdk::MetricKind kind, std::string_view name,
                                                          std::string_view help,
                                                          std::span<const std::string_view> labels) {
  AssertControl(component_);
  if (kind > sdk::MetricKind::kHistogram) {
    return sdk::Error{.code = sdk::Errc::kUnsupported, .message = "metric kind: want counter, gauge or histogram"};
  }
  if (!WellFormed(name)) return Bad("metric name: want [a-z][a-z0-9_]*, at most 100 characters");
  if (kind == sdk::MetricKind::kCounter && !name.ends_with("_total")) {
    return Bad("metric " + std::string(name) + ": the name of a counter ends in _total");
  }
  if (labels.size() > kMaxLabels) return Bad("metric " + std::string(name) + ": want at most 4 labels");
  std::vector<std::string> names;
  for (const auto label : labels) {
    if (!WellFormed(label) || label == "component" || label == "le" ||
        std::find(names.begin(), names.end(), label) != names.end()) {
      return Bad("metric " + std::string(name) + ": labels want distinct names [a-z][a-z0-9_]*, not component or le");
    }
    names.emplace_back(label);
  }
  try {
    const std::scoped_lock lock(all_.mutex_, mutex_);
    const auto full_name = prefix_ + std::string(name);
    if (auto status = all_.Check(full_name, kind, names); !status) return std::move(status).error();
    auto found = all_.declared_.find(full_name);
    if (found == all_.declared_.end()) {
      const auto family = all_.Register(full_name, kind, help);
      found = all_.declared_.try_emplace(full_name).first;
      found->second.kind = kind;
      found->second.labels = std::move(names);
      found->second.family = family;
    }
    auto& series = found->second.components[component_];
    if (series == nullptr) series = std::make_unique<PluginMetrics::Series>();
    const auto same = std::find_if(handles_.begin(), handles_.end(),
                                   [&](const Handle& handle) { return handle.series == series.get(); });
    if (same != handles_.end()) return static_cast<Id>(same - handles_.begin());
    if (handles_.size() == PluginMetrics::kMaxMetrics) return Bad("an instance may declare at most 64 metrics");
    handles_.push_back({&found->second, series.get()});
    return static_cast<Id>(handles_.size() - 1);
  } catch (const std::exception& error) {  // prometheus-cpp throws for a name that another family of the server has
    return Bad("metric " + std::string(name) + ": " + error.what());
  }
}

PluginMetrics::Metric InstanceMetrics::Find(const Handle& handle, std::span<const std::string_view> values) const {
  std::vector<std::string> texts;
  for (const auto value : values) texts.push_back(LabelValue(value));
  auto key = SeriesKey(texts);
  {
    const std::shared_lock lock(handle.series->mutex);
    if (const auto found = handle.series->metrics.find(key); found != handle.series->metrics.end()) {
      return found->second;
    }
  }
  const std::unique_lock lock(handle.series->mutex);
  auto& metrics = handle.series->metrics;
  if (metrics.size() >= PluginMetrics::kMaxLabelSets && !metrics.contains(key)) {
    std::fill(texts.begin(), texts.end(), std::string(kOther));
    key = SeriesKey(texts);
  }
  if (const auto found = metrics.find(key); found != metrics.end()) return found->second;
  return metrics.emplace(key, PluginMetrics::Add(*handle.declared, component_, texts)).first->second;
}

void InstanceMetrics::Record(Id metric, double value, std::span<const std::string_view> values) noexcept {
  try {
    const std::shared_lock lock(mutex_);
    if (metric >= handles_.size() || !std::isfinite(value)) return;
    const auto& handle = handles_[metric];
    if (values.size() != handle.declared->labels.size()) return;
    const auto found = Find(handle, values);
    if (const auto* counter = std::get_if<prometheus::Counter*>(&found)) {
      if (value >= 0) (*counter)->Increment(value);
    } else if (const auto* gauge = std::get_if<prometheus::Gauge*>(&found)) {
      (*gauge)->Set(value);
    } else {
      std::get<prometheus::Histogram*>(found)->Observe(value);
    }
  } catch (const std::exception&) {
    return;  // out of memory: a number is lost, the call goes on
  }
}

}  // namespace sluice::plugin
