// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>

#include "core/config/load.hpp"
#include "core/config/values.hpp"
#include "core/config/wording.hpp"
#include "core/config/yaml_writer.hpp"

namespace sluice::config {
namespace {

constexpr std::string_view kMask = "***";

Json ListenersOf(const Config& config) {
  Json out = Json::object();
  for (const auto& listener : config.listeners) {
    Json entry = {{"address", listener.address}, {"max_connections", listener.max_connections}};
    if (const auto& tls = listener.tls) {
      entry["tls"] = {{"certificate", tls->certificate}, {"private_key", tls->private_key}};
    }
    out[listener.name] = std::move(entry);
  }
  return out;
}

Json ServerOf(const Server& server) {
  return {{"workers", server.workers},
          {"relay_threads", server.relay_threads},
          {"max_head", FormatSize(server.max_head_bytes)},
          {"max_headers", server.max_headers},
          {"max_body", FormatSize(server.max_body_bytes)},
          {"head_timeout", FormatDuration(server.head_timeout)},
          {"idle_timeout", FormatDuration(server.idle_timeout)},
          {"body_timeout", FormatDuration(server.body_timeout)},
          {"write_timeout", FormatDuration(server.write_timeout)},
          {"grace", FormatDuration(server.grace)},
          {"trusted_proxies", server.trusted_proxies},
          {"base_url", server.base_url}};
}

Json PluginsOf(const Plugins& plugins) {
  Json allow = Json::array();
  for (const auto& pin : plugins.allow) {
    Json entry = {{"id", pin.id}};
    if (!pin.sha256.empty()) entry["sha256"] = pin.sha256;
    allow.push_back(std::move(entry));
  }
  return {{"directory", plugins.directory},
          {"files", plugins.files},
          {"allow", std::move(allow)},
          {"quarantine_after", plugins.quarantine_after},
          {"quarantine_probe", FormatDuration(plugins.quarantine_probe)}};
}

Json ComponentsOf(const Config& config) {
  Json out = Json::object();
  for (const auto& component : config.components) {
    out[component.name] = {{"kind", component.kind}, {"type", component.type}, {"config", *component.config}};
  }
  return out;
}

Json ResolveOf(const ResolveStep& step) {
  Json out = {{"use", step.component}};
  if (!step.item.empty()) out["item"] = step.item;
  if (!step.file.empty()) out["file"] = step.file;
  return out;
}

Json RetryOf(const Retry& retry) {
  return {{"attempts", retry.attempts},
          {"on_status", retry.on_status},
          {"referer", retry.referer},
          {"backoff",
           {{"initial_delay", FormatDuration(retry.initial_delay)},
            {"max_delay", FormatDuration(retry.max_delay)},
            {"multiplier", retry.multiplier},
            {"jitter", retry.jitter}}},
          {"budget",
           {{"ttl", FormatDuration(retry.budget_ttl)},
            {"min_per_second", retry.budget_min_per_second},
            {"ratio", retry.budget_ratio}}}};
}

Json CacheOf(const FetchCache& cache) {
  if (!cache.keep) return false;
  return {{"max_age", FormatDuration(cache.max_age)}, {"max_size", FormatSize(cache.max_size)}};
}

Json FetchOf(const FetchStep& step) {
  static constexpr std::array<std::string_view, 3> kForwardedFor = {"omit", "append", "replace"};
  Json out = {{"connect_timeout", FormatDuration(step.connect_timeout)},
              {"read_timeout", FormatDuration(step.read_timeout)},
              {"max_redirects", step.max_redirects},
              {"ranges", step.ranges},
              {"max_concurrent", step.max_concurrent},
              {"max_concurrent_per_principal", step.max_concurrent_per_principal},
              {"max_rate", FormatSize(step.max_rate)},
              {"cache", CacheOf(step.cache)},
              {"retry", RetryOf(step.retry)}};
  out["proxy"] = {{"url", step.proxy.url},
                  {"username", step.proxy.username},
                  {"password", step.proxy.password},
                  {"resolves", step.proxy.resolves}};
  out["tls"] = {{"server_name", step.tls.server_name},
                {"ca_file", step.tls.ca_file},
                {"certificate", step.tls.certificate},
                {"private_key", step.tls.private_key},
                {"insecure_skip_verify", step.tls.insecure_skip_verify}};
  out["origins"] = step.origins;
  out["health"] = {{"failures", step.health.failures},
                   {"ejected_for", FormatDuration(step.health.ejected_for)},
                   {"max_ejected_for", FormatDuration(step.health.max_ejected_for)}};
  out["request_headers"] = {
      {"allow", step.request_headers.allow},
      {"deny", step.request_headers.deny},
      {"x_forwarded_for", kForwardedFor[static_cast<std::size_t>(step.forwarding.x_forwarded_for)]},
      {"x_forwarded_host", step.forwarding.x_forwarded_host},
      {"x_forwarded_proto", step.forwarding.x_forwarded_proto},
      {"forwarded", step.forwarding.forwarded},
      {"via", step.forwarding.via}};
  out["response_headers"] = {{"allow", step.response_headers.allow},
                             {"deny", step.response_headers.deny},
                             {"add_accept_ranges", step.add_accept_ranges}};
  return out;
}

Json StepOf(const Step& step) {
  Json out = Json::object();
  switch (step.kind) {
    case Step::Kind::kAuthenticate:
      out["authenticate"] = {{"use", step.authenticate.components},
                             {"authorization", step.authenticate.authorization},
                             {"headers", step.authenticate.headers},
                             {"query", step.authenticate.query}};
      break;
    case Step::Kind::kResolve:
      out["resolve"] = ResolveOf(step.resolve);
      break;
    case Step::Kind::kFetch:
      out["fetch"] = FetchOf(step.fetch);
      break;
    case Step::Kind::kRewrite:
      out["rewrite"] = {{"use", step.rewrite.components},
                        {"max_size", FormatSize(step.rewrite.max_size)},
                        {"cache_size", FormatSize(step.rewrite.cache_bytes)},
                        {"base_url", step.rewrite.base_url}};
      break;
    case Step::Kind::kServe:
      out["serve"] = step.serve.component;
      break;
    case Step::Kind::kFilter:
      out["filter"] = step.filter.component;
      break;
  }
  static constexpr std::array<std::string_view, 3> kOnError = {"fail", "skip", "next"};
  out["deadline"] = FormatDuration(step.deadline);
  out["on_error"] = kOnError[static_cast<std::size_t>(step.on_error)];
  return out;
}

Json PipelinesOf(const Config& config) {
  Json out = Json::object();
  for (const auto& pipeline : config.pipelines) {
    const auto& match = pipeline.match;
    Json entry = Json::object();
    entry["match"] = {{"listeners", match.listeners}, {"protocols", match.protocols}, {"hosts", match.hosts},
                      {"path", match.path},           {"methods", match.methods},     {"exclusive", match.exclusive}};
    entry["max_body"] = FormatSize(pipeline.max_body_bytes.value_or(config.server.max_body_bytes));
    entry["steps"] = Json::array();
    for (const auto& step : pipeline.steps) entry["steps"].push_back(StepOf(step));
    out[pipeline.name] = std::move(entry);
  }
  return out;
}

/// Puts the mask in place of what is secret.
class Masker {
 public:
  Masker(const Config& config, const std::vector<std::string>& secrets)
      : places_(config.places ? *config.places : kNoPlaces), secrets_(secrets.begin(), secrets.end()) {}

  /// \param expanded  where `value` stands in the output. \param source  where it was read.
  void Mask(Json& value, const std::string& expanded, const std::string& source) {
    if (secrets_.contains(expanded) || secrets_.contains(source) || IsSecretPlace(expanded) || IsSecretPlace(source)) {
      Hide(value);
    } else if (value.is_object()) {
      for (auto& [key, member] : value.get_ref<Json::object_t&>()) {
        Mask(member, expanded + Child(key), source + Child(key));
      }
    } else if (value.is_array()) {
      for (std::size_t i = 0; i < value.size(); ++i) Mask(value[i], expanded + Child(i), source + Child(i));
    }
  }

  /// An empty text keeps no secret, and shows that none is set.
  static void Hide(Json& value) {
    if (value.is_null() || (value.is_string() && value.get_ref<const std::string&>().empty())) return;
    if (value.is_array() && value.empty()) return;
    value = kMask;
  }

 private:
  /// A value that was read in a shorter form takes the place of what is above it.
  bool IsSecretPlace(const std::string& pointer) const { return PlaceOf(places_, pointer).secret; }

  static inline const Places kNoPlaces;
  const Places& places_;
  const std::set<std::string, std::less<>> secrets_;
};

}  // namespace

std::string Expand(const Config& config, const std::vector<std::string>& secrets) {
  Json out = Json::object();
  out["version"] = 1;
  out["listeners"] = ListenersOf(config);
  out["server"] = ServerOf(config.server);
  out["upstream"] = {{"trusted", config.upstream.trusted},
                     {"denied", config.upstream.denied},
                     {"ports", config.upstream.ports},
                     {"ca_file", config.upstream.ca_file},
                     {"proxy", config.upstream.proxy},
                     {"max_idle_per_origin", config.upstream.max_idle_per_origin},
                     {"idle_timeout", FormatDuration(config.upstream.idle_timeout)},
                     {"cache_size", FormatSize(config.upstream.cache_bytes)}};
  out["state"] = {{"database", config.state.database},
                  {"cache", config.state.cache},
                  {"secret_key", config.state.secret_key},
                  {"previous_secret_keys", config.state.previous_secret_keys},
                  {"link_ttl", FormatDuration(config.state.link_ttl)}};
  if (const auto& cors = config.cors) {
    out["cors"] = {{"allow_origins", cors->allow_origins},
                   {"allow_methods", cors->allow_methods},
                   {"allow_headers", cors->allow_headers}};
  }
  out["telemetry"] = {{"listeners", config.telemetry.listeners}};
  out["log"] = {{"level", config.log.level}, {"access", config.log.access}};
  out["plugins"] = PluginsOf(config.plugins);
  out["components"] = ComponentsOf(config);
  out["pipelines"] = PipelinesOf(config);

  Masker masker(config, secrets);
  masker.Mask(out, "", "");
  for (const auto& component : config.components) {
    auto& own = out["components"][component.name]["config"];
    masker.Mask(own, "/components" + Child(component.name) + "/config", component.config_pointer);
  }
  Masker::Hide(out["state"]["secret_key"]);
  for (auto& key : out["state"]["previous_secret_keys"]) Masker::Hide(key);
  return WriteYaml(out);
}

}  // namespace sluice::config
