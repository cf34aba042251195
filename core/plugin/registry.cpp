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
#include <system_error>
#include <utility>

#include "core/config/component_references.hpp"
#include "core/config/fault_at.hpp"
#include "core/plugin/host_services.hpp"
#include "core/plugin/instance_database.hpp"
#include "core/plugin/instance_host.hpp"
#include "core/plugin/instance_impl.hpp"
#include "core/plugin/instance_services.hpp"
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

/// A file to load.
struct Candidate {
  std::string path;
  std::string pointer;  ///< As PluginInfo.
};

constexpr std::string_view kDirectoryPointer = "/plugins/directory";
constexpr std::string_view kFilesPointer = "/plugins/files";

/// The libraries in the directory. Empty reason: it could be read.
Refusal ListDirectory(const config::Plugins& plugins, PluginInfo& info, std::vector<Candidate>& files) {
  const bool named = !plugins.directory.empty();
  info.file = named ? plugins.directory : DefaultDirectory();
  if (named) info.pointer = kDirectoryPointer;
  std::error_code error;
  fs::directory_iterator entries(info.file, error);
  for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
    if (entries->path().extension() == ".so") files.push_back({entries->path().string(), {}});
  }
  std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
  if (!error) return {};
  return Refuse(reason::kFile, info.file, "a directory of plugins", "\"" + error.message() + "\"",
                named ? "check the path and its permissions" : "set /plugins/directory");
}

void AddNamed(const config::Plugins& plugins, std::vector<Candidate>& files) {
  for (std::size_t i = 0; i < plugins.files.size(); ++i) {
    auto found =
        std::find_if(files.begin(), files.end(), [&](const auto& file) { return file.path == plugins.files[i]; });
    if (found == files.end()) found = files.insert(found, {plugins.files[i], {}});
    if (found->pointer.empty()) found->pointer = std::string(kFilesPointer) + "/" + std::to_string(i);
  }
}

/// Whether a fault of the configuration says of this file that it was refused.
bool IsFault(const PluginInfo& info) { return !info.pointer.empty() && info.refusal_reason == reason::kFile; }

const config::Places& PlacesOf(const config::Config& config) {
  static const config::Places kNone;
  return config.places == nullptr ? kNone : *config.places;
}

/// Whether the refused file may have brought `type`: its name says so.
bool Suspect(const PluginInfo& info, std::string_view type) {
  return info.id.find(type) != std::string::npos ||
         fs::path(info.file).filename().string().find(type) != std::string::npos;
}

/// Whether a fault of `component` is known.
bool AtFault(const config::Component& component, const config::Faults& faults) {
  for (const auto* const pointer : {&component.place.pointer, &component.config_pointer}) {
    if (!pointer->empty() && config::HasFaultAt(faults, *pointer)) return true;
  }
  return false;
}

/// What goes on, for whoever has to say why nothing else does. Threads: [any].
class Activity {
 public:
  std::string Get() const {
    const std::lock_guard lock(mutex_);
    return text_;
  }
  void Set(std::string text) {
    const std::lock_guard lock(mutex_);
    text_ = std::move(text);
  }

 private:
  mutable std::mutex mutex_;
  std::string text_;
};

/// Says what goes on until the end of a block.
class Busy {
 public:
  Busy(Activity& activity, std::string text) : activity_(activity) { activity_.Set(std::move(text)); }
  ~Busy() { activity_.Set({}); }
  Busy(const Busy&) = delete;
  Busy& operator=(const Busy&) = delete;

 private:
  Activity& activity_;
};

using TypeKey = std::pair<std::string, std::string>;  // kind, type
struct TypeEntry {
  std::shared_ptr<const LoadedPlugin> plugin;
  const ComponentType* type;
};
using Types = std::map<TypeKey, TypeEntry>;

class LoadedSet final : public PluginSet {
 public:
  LoadedSet(std::shared_ptr<InstanceContext> context, std::shared_ptr<Activity> activity, QuarantineRules rules,
            std::vector<PluginInfo> infos, Types types)
      : context_(std::move(context)),
        activity_(std::move(activity)),
        rules_(rules),
        infos_(std::move(infos)),
        types_(std::move(types)) {}

  const std::vector<PluginInfo>& plugins() const override { return infos_; }
  void CheckFiles(const config::Config& config, config::Faults& faults) const override;
  std::set<std::string> CheckComponents(config::Config& config, config::Faults& faults) const override;
  std::vector<std::string> SecretPointers(const config::Config& config) const override;
  std::vector<state::Schema> Schemas(const config::Config& config) const override;
  std::vector<SealedTable> SealedTables(const config::Config& config) const override;
  bool IsCurrent(const Instance& instance) const override {
    const auto found = types_.find({instance.kind(), instance.type()});
    return found != types_.end() && found->second.plugin.get() == CodeOf(instance);
  }
  sdk::Result<std::shared_ptr<const Instance>> Create(const config::Component& component) const override;

 private:
  std::string UnknownType(const config::Component& component) const;

  const std::shared_ptr<InstanceContext> context_;
  const std::shared_ptr<Activity> activity_;
  const QuarantineRules rules_;
  const std::vector<PluginInfo> infos_;
  const Types types_;
};

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

  std::shared_ptr<const PluginSet> Load(const config::Plugins& plugins);
  std::string busy_with() const { return activity_->Get(); }

 private:
  std::unique_ptr<HostHandle> MakeInitHost(const std::string& id) {
    return MakeInstanceHost(context_->services, context_->metrics,
                            {.plugin = id, .kind = {}, .type = {}, .component = {}});
  }
  void Report(PluginInfo& info, const Refusal& refusal);
  /// Adds the plugin's types, or refuses it when another plugin brought its id or one of its types.
  std::optional<Refusal> Adopt(const LoadOutcome& outcome, const std::vector<PluginInfo>& infos, Types& types);
  std::vector<PluginInfo> ReportMissing(const std::vector<config::PluginPin>& allow,
                                        const std::vector<PluginInfo>& infos);

  const std::shared_ptr<InstanceContext> context_;
  const std::shared_ptr<Activity> activity_ = std::make_shared<Activity>();
  Loader loader_;
  prometheus::Family<prometheus::Counter>& failures_;
  std::set<std::string> said_of_cache_;  ///< Causes logged by this Load.
};

void Registry::Impl::Report(PluginInfo& info, const Refusal& refusal) {
  info.refusal = refusal.message;
  info.refusal_reason = refusal.reason;
  failures_.Add({{"reason", refusal.reason}}).Increment();
  if (IsFault(info)) return;  // said with the other faults
  if (refusal.reason == reason::kCache) {
    // A cache that cannot be used is a fault of every plugin: once is enough.
    auto cause = refusal.message.substr(std::min(info.file.size(), refusal.message.size()));
    if (!said_of_cache_.insert(std::move(cause)).second) return;
  }
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

std::shared_ptr<const PluginSet> Registry::Impl::Load(const config::Plugins& plugins) {
  std::vector<PluginInfo> infos;
  Types types;
  std::vector<Candidate> files;
  said_of_cache_.clear();
  PluginInfo directory;
  if (const auto refusal = ListDirectory(plugins, directory, files); !refusal.reason.empty()) {
    // Nobody asked for the default directory: that it is not there is a fault only of a configuration that needs it.
    if (directory.pointer.empty()) {
      directory.refusal = refusal.message;
      directory.refusal_reason = refusal.reason;
    } else {
      Report(directory, refusal);
    }
    infos.push_back(std::move(directory));
  }
  AddNamed(plugins, files);
  for (const auto& file : files) {
    const Busy busy(*activity_, "loading " + file.path);
    auto outcome = loader_.Load(file.path, plugins.allow);
    outcome.info.pointer = file.pointer;
    std::optional<Refusal> refusal;
    if (outcome.plugin == nullptr) {
      refusal = Refusal{outcome.info.refusal_reason, outcome.info.refusal};
    } else {
      refusal = Adopt(outcome, infos, types);
    }
    if (refusal) Report(outcome.info, *refusal);
    infos.push_back(std::move(outcome.info));
  }
  if (std::none_of(infos.begin(), infos.end(), IsFault)) {  // what cannot be read may be what is missing
    for (auto& info : ReportMissing(plugins.allow, infos)) infos.push_back(std::move(info));
  }
  const QuarantineRules rules{.after = plugins.quarantine_after, .probe = plugins.quarantine_probe};
  return std::make_shared<LoadedSet>(context_, activity_, rules, std::move(infos), std::move(types));
}

std::string LoadedSet::UnknownType(const config::Component& component) const {
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

void LoadedSet::CheckFiles(const config::Config& config, config::Faults& faults) const {
  const auto& places = PlacesOf(config);
  for (const auto& info : infos_) {
    if (!IsFault(info)) continue;
    // `files` may be one path in place of a list.
    const bool alone = info.pointer != kDirectoryPointer && !places.contains(info.pointer);
    faults.Add(config::PlaceOf(places, alone ? kFilesPointer : info.pointer), info.refusal);
  }
}

std::set<std::string> LoadedSet::CheckComponents(config::Config& config, config::Faults& faults) const {
  std::set<std::string> passed;
  const bool complete = !config::HasFaultAt(faults, "/plugins");
  const auto& places = PlacesOf(config);
  for (auto& component : config.components) {
    if (AtFault(component, faults)) continue;
    const auto found = types_.find({component.kind, component.type});
    if (found == types_.end()) {
      if (complete) faults.Add(component.place, UnknownType(component));
      continue;
    }
    const auto before = faults.all().size();
    found->second.type->schema.Check(*component.config, component.config_pointer, places, faults);
    config::CheckReferences(found->second.type->schema, component, config, places, faults);
    if (faults.all().size() == before) passed.insert(component.name);
  }
  return passed;
}

std::vector<std::string> LoadedSet::SecretPointers(const config::Config& config) const {
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

std::vector<state::Schema> LoadedSet::Schemas(const config::Config& config) const {
  std::vector<state::Schema> schemas;
  for (const auto& component : config.components) {
    const auto found = types_.find({component.kind, component.type});
    if (found == types_.end() || found->second.type->migrations.empty()) continue;
    schemas.push_back(SchemaOf(component.kind, component.name, found->second.type->migrations));
  }
  return schemas;
}

std::vector<PluginSet::SealedTable> LoadedSet::SealedTables(const config::Config& config) const {
  std::vector<SealedTable> tables;
  for (const auto& component : config.components) {
    const auto found = types_.find({component.kind, component.type});
    if (found == types_.end()) continue;
    for (const auto& sealed : found->second.type->sealed_columns) {
      tables.push_back({.component = component.name,
                        .purpose = SecretsPurpose(component.kind, component.name),
                        .table = TablePrefix(component.kind, component.name) + sealed.table,
                        .id = sealed.id,
                        .column = sealed.column,
                        .key_id = sealed.key_id});
    }
  }
  return tables;
}

sdk::Result<std::shared_ptr<const Instance>> LoadedSet::Create(const config::Component& component) const {
  const auto found = types_.find({component.kind, component.type});
  if (found == types_.end()) return sdk::Error{.code = sdk::Errc::kNotFound, .message = UnknownType(component)};
  const Busy busy(*activity_, "making component \"" + component.name + "\" (" + component.kind + "/" + component.type +
                                  " of " + found->second.plugin->info().id + ")");
  return MakeInstance(context_, found->second.plugin, *found->second.type, component, rules_);
}

Registry::Registry(HostServices& services, prometheus::Registry& metrics)
    : impl_(std::make_unique<Impl>(services, metrics)) {}
Registry::~Registry() = default;

std::shared_ptr<const PluginSet> Registry::Load(const config::Plugins& plugins) { return impl_->Load(plugins); }
std::string Registry::busy_with() const { return impl_->busy_with(); }

}  // namespace sluice::plugin
