// SPDX-License-Identifier: MIT
#include "core/cli/commands.hpp"

#include <Poco/Exception.h>
#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Net/NetException.h>
#include <Poco/URI.h>
#include <signal.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstring>
#include <exception>
#include <iostream>

#include "core/cli/app.hpp"
#include "core/cli/manifest_tool.hpp"
#include "core/cli/pool_tool.hpp"
#include "core/cli/rotate.hpp"
#include "core/cli/tables.hpp"
#include "core/cli/version.hpp"
#include "core/plugin/check.hpp"
#include "core/state/sessions.hpp"
#include "core/telemetry/log.hpp"

namespace sluice::cli {
namespace {

constexpr int kMaxPid = 1 << 22;  // Linux' own ceiling

/// The modes of `sluice manifest`, which all take the same.
struct ManifestCommands {
  ManifestFlags flags;
  CLI::App* rewrite = nullptr;
  CLI::App* convert = nullptr;
  CLI::App* check = nullptr;

  void AddTo(CLI::App& app) {
    auto* const manifest =
        app.add_subcommand("manifest", "Show what the gateway makes of a manifest, without serving it");
    manifest->require_subcommand(1);
    rewrite = Add(*manifest, "rewrite", "Print it with its links rewritten, in a form that people can read");
    convert = Add(*manifest, "convert", "Print the HLS playlists that an MPD becomes");
    check = Add(*manifest, "check", "Say what is wrong with it, and with the manifests that it leads to");
  }
  int Run() {
    const auto mode = rewrite->parsed()   ? ManifestMode::kRewrite
                      : convert->parsed() ? ManifestMode::kConvert
                                          : ManifestMode::kCheck;
    return RunManifestTool(mode, flags, std::cout, std::cerr);
  }

 private:
  CLI::App* Add(CLI::App& manifest, const std::string& name, const std::string& summary) {
    auto* const command = manifest.add_subcommand(name, summary);
    command->add_option("SOURCE", flags.source, "a file, or an http or https URL")->required();
    command->add_option("--url", flags.url, "for a file: the URL that it is from");
    command->add_option("-c,--config", flags.from.config, "configuration that has --component; default: none");
    command->add_option("--component", flags.component,
                        "rewriter to use; default: the first that accepts the manifest");
    command->add_option("--env-file", flags.from.env_file, kEnvFileHelp);
    return command;
  }
};

int Run(CLI::App& app, int argc, char** argv) {
  ConfigFlags flags;
  std::string file;
  std::string check_config;
  std::string url;
  bool with_schema = false;
  bool status_only = false;
  int pid = 0;

  auto* const serve = app.add_subcommand("serve", "Run the gateway until SIGTERM; SIGHUP reloads the configuration");
  AddConfigFlags(serve, flags);
  auto* const validate = app.add_subcommand("validate", "Check a configuration and show every fault");
  AddConfigFlags(validate, flags);
  auto* const expand = app.add_subcommand("expand", "Show a configuration with defaults filled in, secrets masked");
  AddConfigFlags(expand, flags);
  auto* const plugins = app.add_subcommand("plugins", "List plugins: file, id, version, ABI, kinds, refusals");
  AddConfigFlags(plugins, flags);
  plugins->add_flag("--schema", with_schema, "show each type's configuration schema too");
  auto* const check = app.add_subcommand("check-plugin", "Check one plugin file, in a process of its own");
  check->add_option("FILE", file, "the plugin, a shared library")->required();
  check->add_option("--config", check_config, "file with the configuration to make instances with");
  auto* const migrate = app.add_subcommand("migrate", "Bring the tables in the database to what this build wants");
  AddConfigFlags(migrate, flags);
  migrate->add_flag("--status", status_only, "change nothing, and say how far they are");
  auto* const secrets = app.add_subcommand("secrets", "Look after the secrets in the database");
  secrets->require_subcommand(1);
  auto* const rotate = secrets->add_subcommand("rotate", "Seal them anew with the present secret key");
  AddConfigFlags(rotate, flags);
  auto* const reload = app.add_subcommand("reload", "Tell a running server to read its configuration again");
  reload->add_option("--pid", pid, "its process id")->required()->check(CLI::Range(1, kMaxPid));
  auto* const health = app.add_subcommand("healthcheck", "Exit 0 when URL answers with a status below 400");
  health->add_option("--url", url, "http URL")->default_val("http://127.0.0.1:8080/health");

  ManifestCommands manifest;
  manifest.AddTo(app);
  PoolCommands pool;
  pool.AddTo(app);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kExitOk : kExitUsage;
  }
  if (serve->parsed()) return Serve(flags);
  if (validate->parsed()) return Validate(flags);
  if (expand->parsed()) return Expand(flags);
  if (plugins->parsed()) return Plugins(flags, with_schema);
  if (check->parsed()) return plugin::RunCheckPlugin(file, check_config, std::cout);
  if (migrate->parsed()) return Migrate(flags, status_only);
  if (rotate->parsed()) return RotateKeys(flags);
  if (reload->parsed()) return Reload(pid);
  if (manifest.rewrite->parsed() || manifest.convert->parsed() || manifest.check->parsed()) return manifest.Run();
  if (pool.parsed()) return pool.Run(std::cin, std::cout, std::cerr);
  if (health->parsed()) return HealthCheck(url);
  std::cerr << app.help();
  return kExitUsage;
}

}  // namespace

int Main(int argc, char** argv) {
  CLI::App app("Sluice: a streaming gateway whose plugins are wired by YAML.", "sluice");
  app.set_version_flag("--version", "sluice " + std::string(kVersion) + " (" + std::string(kCompiler) + ", " +
                                        std::string(kBuildType) + ")");
  try {
    return Run(app, argc, argv);
  } catch (const Poco::Exception& error) {
    std::cerr << "sluice: " << error.displayText() << '\n';
  } catch (const std::exception& error) {
    std::cerr << "sluice: " << error.what() << '\n';
  }
  return kExitFailed;
}

int Validate(const ConfigFlags& flags) {
  telemetry::SetLogLevel(telemetry::Level::kError);
  const auto app = PreparedApp(flags, std::cerr);
  if (app == nullptr) return kExitUsage;
  const auto snapshot = app->snapshot();
  const auto& config = snapshot->config;
  std::cout << flags.config << ": ok, " << config.components.size() << " components, " << config.pipelines.size()
            << " pipelines\n";
  return kExitOk;
}

int Expand(const ConfigFlags& flags) {
  const auto app = PreparedApp(flags, std::cerr);
  if (app == nullptr) return kExitUsage;
  std::cout << app->Expanded();
  return kExitOk;
}

int Plugins(const ConfigFlags& flags, bool with_schema) {
  config::Faults faults;
  App app(OptionsOf(flags, faults));
  app.Prepare(faults);
  if (const auto found = app.plugins()) plugin::PrintPlugins(found->plugins(), with_schema, std::cout);
  return faults.empty() ? kExitOk : Complain(faults, std::cerr);
}

int Migrate(const ConfigFlags& flags, bool status_only) {
  const auto app = PreparedApp(flags, std::cerr);
  if (app == nullptr) return kExitUsage;
  const auto schemas = app->Schemas();
  if (schemas.empty()) {
    std::cout << flags.config << ": no component keeps tables\n";
    return kExitOk;
  }
  const bool done = (status_only || MigrateTables(app->database(), schemas, std::cerr)) &&
                    ShowTables(app->database(), schemas, std::cout, std::cerr);
  return done ? kExitOk : kExitFailed;
}

int RotateKeys(const ConfigFlags& flags) {
  const auto app = PreparedApp(flags, std::cerr);
  if (app == nullptr) return kExitUsage;
  const auto snapshot = app->snapshot();
  auto tables = snapshot->plugins->SealedTables(snapshot->config);
  tables.push_back(SealedSessions());
  auto schemas = app->Schemas();
  schemas.push_back(state::SessionSchema());
  const bool done = MigrateTables(app->database(), schemas, std::cerr) &&
                    RotateSecrets(app->database(), app->secrets(), tables, std::cout, std::cerr);
  return done ? kExitOk : kExitFailed;
}

int Reload(int pid) {
  if (::kill(pid, SIGHUP) == 0) return kExitOk;
  std::cerr << "sluice: reload: process " << pid << ": " << std::strerror(errno) << '\n';
  return kExitFailed;
}

int HealthCheck(const std::string& url) {
  try {
    const Poco::URI target(url);
    if (target.getScheme() != "http" || target.getHost().empty()) {
      std::cerr << "sluice: healthcheck: --url: want http://host[:port]/path\n";
      return kExitUsage;
    }
    Poco::Net::HTTPClientSession session(target.getHost(), target.getPort());
    session.setTimeout(Poco::Timespan(5, 0));
    Poco::Net::HTTPRequest request("GET", target.getPathAndQuery(), "HTTP/1.1");
    session.sendRequest(request);
    Poco::Net::HTTPResponse response;
    session.receiveResponse(response);
    if (response.getStatus() < 400) return kExitOk;
    std::cerr << "sluice: healthcheck: " << url << ": status " << response.getStatus() << '\n';
  } catch (const Poco::Exception& error) {
    std::cerr << "sluice: healthcheck: " << url << ": " << error.displayText() << '\n';
  }
  return kExitFailed;
}

}  // namespace sluice::cli
