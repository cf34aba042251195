// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// The command line. Exit codes: 0 done, 1 failed, 2 wrong usage or configuration, 3 ended by force while something
/// hung.

#include <string>

#include "core/cli/config_flags.hpp"

namespace sluice::cli {

inline constexpr int kExitOk = 0;
inline constexpr int kExitFailed = 1;
inline constexpr int kExitUsage = 2;
inline constexpr int kExitStuck = 3;

int Main(int argc, char** argv);

int Serve(const ConfigFlags& flags);
int Validate(const ConfigFlags& flags);
int Expand(const ConfigFlags& flags);
int Plugins(const ConfigFlags& flags, bool with_schema);
/// Makes the tables of all components, or says how far they are.
int Migrate(const ConfigFlags& flags, bool status_only);
/// Seals what the database holds anew, with the present key.
int RotateKeys(const ConfigFlags& flags);
int Reload(int pid);
/// Asks `url` (http) for a status below 400.
int HealthCheck(const std::string& url);

}  // namespace sluice::cli
