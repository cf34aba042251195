// SPDX-License-Identifier: MIT
#include "core/cli/config_flags.hpp"

#include <CLI/CLI.hpp>
#include <ostream>

#include "core/cli/app.hpp"
#include "core/cli/commands.hpp"
#include "core/telemetry/log.hpp"

namespace sluice::cli {
namespace {

constexpr auto kDefaultConfig = "config/sluice.yaml";

}  // namespace

void AddConfigFlags(CLI::App* command, ConfigFlags& flags) {
  command->add_option("-c,--config", flags.config, "configuration: a YAML file, or a directory of them")
      ->default_val(kDefaultConfig);
  command->add_option("--env-file", flags.env_file, kEnvFileHelp);
}

AppOptions OptionsOf(const ConfigFlags& flags, config::Faults& faults) {
  auto environment = config::ProcessEnvironment();
  if (!flags.env_file.empty()) environment = config::WithEnvFile(flags.env_file, std::move(environment), faults);
  return {.config_path = flags.config, .environment = std::move(environment)};
}

int Complain(const config::Faults& faults, std::ostream& errors) {
  errors << telemetry::Redact(faults.Text());
  return kExitUsage;
}

std::unique_ptr<App> PreparedApp(const ConfigFlags& flags, std::ostream& errors) {
  config::Faults faults;
  auto app = std::make_unique<App>(OptionsOf(flags, faults));
  app->Prepare(faults);
  if (faults.empty()) return app;
  Complain(faults, errors);
  return nullptr;
}

}  // namespace sluice::cli
