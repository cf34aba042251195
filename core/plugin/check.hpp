// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// What `sluice check-plugin` and `sluice plugins` print.

#include <chrono>
#include <iosfwd>
#include <string>
#include <vector>

#include "core/plugin/registry.hpp"

namespace sluice::plugin {

/// Checks one plugin file, its code in a child process, so that a crash or a hang is a finding like any other.
/// Prints one line a check: "ok", "FAIL", "note". Call it from a process with one thread.
/// \param config_file  YAML or JSON: the configuration of the plugin's component; with several, an object keyed by
///                     "<kind>/<type>". Empty: only what the schemas default.
/// \param limit        for the child process.
/// \returns  the exit code: 0, 1 when a check failed, 2 when there is nothing to check: no file, or no plugin for this
///           server's ABI.
int RunCheckPlugin(const std::string& file, const std::string& config_file, std::ostream& out,
                   std::chrono::milliseconds limit = std::chrono::seconds(30));

/// One block a plugin: file, id, version, ABI, digest, types; refusals at the end. \param schemas  print them too.
void PrintPlugins(const std::vector<PluginInfo>& plugins, bool schemas, std::ostream& out);

}  // namespace sluice::plugin
