// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Makes instances of loaded component types.

#include <memory>
#include <set>
#include <sluice/sdk/result.hpp>
#include <string>
#include <utility>

#include "core/config/config.hpp"
#include "core/plugin/call_accounting.hpp"
#include "core/plugin/entry_check.hpp"
#include "core/plugin/instance.hpp"
#include "core/plugin/loader.hpp"
#include "core/plugin/plugin_metrics.hpp"

namespace prometheus {
class Gauge;
class Registry;
template <typename T>
class Family;
}  // namespace prometheus

namespace sluice::plugin {

struct HostServices;

/// What all instances use; shared by them, since an instance may outlive the registry that made it.
struct InstanceContext {
  InstanceContext(const HostServices& host_services, prometheus::Registry& registry, AccountingClock clock);

  const HostServices& services;
  CallAccounting accounting;
  PluginMetrics metrics;
  prometheus::Family<prometheus::Gauge>& instances;
};

/// Kinds and names of the components that a configuration of that type names.
std::set<std::pair<std::string, std::string>> NamedBy(const ComponentType& type, const config::Json& config);

/// Calls `create` behind the exception barrier, and takes what it made on success only.
/// \param control  the plugin's, held by this thread.
/// \returns  the plugin's own error, or kInternal when it broke a rule.
sdk::Status CallCreate(const ControlGate& control, const sluice_component& component, const sluice_host& host,
                       const std::string& name, const config::Json& config, void*& self);

/// Makes an instance with its own host, observer and interface. Threads: [any].
/// \returns  as CallCreate and MakeInterface; the message names the component.
sdk::Result<std::shared_ptr<const Instance>> MakeInstance(const std::shared_ptr<InstanceContext>& context,
                                                          const std::shared_ptr<const LoadedPlugin>& plugin,
                                                          const ComponentType& type, const config::Component& component,
                                                          QuarantineRules rules);

/// The build that made `instance`; null for an instance that no plugin made.
const LoadedPlugin* CodeOf(const Instance& instance);

}  // namespace sluice::plugin
