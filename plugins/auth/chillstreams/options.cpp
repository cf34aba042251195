// SPDX-License-Identifier: MIT
#include "options.hpp"

#include <algorithm>
#include <sluice/sdk/url.hpp>
#include <utility>

namespace sluice::plugins::chillstreams {
namespace {

constexpr std::size_t kMinSaltBytes = 16;

sdk::Error Invalid(std::string message) { return {.code = sdk::Errc::kInvalidArgument, .message = std::move(message)}; }

/// A boolean, or text as the environment has it, of which "true" alone is true.
sdk::Result<bool> ReadEnabled(const sdk::Config& config) {
  switch (config.Type("/enabled")) {
    case SLUICE_CONFIG_BOOLEAN:
      return config.Bool("/enabled");
    case SLUICE_CONFIG_STRING:
      return config.String("/enabled") == "true";
    default:
      return Invalid("/enabled: want true or false");
  }
}

sdk::Result<std::string> ReadUrl(const sdk::Config& config) {
  auto text = config.String("/url");
  const auto url = sdk::ParseUrl(text);
  if (!url || !url->http() || url->host.empty() || !url->user_info.empty() || url->has_query || url->has_fragment) {
    return Invalid("/url: want an http or https URL without user name, query and fragment");
  }
  while (text.ends_with('/')) text.pop_back();
  return text;
}

sdk::Status CheckKey(const Options& options) {
  if (options.enabled && options.key.empty()) return Invalid("/key: is required while the pool is enabled");
  if (!std::all_of(options.key.begin(), options.key.end(), [](char c) { return c >= '!' && c <= '~'; })) {
    return Invalid("/key: want visible ASCII characters only");
  }
  return sdk::Ok();
}

sdk::Status CheckSalt(const Options& options, bool salted) {
  if (salted && options.device_salt.size() < kMinSaltBytes) {
    return Invalid("/device_salt: want 16 octets or more with device salted");
  }
  if (!salted && !options.device_salt.empty()) return Invalid("/device_salt: is for device salted");
  return sdk::Ok();
}

}  // namespace

sdk::Result<Options> ReadOptions(const sdk::Config& config) {
  auto url = ReadUrl(config);
  if (!url) return url.error();
  const auto enabled = ReadEnabled(config);
  if (!enabled) return enabled.error();
  Options options{.url = *std::move(url),
                  .key = config.String("/key"),
                  .enabled = *enabled,
                  .events = config.String("/events") == "auto",
                  .store = config.String("/store"),
                  .scopes = config.Strings("/scopes"),
                  .ttl = std::chrono::seconds(config.Int("/ttl")),
                  .refusal_ttl = std::chrono::seconds(config.Int("/refusal_ttl")),
                  .timeout = std::chrono::seconds(config.Int("/timeout")),
                  .device_salt = config.String("/device_salt"),
                  .client_id = config.Bool("/client_id"),
                  .max_grants = static_cast<std::size_t>(config.Uint("/max_grants"))};
  if (auto key = CheckKey(options); !key) return key.error();
  if (auto salt = CheckSalt(options, config.String("/device") == "salted"); !salt) return salt.error();
  return options;
}

}  // namespace sluice::plugins::chillstreams
