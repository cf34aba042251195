// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// ConfigFlags: which configuration a command is about, and the App that it makes.

#include <iosfwd>
#include <memory>
#include <string>

#include "core/config/fault.hpp"

namespace CLI {
class App;
}

namespace sluice::cli {

class App;
struct AppOptions;

struct ConfigFlags {
  std::string config;    ///< File or directory.
  std::string env_file;  ///< Empty: none.
};

inline constexpr const char* kEnvFileHelp = "read NAME=value lines before the environment";

/// --config and --env-file. \param flags  outlives the command.
void AddConfigFlags(CLI::App* command, ConfigFlags& flags);

/// Adds a fault for an environment file that cannot be read.
AppOptions OptionsOf(const ConfigFlags& flags, config::Faults& faults);

/// Says what is wrong, one line each. \returns  kExitUsage.
int Complain(const config::Faults& faults, std::ostream& errors);

/// An App after its Prepare. \returns  null: `errors` says what is wrong.
std::unique_ptr<App> PreparedApp(const ConfigFlags& flags, std::ostream& errors);

}  // namespace sluice::cli
