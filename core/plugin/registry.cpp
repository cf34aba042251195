// SPDX-License-Identifier: MIT
#include "core/plugin/registry.hpp"

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <system_error>
#include <utility>

#include "core/plugin/host_services.hpp"
#include "core/plugin/instance_host.hpp"
#include "core/plugin/instance_impl.hpp"
#include "core/plugin/loader.hpp"
#include "core/plugin/refusal.hpp"
#include "core/telemetry/log.hpp"

namespace sluice::plugin {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxSuspects = 3;

std::string DefaultDirectory() {
  std::error_code error;
  const auto executable = fs::read_symlink("/proc/self/exe", error);
  return (executable.parent_path().parent_path() / "lib/sluice/plugins").string();
}

Refusal CheckDirectory(const std::string& directory, std::vector<std::string>& files) {
  std::error_code error;
  fs::directory_iterator entries(directory, error);
  for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
    if (entries->path().extension() == ".so") files.push_back(entries->path().string());
  }
  std::sort(files.begin(), files.end());
  if (!error) return {};
  return Refuse(reason::kFile, directory, "a directory of plugins", "\"" + error.message() + "\"",
                "set /plugins/directory");
}

/// Whether the refused file may have brought `type`: its name says so.
bool Suspect(const PluginInfo& info, std::string_view type) {
  return info.id.find(type) != std::string::npos ||
         fs::path(info.file).filename().string().find(type) != std::string::npos;
}

}  // namespace

class Registry::Impl {
 public:
  Impl(HostServices& services, prometheus::Registry& metrics)
      : context_(std::make_shared<InstanceContext>(services, metrics, std::chrono::steady_clock::now)),
        loader_([this](const std::string& id) { return MakeInitHost(id); }, {}),
        failures_(prometheus::BuildCounter()
                      .Name("sluice_plugin_load_failures_total")
                      .Help("Plugin files that were refused")
                      .Register(metrics)) {}

  void Load(const config::Plugins& plugins);
  std::vector<PluginInfo> plugins() const {
    const std::shared_lock lock(mutex_);
    return infos_;
  }
  void CheckComponents(config::Config& config, config::Faults& faults) const;
  std::vector<std::string> SecretPointers(const config::Config& config) const;
  bool IsCurrent(const Instance& instance) const {
    const std::shared_lock lock(mutex_);
    const auto found = types_.find({instance.kind(), instance.type()});
    return found != types_.end() && found->second.plugin.get() == CodeOf(instance);
  }
  sdk::Result<std::shared_ptr<const Instance>> Create(const config::Component& component);

 private:
  using TypeKey = std::pair<std::string, std::string>;  // kind, type
  struct TypeEntry {
    std::shared_ptr<const LoadedPlugin> plugin;
    const ComponentType* type;
  };
  using Types = std::map<TypeKey, TypeEntry>;

  std::unique_ptr<HostHandle> MakeInitHost(const std::string& id) {
    return MakeInstanceHost(context_->services, context_->metrics,
                            {.plugin = id, .kind = {}, .type = {}, .component = {}});
  }
  void Report(PluginInfo& info, const Refusal& refusal);
  /// Adds the plugin's types, or refuses it when another plugin brought its id or one of its types.
  std::optional<Refusal> Adopt(const LoadOutcome& outcome, const std::vector<PluginInfo>& infos, Types& types);
  std::vector<PluginInfo> ReportMissing(const std::vector<config::PluginPin>& allow,
                                        const std::vector<PluginInfo>& infos);
  std::string UnknownType(const config::Component& component) const;

  std::shared_ptr<InstanceContext> context_;
  Loader loader_;
  prometheus::Family<prometheus::Counter>& failures_;
  mutable std::shared_mutex mutex_;
  std::vector<PluginInfo> infos_;
  Types types_;
  QuarantineRules rules_;
};

void Registry::Impl::Report(PluginInfo& info, const Refusal& refusal) {
  info.refusal = refusal.message;
  info.refusal_reason = refusal.reason;
  failures_.Add({{"reason", refusal.reason}}).Increment();
  telemetry::Log(telemetry::Level::kError, "a plugin was refused",
                 {{"file", info.file}, {"plugin", info.id}, {"reason", refusal.reason}, {"cause", refusal.message}});
}

std::optional<Refusal> Registry::Impl::Adopt(const LoadOutcome& outcome, const std::vector<PluginInfo>& infos,
                                             Types& types) {
  const auto& info = outcome.info;
  for (const auto& other : infos) {
    if (other.id != info.id || !other.refusal.empty()) continue;
    return Refuse(reason::kDuplicate, info.file, "one file for each plugin", info.id + " in " + other.file + " too",
                  "remove one of the two");
  }
  for (const auto& type : outcome.plugin->types()) {
    const auto found = types.find({type.kind, type.type});
    if (found == types.end()) continue;
    return Refuse(reason::kDuplicate, info.file, "types that no other plugin brings",
                  type.kind + "/" + type.type + " of " + found->second.plugin->info().id, "remove one of the two");
  }
  for (const auto& type : outcome.plugin->types()) types[{type.kind, type.type}] = {outcome.plugin, &type};
  return std::nullopt;
}

std::vector<PluginInfo> Registry::Impl::ReportMissing(const std::vector<config::PluginPin>& allow,
                                                      const std::vector<PluginInfo>& infos) {
  std::vector<PluginInfo> missing;
  for (const auto& pin : allow) {
    const auto brings = [&](const PluginInfo& info) { return info.id == pin.id; };
    if (std::any_of(infos.begin(), infos.end(), brings)) continue;
    PluginInfo info;
    info.id = pin.id;
    Report(info, Refuse(reason::kFile, pin.id, "a file of the plugin, since it is on the allow-list", "none",
                        "put it into /plugins/directory, or take it off the list"));
    missing.push_back(std::move(info));
  }
  return missing;
}

void Registry::Impl::Load(const config::Plugins& plugins) {
  std::vector<PluginInfo> infos;
  Types types;
  std::vector<std::string> files;
  const auto directory = plugins.directory.empty() ? DefaultDirectory() : plugins.directory;
  if (const auto refusal = CheckDirectory(directory, files); !refusal.reason.empty()) {
    PluginInfo info;
    info.file = directory;
    // Nobody asked for the default directory: that it is not there is a fault only of a configuration that needs it.
    if (plugins.directory.empty()) {
      info.refusal = refusal.message;
      info.refusal_reason = refusal.reason;
    } else {
      Report(info, refusal);
    }
    infos.push_back(std::move(info));
  }
  for (const auto& file : plugins.files) {
    if (std::find(files.begin(), files.end(), file) == files.end()) files.push_back(file);
  }
  for (const auto& file : files) {
    auto outcome = loader_.Load(file, plugins.allow);
    std::optional<Refusal> refusal;
    if (outcome.plugin == nullptr) {
      refusal = Refusal{outcome.info.refusal_reason, outcome.info.refusal};
    } else {
      refusal = Adopt(outcome, infos, types);
    }
    if (refusal) Report(outcome.info, *refusal);
    infos.push_back(std::move(outcome.info));
  }
  for (auto& info : ReportMissing(plugins.allow, infos)) infos.push_back(std::move(info));
  const std::unique_lock lock(mutex_);
  infos_ = std::move(infos);
  types_ = std::move(types);
  rules_ = {.after = plugins.quarantine_after, .probe = plugins.quarantine_probe};
}

std::string Registry::Impl::UnknownType(const config::Component& component) const {
  std::string known;
  for (const auto& [key, entry] : types_) {
    if (key.first == component.kind) known.append(known.empty() ? "" : ", ").append(key.second);
  }
  auto message = "unknown " + component.kind + " type \"" + component.type +
                 "\"; known: " + (known.empty() ? std::string("none") : known);
  std::vector<const PluginInfo*> suspects;
  for (const auto& info : infos_) {
    if (!info.refusal.empty() && Suspect(info, component.type)) suspects.push_back(&info);
  }
  if (suspects.empty()) {
    for (const auto& info : infos_) {
      if (!info.refusal.empty()) suspects.push_back(&info);
    }
    if (suspects.size() > kMaxSuspects) suspects.resize(kMaxSuspects);
  }
  for (const auto* info : suspects) message.append("; refused: ").append(info->refusal);
  return message;
}

void Registry::Impl::CheckComponents(config::Config& config, config::Faults& faults) const {
  const std::shared_lock lock(mutex_);
  const config::Places none;
  const auto& places = config.places == nullptr ? none : *config.places;
  for (auto& component : config.components) {
    const auto found = types_.find({component.kind, component.type});
    if (found == types_.end()) {
      faults.Add(component.place, UnknownType(component));
    } else {
      found->second.type->schema.Check(*component.config, component.config_pointer, places, faults);
    }
  }
}

std::vector<std::string> Registry::Impl::SecretPointers(const config::Config& config) const {
  const std::shared_lock lock(mutex_);
  std::vector<std::string> pointers;
  for (const auto& component : config.components) {
    const auto found = types_.find({component.kind, component.type});
    if (found == types_.end()) continue;
    for (const auto& pointer : found->second.type->schema.SecretPointers(*component.config)) {
      pointers.push_back(component.config_pointer + pointer);
    }
  }
  return pointers;
}

sdk::Result<std::shared_ptr<const Instance>> Registry::Impl::Create(const config::Component& component) {
  TypeEntry entry;
  QuarantineRules rules;
  {
    const std::shared_lock lock(mutex_);
    const auto found = types_.find({component.kind, component.type});
    if (found == types_.end()) return sdk::Error{.code = sdk::Errc::kNotFound, .message = UnknownType(component)};
    entry = found->second;
    rules = rules_;
  }
  return MakeInstance(context_, entry.plugin, *entry.type, component, rules);
}

Registry::Registry(HostServices& services, prometheus::Registry& metrics)
    : impl_(std::make_unique<Impl>(services, metrics)) {}
Registry::~Registry() = default;

void Registry::Load(const config::Plugins& plugins) { impl_->Load(plugins); }
std::vector<PluginInfo> Registry::plugins() const { return impl_->plugins(); }
void Registry::CheckComponents(config::Config& config, config::Faults& faults) const {
  impl_->CheckComponents(config, faults);
}
std::vector<std::string> Registry::SecretPointers(const config::Config& config) const {
  return impl_->SecretPointers(config);
}
bool Registry::IsCurrent(const Instance& instance) const { return impl_->IsCurrent(instance); }
sdk::Result<std::shared_ptr<const Instance>> Registry::Create(const config::Component& component) {
  return impl_->Create(component);
}

}  // namespace sluice::plugin
