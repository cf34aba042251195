// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// The host as one instance sees it: the server's services, each kept to what is the instance's own.

#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/plugin/loader.hpp"

namespace sluice::plugin {

struct HostServices;
class PluginMetrics;

struct InstanceNames {
  std::string plugin;                                        ///< "org.example.shelf"
  std::string kind;                                          ///< "store"; empty in a plugin's init.
  std::string type;                                          ///< "shelf"
  std::string component;                                     ///< Name in the configuration.
  std::vector<std::string> migrations = {};                  ///< Of its type's tables.
  std::set<std::pair<std::string, std::string>> named = {};  ///< Kinds and names of components in its configuration.
};

/// Services: log, clock and http always as far as the server has them; metrics, kv, database, secrets, links, sessions,
/// tasks and components for instances only; admin for endpoints only. `services` and `metrics` outlive the result.
/// Threads: [any].
std::unique_ptr<HostHandle> MakeInstanceHost(const HostServices& services, PluginMetrics& metrics,
                                             const InstanceNames& names);

}  // namespace sluice::plugin
