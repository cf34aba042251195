// SPDX-License-Identifier: MIT
#include "core/plugin/check_child.hpp"

#include <prometheus/registry.h>
#include <unistd.h>

#include <sluice/abi/plugin.h>
#include <algorithm>
#include <array>
#include <atomic>
#include <fstream>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>
#include <thread>
#include <utility>

#include "core/config/document.hpp"
#include "core/plugin/abi_interface.hpp"
#include "core/plugin/host_services.hpp"
#include "core/plugin/instance_host.hpp"
#include "core/plugin/instance_impl.hpp"
#include "core/state/kv.hpp"
#include "core/state/secrets.hpp"

namespace sluice::plugin {
namespace {

constexpr int kRounds = 100;
constexpr int kThreads = 4;
constexpr int kCallsPerThread = 50;
constexpr std::string_view kInstanceName = "check";

/// In the order of loading: a refusal says that those before it passed.
constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kSteps = {{
    {reason::kDlopen, "loads with every symbol resolved"},
    {reason::kSymbol, "has the entry " SLUICE_PLUGIN_SYMBOL},
    {reason::kVersion, "sizes and versions fit this server"},
    {reason::kComponent, "components: kinds, names and functions are in order"},
    {reason::kSchema, "configuration schemas parse"},
    {reason::kInit, "init succeeds"},
}};

struct Findings final : CallObserver {
  sdk::Status Before(std::string_view) noexcept override { return sdk::Ok(); }
  void After(const CallOutcome& outcome) noexcept override {
    if (outcome.violation) ++violations;
    if (outcome.overrun(QuarantineRules().tolerance)) ++overruns;
  }
  std::atomic<int> violations{0}, overruns{0};
};

/// A server with little to offer: no network, no links. Other components have gone by the time that they are called.
struct SmallServer {
  prometheus::Registry registry;
  std::unique_ptr<state::KvStore> kv = state::MakeMemoryKv(1024 * 1024);
  std::unique_ptr<state::Secrets> secrets;
  HostServices services;
  PluginMetrics metrics{registry};

  SmallServer() {
    auto made = state::Secrets::FromKey(state::RandomBytes(32));
    if (made) secrets = std::move(*made);
    services.kv = kv.get();
    services.secrets = secrets.get();
    services.find = [](std::string_view) { return nullptr; };
    services.server_version = "check-plugin";
  }
};

/// The configuration of one component, checked and filled in; nothing, and a note or a failure, without one.
std::optional<config::Json> ConfigFor(const ComponentType& type, const std::optional<config::Json>& given,
                                      CheckReport& report) {
  const auto name = type.kind + "/" + type.type;
  config::Json value = config::Json::object();
  if (given) value = given->contains(name) ? given->at(name) : *given;
  config::Faults faults;
  type.schema.Check(value, "", {}, faults);
  if (faults.empty()) return value;
  auto text = faults.Text();
  std::replace(text.begin(), text.end(), '\n', ' ');
  if (given) {
    report.Fail(name + ": the given configuration does not fit the schema: " + text);
  } else {
    report.Note(name +
                ": create skipped, the schema's defaults are no whole configuration (give --config FILE): " + text);
  }
  return std::nullopt;
}

std::optional<config::Json> ReadConfig(const std::string& path, CheckReport& report) {
  if (path.empty()) return std::nullopt;
  std::ifstream in(path);
  std::stringstream text;
  text << in.rdbuf();
  config::Faults faults;
  config::Document document;
  if (!in || !config::AddYaml(text.str(), path, config::ProcessEnvironment(), document, faults) || !faults.empty()) {
    report.Fail("configuration " + path + " cannot be read: " + (faults.empty() ? "no such file" : faults.Text()));
    return std::nullopt;
  }
  return std::move(document.root);
}

class ComponentCheck {
 public:
  ComponentCheck(const LoadedPlugin& plugin, const ComponentType& type, const config::Json& config, SmallServer& server,
                 CheckReport& report)
      : control_(plugin.control()),
        type_(type),
        name_(type.kind + "/" + type.type),
        config_(config),
        host_(MakeInstanceHost(server.services, server.metrics,
                               {.plugin = plugin.info().id,
                                .kind = type.kind,
                                .type = type.type,
                                .component = std::string(kInstanceName),
                                .named = NamedBy(type, config)})),
        report_(report) {}

  void Run() {
    const std::lock_guard lock(control_);
    report_.Begin(name_ + ": create");
    if (!Make()) return;
    report_.Begin(name_ + ": create and destroy again and again");
    for (int round = 0; round < kRounds; ++round) {
      if (!Make()) return;
    }
    report_.Ok(name_ + ": created and destroyed " + std::to_string(kRounds) + " times");
    report_.Begin(name_ + ": concurrent calls");
    if (auto instance = Make()) CallConcurrently(*instance);
    if (const int violations = findings_.violations; violations != 0) {
      report_.Fail(name_ + ": " + std::to_string(violations) + " call(s) broke a rule of the boundary");
    }
    if (const int overruns = findings_.overruns; overruns != 0) {
      report_.Fail(name_ + ": " + std::to_string(overruns) + " cancelled call(s) came back after their deadline");
    }
  }

 private:
  std::optional<Interface> Make() {
    void* self = nullptr;
    auto status = CallCreate(control_, *type_.component, host_->abi(), std::string(kInstanceName), config_, self);
    if (!status && status.error().code == sdk::Errc::kInternal) {
      report_.Fail(name_ + ": " + status.error().message);
    } else if (!status) {  // it may want a server, a folder or a key that is not here
      report_.Note(name_ + ": create refused its configuration (give --config FILE): " + status.error().message);
    }
    if (!status) return std::nullopt;
    auto made = MakeInterface(*type_.component, self, findings_);
    if (made) return std::move(*made);
    report_.Fail(name_ + ": " + made.error().message);
    return std::nullopt;
  }

  void CallConcurrently(const Interface& instance) {
    const auto method = CallHarmlessly(instance);
    if (method.empty()) {
      report_.Note(name_ + ": concurrent calls skipped, no method of this kind is harmless");
      return;
    }
    std::vector<std::jthread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([&] {
        for (int k = 0; k < kCallsPerThread; ++k) CallHarmlessly(instance);
      });
    }
    threads.clear();
    report_.Ok(name_ + ": " + std::to_string(kThreads) + " threads called " + std::string(method) + " " +
               std::to_string(kThreads * kCallsPerThread) + " times");
  }

  ControlGate& control_;
  const ComponentType& type_;
  const std::string name_;
  const config::Json& config_;
  Findings findings_;
  std::unique_ptr<HostHandle> host_;
  CheckReport& report_;
};

}  // namespace

void CheckReport::Line(std::string_view prefix, std::string_view text) {
  std::string line(prefix);
  line.append(text);
  std::replace(line.begin(), line.end(), '\n', ' ');
  line += '\n';
  for (std::string_view rest = line; !rest.empty();) {
    const auto written = ::write(fd_, rest.data(), rest.size());
    if (written <= 0) return;  // the parent is gone
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
}

void CheckInChild(const PluginFile& file, const std::string& directory, const std::string& config_file,
                  CheckReport& report) {
  SmallServer server;
  Loader loader(
      [&](const std::string& id) {
        return MakeInstanceHost(server.services, server.metrics,
                                {.plugin = id, .kind = {}, .type = {}, .component = {}});
      },
      directory);
  report.Begin("load and init");
  const auto outcome = loader.LoadFile(file, {});
  const auto& info = outcome.info;
  const auto failed =
      std::find_if(kSteps.begin(), kSteps.end(), [&](const auto& step) { return step.first == info.refusal_reason; });
  if (outcome.plugin == nullptr && failed == kSteps.end()) return report.Fail(info.refusal);
  for (auto step = kSteps.begin(); step != failed; ++step) report.Ok(step->second);
  if (outcome.plugin == nullptr) return report.Fail(info.refusal);
  report.Note("id " + info.id + ", version " + info.version + ", ABI " + info.abi + ", built by " +
              (info.build_tag.empty() ? "?" : info.build_tag));
  const auto given = ReadConfig(config_file, report);
  if (report.failed()) return;
  for (const auto& type : outcome.plugin->types()) {
    if (const auto config = ConfigFor(type, given, report))
      ComponentCheck(*outcome.plugin, type, *config, server, report).Run();
  }
  report.Begin("deinit and exit");
}

}  // namespace sluice::plugin
