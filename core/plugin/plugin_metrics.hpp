// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// PluginMetrics: the Prometheus families that plugins declare, and the bounds that keep them small.

#include <map>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <sluice/sdk/services.hpp>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

namespace prometheus {
class Counter;
class Gauge;
class Histogram;
class Registry;
template <typename T>
class Family;
}  // namespace prometheus

namespace sluice::plugin {

/// Families are shared by all instances and outlive reloads; series of a component go when its last instance goes.
/// Threads: [any].
class PluginMetrics {
 public:
  static constexpr std::size_t kMaxLabelSets = 100;  ///< Of one metric of one component; further ones count as "other".
  static constexpr std::size_t kMaxMetrics = 64;     ///< Of one instance.

  explicit PluginMetrics(prometheus::Registry& registry) : registry_(registry) {}
  PluginMetrics(const PluginMetrics&) = delete;
  PluginMetrics& operator=(const PluginMetrics&) = delete;

 private:
  friend class InstanceMetrics;
  using Metric = std::variant<prometheus::Counter*, prometheus::Gauge*, prometheus::Histogram*>;
  using FamilyPointer = std::variant<prometheus::Family<prometheus::Counter>*, prometheus::Family<prometheus::Gauge>*,
                                     prometheus::Family<prometheus::Histogram>*>;
  /// What one component has recorded in one family.
  struct Series {
    std::shared_mutex mutex;
    std::unordered_map<std::string, Metric> metrics;  ///< By label values, each with its length in front.
  };
  struct Declared {
    sdk::MetricKind kind{};
    std::vector<std::string> labels;
    FamilyPointer family;
    std::map<std::string, std::unique_ptr<Series>> components;
  };

  void Join(const std::string& component);
  void Leave(const std::string& component);
  sdk::Status Check(const std::string& full_name, sdk::MetricKind kind, const std::vector<std::string>& labels) const;
  FamilyPointer Register(const std::string& full_name, sdk::MetricKind kind, std::string_view help);
  static Metric Add(const Declared& declared, const std::string& component, const std::vector<std::string>& values);

  prometheus::Registry& registry_;
  std::mutex mutex_;
  std::map<std::string, Declared> declared_;       ///< By full name. Nodes are never removed.
  std::map<std::string, std::size_t> components_;  ///< Live instances by component name.
};

/// "sluice.metrics/1" of one instance.
class InstanceMetrics final : public sdk::MetricsService {
 public:
  /// \param type  of the component: "shared-secret" makes `sluice_plugin_shared_secret_<name>`.
  InstanceMetrics(PluginMetrics& all, std::string_view type, std::string component);
  ~InstanceMetrics();
  InstanceMetrics(const InstanceMetrics&) = delete;
  InstanceMetrics& operator=(const InstanceMetrics&) = delete;

  sdk::Result<Id> Declare(sdk::MetricKind kind, std::string_view name, std::string_view help,
                          std::span<const std::string_view> labels) override;
  void Record(Id metric, double value, std::span<const std::string_view> values) noexcept override;

 private:
  struct Handle {
    const PluginMetrics::Declared* declared;
    PluginMetrics::Series* series;
  };
  PluginMetrics::Metric Find(const Handle& handle, std::span<const std::string_view> values) const;

  PluginMetrics& all_;
  std::string prefix_;
  const std::string component_;
  std::shared_mutex mutex_;
  std::vector<Handle> handles_;  ///< By id.
};

}  // namespace sluice::plugin
