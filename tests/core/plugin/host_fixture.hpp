// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// What the plugin host's tests share: a scratch directory, a registry with services, captured logs, read metrics.

#include <gtest/gtest.h>
#include <prometheus/registry.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <sluice/sdk/auth.hpp>
#include <sluice/sdk/call.hpp>
#include <string>
#include <vector>

#include "core/plugin/host_services.hpp"
#include "core/plugin/registry.hpp"
#include "core/state/kv.hpp"
#include "core/state/secrets.hpp"
#include "tests/fakes/metric.hpp"

namespace sluice::plugin::testing {

using sluice::testing::Metric;
/// Number of series of a family.
std::size_t SeriesCount(prometheus::Registry& registry, const std::string& name);

/// A call that may take `budget` from now.
class TimedCall {
 public:
  explicit TimedCall(std::chrono::milliseconds budget = std::chrono::seconds(30));
  operator const sdk::Call&() const { return view_; }  // NOLINT(google-explicit-constructor)

 private:
  sluice_call call_{};
  sdk::Call view_;
};

class HostTest : public ::testing::Test {
 protected:
  HostTest();
  ~HostTest() override;

  /// Copies a plugin of tests/bad_plugins to `scratch/<as>.so`, mode 0644, by rename. \returns its path.
  std::string Install(const std::string& name, const std::string& as = {}) const;
  std::string Write(const std::string& name, std::string_view bytes) const;
  /// Loads exactly these files.
  void Load(std::vector<std::string> files);
  void Load(config::Plugins plugins);
  config::Plugins Files(std::vector<std::string> files) const;
  /// The only plugin, loaded or refused.
  PluginInfo Only() const;
  sdk::Result<std::shared_ptr<const Instance>> CreateBad(const std::string& name = "gate") const;
  double LoadFailures(const std::string& reason) {
    return Metric(metrics_, "sluice_plugin_load_failures_total", {{"reason", reason}});
  }

  static const std::string& log();

  std::filesystem::path scratch_;
  prometheus::Registry metrics_;
  std::unique_ptr<state::KvStore> kv_;
  std::unique_ptr<state::Secrets> secrets_;
  HostServices services_;
  std::unique_ptr<Registry> registry_;
  std::shared_ptr<const PluginSet> plugins_;  ///< Of the last Load.
};

/// A component of kind auth and type "bad".
config::Component BadComponent(const std::string& name = "gate");

}  // namespace sluice::plugin::testing
