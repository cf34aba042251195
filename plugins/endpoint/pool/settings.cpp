// SPDX-License-Identifier: MIT
#include "settings.hpp"

#include <sluice/sdk/text.hpp>
#include <sluice/sdk/url.hpp>
#include <utility>

#include "answers.hpp"

namespace sluice::plugins::pool {
namespace {

constexpr std::size_t kMinKeyBytes = 32;

/// Without the slashes at its end; empty where nothing is configured.
sdk::Result<std::string> ReadUrl(const sdk::Config& config, const std::string& pointer) {
  auto text = config.String(pointer);
  while (text.ends_with('/')) text.pop_back();
  if (text.empty()) return text;
  const auto url = sdk::ParseUrl(text);
  if (!url || !url->http() || !url->user_info.empty() || url->has_query || url->has_fragment) {
    return Invalid(pointer + ": want an http or https URL without user name, query and fragment");
  }
  return text;
}

sdk::Status ReadKeys(const sdk::Config& config, Settings& out) {
  out.internal_api_key = sdk::TrimSpace(config.String("/internal_api_key"));
  out.internal_api_key_next = sdk::TrimSpace(config.String("/internal_api_key_next"));
  if (!config.String("/internal_api_key").empty() && out.internal_api_key.size() < kMinKeyBytes) {
    return Invalid("/internal_api_key: is too short; want 32 characters or more, or none");
  }
  if (!out.internal_api_key_next.empty() && out.internal_api_key_next.size() < kMinKeyBytes) {
    return Invalid("/internal_api_key_next: is too short; want 32 characters or more");
  }
  return sdk::Ok();
}

}  // namespace

sdk::Result<Settings> ReadSettings(const sdk::Config& config) {
  Settings out{.link_path = config.String("/link_path"),
               .grant_ttl = std::chrono::seconds(config.Int("/grant_ttl")),
               .device_limit = config.Int("/device_limit"),
               .retention = std::chrono::days(config.Int("/retention_days")),
               .check_every = std::chrono::hours(config.Int("/check_hours"))};
  if (auto keys = ReadKeys(config, out); !keys) return std::move(keys).error();
  auto base = ReadUrl(config, "/base_url");
  if (!base) return std::move(base).error();
  out.base_url = *std::move(base);
  for (const auto& store : config.Keys("/budgets")) out.budgets[store] = config.Int("/budgets/" + store);
  for (const auto& store : config.Keys("/account_urls")) {
    auto url = ReadUrl(config, "/account_urls/" + store);
    if (!url) return std::move(url).error();
    out.account_urls[store] = *std::move(url);
  }
  return out;
}

}  // namespace sluice::plugins::pool
