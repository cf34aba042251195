// SPDX-License-Identifier: MIT
#include "settings.hpp"

#include <algorithm>
#include <array>
#include <sluice/sdk/components.hpp>
#include <sluice/sdk/url.hpp>

namespace sluice::plugins::stremio {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 10> kCodes = {{{"alldebrid", "ad"},
                                                                                   {"debrider", "dr"},
                                                                                   {"debridlink", "dl"},
                                                                                   {"easydebrid", "ed"},
                                                                                   {"offcloud", "oc"},
                                                                                   {"pikpak", "pp"},
                                                                                   {"premiumize", "pm"},
                                                                                   {"realdebrid", "rd"},
                                                                                   {"torbox", "tb"},
                                                                                   {"torrin", "ti"}}};

sdk::Error Invalid(std::string message) { return {.code = sdk::Errc::kInvalidArgument, .message = std::move(message)}; }

sdk::Result<std::string> ReadUrl(const sdk::Config& config, const char* at) {
  auto text = config.String(at);
  if (text.empty()) return text;
  const auto url = sdk::ParseUrl(text);
  if (!url || !url->http()) return Invalid(std::string(at) + ": want an http or https URL");
  while (text.ends_with('/')) text.pop_back();
  return text;
}

/// The components that the list at `at` names.
template <typename T, typename F>
sdk::Result<std::vector<Named<T>>> Find(const sdk::Host& host, const sdk::Config& config, const std::string& at,
                                        F&& find) {
  std::vector<Named<T>> found;
  for (std::size_t i = 0, n = config.Size(at); i < n; ++i) {
    const auto pointer = at + "/" + std::to_string(i);
    auto name = config.String(pointer);
    const bool twice = std::any_of(found.begin(), found.end(), [&](const auto& one) { return one.name == name; });
    if (twice) return Invalid(pointer + ": " + name + " is in the list already");
    auto component = find(host, name);
    if (!component) return Invalid(pointer + ": " + component.error().message);
    found.push_back({std::move(name), *std::move(component)});
  }
  return found;
}

}  // namespace

std::string_view CodeOf(std::string_view name) {
  const auto* const found =
      std::find_if(kCodes.begin(), kCodes.end(), [&](const auto& entry) { return entry.first == name; });
  return found == kCodes.end() ? std::string_view() : found->second;
}

sdk::Result<Settings> ReadSettings(const sdk::Host& host, const sdk::Config& config) {
  Settings out{.tokens = config.Bool("/tokens"),
               .locked = config.Bool("/locked"),
               .proxied = config.String("/delivery") == "proxy",
               .search_time = std::chrono::seconds(config.Int("/search_seconds"))};
  auto stores = Find<sdk::Store>(host, config, "/stores", sdk::FindStore);
  if (!stores) return std::move(stores).error();
  for (std::size_t i = 0; i < stores->size(); ++i) {
    auto& [name, store] = (*stores)[i];
    const auto code = CodeOf(name);
    if (code.empty()) {
      return Invalid("/stores/" + std::to_string(i) +
                     ": want a component that is named as its store is, \"torbox\", \"realdebrid\" …");
    }
    out.stores.push_back({std::string(code), name, std::move(store)});
  }
  auto indexers = Find<sdk::Indexer>(host, config, "/indexers", sdk::FindIndexer);
  if (!indexers) return std::move(indexers).error();
  out.indexers = *std::move(indexers);
  auto auth = Find<sdk::AuthBackend>(host, config, "/auth", sdk::FindAuth);
  if (!auth) return std::move(auth).error();
  out.auth = *std::move(auth);
  auto base = ReadUrl(config, "/base_url");
  if (!base) return std::move(base).error();
  out.base_url = *std::move(base);
  auto metadata = ReadUrl(config, "/metadata_url");
  if (!metadata) return std::move(metadata).error();
  out.metadata_url = *std::move(metadata);
  return out;
}

}  // namespace sluice::plugins::stremio
