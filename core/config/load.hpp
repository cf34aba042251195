// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Reads YAML into a Config, and writes a Config back as YAML.

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "core/config/config.hpp"

namespace sluice::config {

/// Looks up an environment variable; tests pass their own.
using Environment = std::function<std::optional<std::string>(std::string_view name)>;
Environment ProcessEnvironment();
/// Variables of a `.env` file (NAME=value lines, # comments, optional quotes) before those of `under`.
/// A fault when the file cannot be read or a line has no "=".
Environment WithEnvFile(const std::string& path, Environment under, Faults& faults);

/// Reads `path`: one file, or every *.yaml of a directory in name order, merged (a name defined twice is a fault).
/// Interpolates, checks shapes and references between components and pipelines, fills in defaults. Does not know
/// plugins: component configurations are checked by CheckComponents of core/plugin.
/// \returns  the configuration; with any fault added, it must not be used.
Config Load(const std::string& path, const Environment& environment, Faults& faults);
/// The same from text; `name` stands for the file in faults.
Config LoadText(std::string_view yaml, const std::string& name, const Environment& environment, Faults& faults);

/// The configuration as YAML in native form, every default filled in. Values at pointers in `secrets` and every value
/// that the loader knows to be secret come out as "***".
std::string Expand(const Config& config, const std::vector<std::string>& secrets);

}  // namespace sluice::config
