// SPDX-License-Identifier: MIT
#include "core/plugin/loader.hpp"

#include <dlfcn.h>

#include <boost/dll/shared_library.hpp>
#include <exception>
#include <mutex>
#include <optional>
#include <sluice/sdk/detail/convert.hpp>
#include <sluice/sdk/detail/running_call.hpp>
#include <utility>

#include "core/config/config.hpp"
#include "core/telemetry/log.hpp"

namespace sluice::plugin {
namespace {

using sdk::detail::RunningCall;
using sdk::detail::ThreadTag;

PluginInfo InfoOf(const PluginFile& file) {
  PluginInfo info;
  info.file = file.path;
  info.sha256 = file.sha256;
  info.id = file.id;
  return info;
}

LoadOutcome Refused(PluginInfo info, Refusal refusal) {
  info.refusal = std::move(refusal.message);
  info.refusal_reason = std::move(refusal.reason);
  return {.info = std::move(info), .plugin = nullptr};
}

/// What became of the same bytes before, for the file at `path`: a refusal starts with the file that it is about.
LoadOutcome Again(LoadOutcome known, const std::string& path) {
  if (!known.info.refusal.empty()) known.info.refusal.replace(0, known.info.file.size(), path);
  known.info.file = path;
  return known;
}

std::string Text(const char* text) { return text == nullptr ? std::string() : std::string(text); }

PluginInfo InfoOf(const PluginFile& file, const sluice_plugin_entry& entry, const std::vector<ComponentType>& types) {
  auto info = InfoOf(file);
  info.id = Text(entry.id);
  info.version = Text(entry.version);
  info.license = Text(entry.license);
  info.build_tag = Text(entry.build_tag);
  info.abi = std::to_string(entry.abi_major) + "." + std::to_string(entry.abi_minor);
  for (const auto& type : types) {
    info.types.push_back({type.kind, type.type, type.summary, type.component->config_schema});
  }
  return info;
}

/// Empty reason: initialised.
Refusal RunInit(const std::string& file, const sluice_plugin_entry& entry, const sluice_host& host) {
  if (entry.init == nullptr) return {};
  sluice_error error{};
  std::string found;
  try {
    const RunningCall running(ThreadTag::kControl, nullptr);
    const auto status = entry.init(&host, &error);
    if (status == SLUICE_OK) return {};
    found = "status " + std::to_string(status) + " \"" + sdk::detail::ToError(status, error).message + "\"";
  } catch (const std::exception& exception) {
    found = std::string("an exception \"") + exception.what() + "\"";
  } catch (...) {
    found = "an exception that is no std::exception";
  }
  return Refuse(reason::kInit, file, "its init to succeed", found,
                "the plugin's documentation says what it needs; then restart the server");
}

}  // namespace

LoadedPlugin::LoadedPlugin(PluginInfo info, const sluice_plugin_entry& entry, std::vector<ComponentType> types,
                           std::unique_ptr<HostHandle> host)
    : info_(std::move(info)), entry_(entry), types_(std::move(types)), host_(std::move(host)) {}

LoadedPlugin::~LoadedPlugin() {
  if (entry_.deinit == nullptr) return;
  try {
    const std::lock_guard lock(control_);
    const RunningCall running(ThreadTag::kControl, nullptr);
    entry_.deinit();
  } catch (...) {
    telemetry::Log(telemetry::Level::kError, "a plugin's deinit threw", {{"plugin", info_.id}});
  }
}

Loader::Loader(HostFactory host_factory, std::string cache_directory)
    : host_factory_(std::move(host_factory)), copies_(std::move(cache_directory)) {}

LoadOutcome Loader::Load(const std::string& path, const std::vector<config::PluginPin>& allow) {
  if (const auto known = seen_.find(path); known != seen_.end() && Unchanged(path, known->second.stamp)) {
    const auto outcome = outcomes_.find(known->second.sha256);
    if (outcome != outcomes_.end()) {
      auto refusal = CheckAllowed(known->second, allow);
      if (!refusal.reason.empty()) return Refused(InfoOf(known->second), std::move(refusal));
      return Again(outcome->second, known->second.path);
    }
  }
  auto read = ReadPluginFile(path);
  if (auto* refusal = std::get_if<Refusal>(&read)) {
    PluginInfo info;
    info.file = path;
    return Refused(std::move(info), std::move(*refusal));
  }
  auto& file = std::get<PluginFile>(read);
  auto outcome = LoadFile(file, allow);
  file.bytes = {};
  if (outcome.plugin != nullptr) file.id = outcome.info.id;
  seen_.insert_or_assign(path, std::move(file));
  return outcome;
}

LoadOutcome Loader::LoadFile(const PluginFile& file, const std::vector<config::PluginPin>& allow) {
  if (auto refusal = CheckAllowed(file, allow); !refusal.reason.empty()) {
    return Refused(InfoOf(file), std::move(refusal));
  }
  if (const auto known = outcomes_.find(file.sha256); known != outcomes_.end()) {
    return Again(known->second, file.path);
  }
  if (auto refusal = CheckMarker(file); !refusal.reason.empty()) return Refused(InfoOf(file), std::move(refusal));
  if (const auto& mapped = generations_[file.id]; mapped.size() >= kMaxGenerations && !mapped.contains(file.sha256)) {
    return Refused(InfoOf(file), Refuse(reason::kGenerations, file.path,
                                        "at most " + std::to_string(kMaxGenerations) + " builds of " + file.id +
                                            " since the server started",
                                        "one more", "restart the server: code stays mapped until then"));
  }
  auto placed = copies_.Place(file);
  if (auto* refusal = std::get_if<Refusal>(&placed)) return Refused(InfoOf(file), std::move(*refusal));
  return Open(file, std::get<std::string>(placed), allow);
}

LoadOutcome Loader::Open(const PluginFile& file, const std::string& copy, const std::vector<config::PluginPin>& allow) {
  // RTLD_NODELETE is missing in Boost's enumeration, but within its range.
  constexpr auto kMode = static_cast<boost::dll::load_mode::type>(RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  boost::dll::shared_library library;
  std::error_code error;
  library.load(copy, kMode, error);
  if (error) {
    const char* reason = ::dlerror();  // NOLINT(concurrency-mt-unsafe): per thread in glibc; `error` always is EBADF
    return Refused(InfoOf(file),
                   Refuse(reason::kDlopen, file.path, "a library that can be loaded with all symbols resolved",
                          "\"" + (reason == nullptr ? error.message() : std::string(reason)) + "\"",
                          "link the plugin with -z defs and install what it needs; if the copy cannot be mapped, set "
                          "SLUICE_PLUGIN_CACHE to a directory whose file system allows programs"));
  }
  generations_[file.id].insert(file.sha256);
  const auto* entry = static_cast<const sluice_plugin_entry*>(::dlsym(library.native(), SLUICE_PLUGIN_SYMBOL));
  LoadOutcome outcome;
  if (entry == nullptr) {
    outcome = Refused(InfoOf(file), Refuse(reason::kSymbol, file.path, "an exported symbol " SLUICE_PLUGIN_SYMBOL,
                                           "null", "end the plugin with SLUICE_PLUGIN(…)"));
  } else {
    outcome = Start(file, *entry, allow);
  }
  if (outcome.info.refusal_reason != reason::kAllowList) outcomes_.insert_or_assign(file.sha256, outcome);
  return outcome;
}

LoadOutcome Loader::Start(const PluginFile& file, const sluice_plugin_entry& entry,
                          const std::vector<config::PluginPin>& allow) {
  auto checked = CheckEntry(entry, file.path, file.entry_size_bytes);
  if (auto* refusal = std::get_if<Refusal>(&checked)) return Refused(InfoOf(file), std::move(*refusal));
  auto& types = std::get<std::vector<ComponentType>>(checked);
  auto info = InfoOf(file, entry, types);
  if (info.id != file.id) {  // the id could not be told before loading
    PluginFile named{.path = file.path, .stamp = {}, .bytes = {}, .sha256 = file.sha256, .id = info.id};
    if (auto refusal = CheckAllowed(named, allow); !refusal.reason.empty()) return Refused(info, std::move(refusal));
  }
  auto host = host_factory_(info.id);
  if (auto refusal = RunInit(file.path, entry, host->abi()); !refusal.reason.empty()) {
    return Refused(std::move(info), std::move(refusal));
  }
  auto plugin = std::make_shared<const LoadedPlugin>(info, entry, std::move(types), std::move(host));
  return {.info = std::move(info), .plugin = std::move(plugin)};
}

}  // namespace sluice::plugin
