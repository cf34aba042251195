// SPDX-License-Identifier: MIT
#include "indexer/common/options.hpp"

#include <algorithm>
#include <sluice/sdk/text.hpp>
#include <sluice/sdk/url.hpp>
#include <utility>

namespace sluice::plugins::indexer {
namespace {

constexpr std::size_t kMaxKeyBytes = 512;

sdk::Error Invalid(std::string message) { return {.code = sdk::Errc::kInvalidArgument, .message = std::move(message)}; }

bool IsKey(std::string_view text) {
  return text.size() <= kMaxKeyBytes &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '!' && c <= '~'; });
}

}  // namespace

sdk::Result<Options> ReadOptions(const sdk::Config& config) {
  Options options{.url = config.String("/url"),
                  .key = std::string(sdk::TrimSpace(config.String("/api_key"))),
                  .timeout = std::chrono::seconds(config.Int("/timeout")),
                  .user_urls = config.Bool("/user_urls"),
                  .cache_ttl = std::chrono::seconds(config.Int("/cache_ttl")),
                  .cache_bytes = static_cast<std::size_t>(config.Uint("/cache_mib")) * 1024 * 1024};
  for (std::size_t i = 0; i < config.Size("/categories"); ++i) {
    options.categories.push_back(static_cast<std::uint32_t>(config.Uint("/categories/" + std::to_string(i))));
  }
  for (const auto& host : config.Strings("/user_hosts")) options.user_hosts.push_back(sdk::LowerCase(host));
  if (options.url.empty() && !options.user_urls) return Invalid("/url: is required unless user_urls is true");
  if (!options.url.empty()) {
    if (auto address = ReadAddress(options.url); !address) return Invalid("/" + address.error().message);
  }
  if (!IsKey(options.key)) return Invalid("/api_key: want at most 512 visible ASCII characters");
  if (!options.user_urls && !options.user_hosts.empty()) return Invalid("/user_hosts: is for user_urls true");
  return options;
}

sdk::Result<Target> TargetOf(const Options& options, const sdk::IndexerUser& user) {
  const bool of_viewer = !user.url.empty();
  if (of_viewer && !options.user_urls) {
    return sdk::Error{.code = sdk::Errc::kPermissionDenied, .message = "url: no index of a viewer's own is let in"};
  }
  if (!of_viewer && options.url.empty()) return Invalid("url: want the URL of an index");
  auto address = ReadAddress(of_viewer ? user.url : std::string_view(options.url));
  if (!address) return address.error();
  if (of_viewer && !IsKey(user.key)) return Invalid("key: want at most 512 visible ASCII characters");
  if (of_viewer && !options.user_hosts.empty()) {
    const auto url = sdk::ParseUrl(address->base);
    const auto host = url ? sdk::LowerCase(url->host) : std::string();
    if (std::find(options.user_hosts.begin(), options.user_hosts.end(), host) == options.user_hosts.end()) {
      return sdk::Error{.code = sdk::Errc::kPermissionDenied, .message = "url: viewers may not name this host"};
    }
  }
  return Target{
      .address = *std::move(address), .key = of_viewer ? std::string(user.key) : options.key, .of_viewer = of_viewer};
}

std::string IdOf(const Target& target) {
  return TorznabUrl(target.address) + "\n" + target.key + "\n" + (target.of_viewer ? "viewer\n" : "\n");
}

Searches::Limits LimitsOf(const Options& options) {
  return {.timeout = options.timeout, .life = options.cache_ttl, .max_bytes = options.cache_bytes};
}

void WarnOf(const Options& options, const sdk::Host& host) {
  const auto address = ReadAddress(options.url);
  const auto url = sdk::ParseUrl(address ? std::string_view(address->base) : std::string_view());
  if (options.key.empty() || !url || !url->Is("http")) return;
  if (url->host == "localhost" || url->host == "127.0.0.1" || url->host == "::1") return;
  host.Log(sdk::LogLevel::kWarning, "the index is asked by http: whoever stands between may read its key");
}

}  // namespace sluice::plugins::indexer
