// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// What a configuration that was loaded brings with it, before it is used.

#include "core/config/config.hpp"

namespace sluice::plugin {
class PluginSet;
}

namespace sluice::cli {

/// Keeps every string out of the log that the operator or a schema has marked as secret. Those that are too short to be
/// recognised are warned of.
void RegisterSecrets(const config::Config& config, const plugin::PluginSet& plugins);

/// Warns of each setting that differs, and is read once, when the server starts.
void WarnOfRestart(const config::Config& before, const config::Config& after);

}  // namespace sluice::cli
