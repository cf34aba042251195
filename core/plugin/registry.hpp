// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Registry: the plugins that are loaded, and the component types they bring.

#include <memory>
#include <sluice/sdk/result.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "core/config/config.hpp"
#include "core/plugin/instance.hpp"

namespace prometheus {
class Registry;
}

namespace sluice::plugin {

struct HostServices;  // core/plugin/host_services.hpp: what instances are offered

/// One loaded file, or one that was refused.
struct PluginInfo {
  std::string file;
  std::string sha256;
  std::string id, version, license, build_tag;
  std::string abi;             ///< "1.0"
  std::string refusal;         ///< Why it was not loaded; empty when it was.
  std::string refusal_reason;  ///< Metric label of the refusal: "section", "symbol", …
  struct Type {
    std::string kind, type, summary, schema;
  };
  std::vector<Type> types;
};

/// Threads: Load [control]; the rest [any]. Code is loaded once and never unmapped.
class Registry {
 public:
  Registry(HostServices& services, prometheus::Registry& metrics);
  ~Registry();

  /// Loads what the configuration names; files already loaded (same digest) are kept, a new build is loaded beside the
  /// old and takes its place for new instances. Refusals are logged, counted and kept in plugins().
  void Load(const config::Plugins& plugins);

  std::vector<PluginInfo> plugins() const;

  /// Checks every component's configuration against its type's schema and fills in defaults. Adds a fault for an
  /// unknown type, naming the file that was refused if one may have brought it.
  void CheckComponents(config::Config& config, config::Faults& faults) const;

  /// Pointers of secret values of the whole document, for config::Expand and for redaction.
  std::vector<std::string> SecretPointers(const config::Config& config) const;

  /// Whether a new instance of this one's type would be made by the same build of the plugin. A reload keeps it then.
  bool IsCurrent(const Instance& instance) const;

  /// Makes one instance. \returns  kInvalidArgument (the plugin refused its configuration), kNotFound (no such type).
  sdk::Result<std::shared_ptr<const Instance>> Create(const config::Component& component);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sluice::plugin
