// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Registry: loads plugins. PluginSet: those of one configuration.

#include <memory>
#include <set>
#include <sluice/sdk/result.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "core/config/config.hpp"
#include "core/plugin/instance.hpp"
#include "core/state/migrations.hpp"

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
  std::string pointer;         ///< "/plugins/files/0", "/plugins/directory"; empty: the configuration does not name it.
  struct Type {
    std::string kind, type, summary, schema;
  };
  std::vector<Type> types;
};

/// The plugins that one configuration names, and the component types they bring: what one Load found. Immutable; a
/// snapshot keeps the set that it was made with. Threads: [any].
class PluginSet {
 public:
  virtual ~PluginSet() = default;

  virtual const std::vector<PluginInfo>& plugins() const = 0;

  /// Adds a fault for the directory and for each file that the configuration names and that cannot be read. What is
  /// refused for anything else is missed only by components that need it.
  virtual void CheckFiles(const config::Config& config, config::Faults& faults) const = 0;

  /// Checks every component's configuration against its type's schema and fills in defaults. Adds a fault for an
  /// unknown type, naming the file that was refused if one may have brought it, unless there is a fault of "/plugins":
  /// what cannot be read may have brought it. Components with a fault at their place already are passed over: what they
  /// were meant to be is not known.
  /// \returns  the names of the components that passed.
  virtual std::set<std::string> CheckComponents(config::Config& config, config::Faults& faults) const = 0;

  /// Pointers of secret values of the whole document, for config::Expand and for redaction.
  virtual std::vector<std::string> SecretPointers(const config::Config& config) const = 0;

  /// The tables of every component that keeps some.
  virtual std::vector<state::Schema> Schemas(const config::Config& config) const = 0;

  /// A column of sealed values of one component. Names are whole.
  struct SealedTable {
    std::string component;  ///< Name in the configuration.
    std::string purpose;    ///< Of state::Secrets::Seal; the context is the text of the row's id.
    std::string table, id, column, key_id;
  };
  virtual std::vector<SealedTable> SealedTables(const config::Config& config) const = 0;

  /// Whether a new instance of this one's type would be made by the same build of the plugin. A reload keeps it then.
  virtual bool IsCurrent(const Instance& instance) const = 0;

  /// Makes one instance. \returns  kInvalidArgument (the plugin refused its configuration), kNotFound (no such type).
  virtual sdk::Result<std::shared_ptr<const Instance>> Create(const config::Component& component) const = 0;
};

/// Loads plugins. Code is loaded once and never unmapped.
class Registry {
 public:
  Registry(HostServices& services, prometheus::Registry& metrics);
  ~Registry();

  /// Loads what the configuration names; files already loaded (same digest) are kept, a new build is loaded beside the
  /// old and takes its place in the new set. Sets of earlier calls stay as they are. Refusals are logged, counted and
  /// kept in the set. Threads: [control].
  std::shared_ptr<const PluginSet> Load(const config::Plugins& plugins);

  /// The file that is being loaded or the component that is being made, in words; empty: neither. Threads: [any].
  std::string busy_with() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sluice::plugin
