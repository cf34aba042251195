// SPDX-License-Identifier: MIT
// What App tells the admin endpoint, as JSON.
#include <nlohmann/json.hpp>

#include "core/cli/app.hpp"
#include "core/pipeline/report.hpp"
#include "core/telemetry/log.hpp"

namespace sluice::cli {
namespace {

using Json = nlohmann::ordered_json;

/// Text that plugins brought may not be UTF-8: replaced, never thrown over.
std::string Dump(const Json& json) { return json.dump(-1, ' ', false, Json::error_handler_t::replace); }

Json Describe(const pipeline::Principals::Count& count) { return {{"streams", count.streams}, {"bytes", count.bytes}}; }

Json Describe(const pipeline::Step& step) {
  auto components = Json::array();
  for (const auto& component : step.components) {
    components.push_back({{"name", component->name()},
                          {"kind", component->kind()},
                          {"type", component->type()},
                          {"plugin", component->plugin()},
                          {"quarantined", component->quarantined()}});
  }
  return {{"step", pipeline::NameOf(step.config.kind)}, {"components", std::move(components)}};
}

}  // namespace

sdk::Result<std::string> App::Query(std::string_view topic) {
  if (topic == "plugins") return DescribePlugins();
  if (topic == "pipelines") return DescribePipelines();
  if (topic == "principals") return DescribePrincipals();
  if (topic == "config") return Dump({{"yaml", Expanded()}});
  if (topic == "reload") return DescribeReload();
  return sdk::Error{.code = sdk::Errc::kNotFound,
                    .message = "topic: want \"plugins\", \"pipelines\", \"principals\", \"config\" or \"reload\""};
}

std::string App::DescribePlugins() const {
  const auto snapshot = this->snapshot();
  auto plugins = Json::array();
  for (const auto& plugin : snapshot->plugins->plugins()) {
    auto types = Json::array();
    for (const auto& type : plugin.types) {
      types.push_back({{"kind", type.kind}, {"type", type.type}, {"summary", type.summary}});
    }
    plugins.push_back({{"file", plugin.file},
                       {"sha256", plugin.sha256},
                       {"id", plugin.id},
                       {"version", plugin.version},
                       {"license", plugin.license},
                       {"abi", plugin.abi},
                       {"refusal", plugin.refusal},
                       {"types", std::move(types)}});
  }
  return Dump({{"plugins", std::move(plugins)}});
}

std::string App::DescribePipelines() const {
  const auto snapshot = engine_->snapshot();
  auto pipelines = Json::array();
  for (const auto& pipeline : snapshot->pipelines) {
    auto steps = Json::array();
    for (const auto& step : pipeline.steps) steps.push_back(Describe(step));
    const auto& match = pipeline.config.match;
    pipelines.push_back(
        {{"name", pipeline.config.name},
         {"match",
          {{"listeners", match.listeners}, {"hosts", match.hosts}, {"path", match.path}, {"methods", match.methods}}},
         {"steps", std::move(steps)}});
  }
  return Dump({{"pipelines", std::move(pipelines)}});
}

std::string App::DescribePrincipals() const {
  const auto report = principals_.Look();
  auto entries = Json::array();
  for (const auto& entry : report.entries) {
    entries.push_back({{"principal", telemetry::Redact(entry.principal)},  // as the log shows it
                       {"pipeline", entry.pipeline},
                       {"active", Describe(entry.active)},
                       {"total", Describe(entry.total)}});
  }
  return Dump({{"principals", std::move(entries)}, {"forgotten", report.forgotten}});
}

std::string App::DescribeReload() const {
  const std::lock_guard lock(state_mutex_);
  return Dump({{"count", reload_state_.count},
               {"time", reload_state_.time},
               {"ok", reload_state_.faults.empty()},
               {"faults", reload_state_.faults}});
}

}  // namespace sluice::cli
