// SPDX-License-Identifier: MIT
#include "core/cli/loaded_config.hpp"

#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <utility>

#include "core/config/fault.hpp"
#include "core/plugin/registry.hpp"
#include "core/telemetry/log.hpp"

namespace sluice::cli {
namespace {

void RegisterSecret(const config::Config& config, const std::string& pointer) {
  const config::Json::json_pointer at(pointer);
  if (!config.document->contains(at)) return;
  const auto& value = config.document->at(at);
  if (!value.is_string()) return;
  const auto& text = value.get_ref<const std::string&>();
  telemetry::AddSecret(text);
  if (text.empty() || text.size() >= telemetry::kMinSecretBytes) return;
  const auto where =
      config::Format({.place = config::PlaceOf(*config.places, pointer),
                      .message = "want at least " + std::to_string(telemetry::kMinSecretBytes) + " octets"});
  telemetry::Log(telemetry::Level::kWarning, "a secret is too short to be recognised and kept out of the log",
                 {{"place", where}});
}

/// Pointers of what differs between two versions of one section, one level deep: "/server/workers".
std::set<std::string> Changed(const config::Config& before, const config::Config& after, const char* section) {
  static const config::Json kNone;
  const auto member = [](const config::Json& map, const std::string& key) -> const config::Json& {
    return map.is_object() && map.contains(key) ? map.at(key) : kNone;
  };
  const auto& old = member(*before.document, section);
  const auto& fresh = member(*after.document, section);
  std::set<std::string> pointers;
  for (const auto* const map : {&old, &fresh}) {
    for (const auto& [key, value] : map->items()) {
      if (member(old, key) != member(fresh, key)) {
        pointers.insert((config::Json::json_pointer() / section / key).to_string());
      }
    }
  }
  return pointers;
}

}  // namespace

void RegisterSecrets(const config::Config& config, const plugin::PluginSet& plugins) {
  if (!config.state.secret_key.empty()) telemetry::AddSecret(config.state.secret_key);
  for (const auto& key : config.state.previous_secret_keys) telemetry::AddSecret(key);
  if (config.state.redis) telemetry::AddSecret(config.state.redis->password);
  std::set<std::string> pointers;
  for (auto& pointer : plugins.SecretPointers(config)) pointers.insert(std::move(pointer));
  for (const auto& [pointer, place] : *config.places) {
    if (place.secret) pointers.insert(pointer);
  }
  for (const auto& pointer : pointers) RegisterSecret(config, pointer);
}

void WarnOfRestart(const config::Config& before, const config::Config& after) {
  // Of these sections, but asked for anew with each request, connection or signal.
  static const std::set<std::string> kReloaded = {"/server/base_url", "/server/grace", "/server/max_body",
                                                  "/state/link_ttl"};
  for (const auto* const section : {"listeners", "server", "upstream", "state"}) {
    for (const auto& pointer : Changed(before, after, section)) {
      if (kReloaded.contains(pointer)) continue;
      telemetry::Log(telemetry::Level::kWarning, "a changed setting takes effect only after a restart",
                     {{"setting", pointer}});
    }
  }
}

}  // namespace sluice::cli
