// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Loader: from a file to code that may be called, one check after the other.

#include <sluice/abi/plugin.h>

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "core/plugin/control_gate.hpp"
#include "core/plugin/entry_check.hpp"
#include "core/plugin/plugin_file.hpp"
#include "core/plugin/private_copy.hpp"
#include "core/plugin/refusal.hpp"
#include "core/plugin/registry.hpp"

namespace sluice::plugin {

/// The host as one plugin or instance sees it; owns what the C struct points to.
struct HostHandle {
  virtual ~HostHandle() = default;
  virtual const sluice_host& abi() const = 0;
  /// Ends the work that the instance started beside its calls, and lets none start any more.
  virtual void Drain() {}
};

/// Code of one build of a plugin, initialised; mapped for ever. Ends it (`deinit`) when destroyed.
class LoadedPlugin {
 public:
  LoadedPlugin(PluginInfo info, const sluice_plugin_entry& entry, std::vector<ComponentType> types,
               std::unique_ptr<HostHandle> host);
  ~LoadedPlugin();
  LoadedPlugin(const LoadedPlugin&) = delete;
  LoadedPlugin& operator=(const LoadedPlugin&) = delete;

  const PluginInfo& info() const { return info_; }
  const std::vector<ComponentType>& types() const { return types_; }
  /// Held during [control] calls, which a plugin gets one at a time.
  ControlGate& control() const { return control_; }

 private:
  const PluginInfo info_;
  const sluice_plugin_entry& entry_;
  const std::vector<ComponentType> types_;
  const std::unique_ptr<HostHandle> host_;  ///< `init` may have kept it.
  mutable ControlGate control_;
};

/// What became of one file: `plugin`, or null and `info.refusal`.
struct LoadOutcome {
  PluginInfo info;
  std::shared_ptr<const LoadedPlugin> plugin;
};

/// Threads: [control].
class Loader {
 public:
  static constexpr std::size_t kMaxGenerations = 8;  ///< Builds of one plugin that one process maps.
  using HostFactory = std::function<std::unique_ptr<HostHandle>(const std::string& plugin_id)>;

  /// \param cache_directory  as PrivateCopies.
  Loader(HostFactory host_factory, std::string cache_directory);

  /// Every step of loading `path`. A build that was loaded or refused before (same digest) keeps its outcome, as far as
  /// it does not depend on the file's permissions, the allow-list or the machine.
  LoadOutcome Load(const std::string& path, const std::vector<config::PluginPin>& allow);
  /// The same for bytes that were read before.
  LoadOutcome LoadFile(const PluginFile& file, const std::vector<config::PluginPin>& allow);

 private:
  /// Runs code of the plugin from here on.
  LoadOutcome Open(const PluginFile& file, const std::string& copy, const std::vector<config::PluginPin>& allow);
  LoadOutcome Start(const PluginFile& file, const sluice_plugin_entry& entry,
                    const std::vector<config::PluginPin>& allow);

  HostFactory host_factory_;
  PrivateCopies copies_;
  std::map<std::string, PluginFile> seen_;                    ///< By path; without bytes.
  std::map<std::string, LoadOutcome> outcomes_;               ///< By digest.
  std::map<std::string, std::set<std::string>> generations_;  ///< Digests that were mapped, by plugin id.
};

}  // namespace sluice::plugin
