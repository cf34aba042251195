// SPDX-License-Identifier: MIT
#include "settings.hpp"

#include <algorithm>
#include <sluice/sdk/components.hpp>
#include <sluice/sdk/url.hpp>
#include <utility>

#include "store_codes.hpp"

namespace sluice::plugins::stremio {
namespace {

sdk::Error Invalid(std::string message) { return {.code = sdk::Errc::kInvalidArgument, .message = std::move(message)}; }

sdk::Result<std::string> ReadUrl(const sdk::Config& config, const char* at) {
  auto text = config.String(at);
  if (text.empty()) return text;
  if (const auto url = sdk::ParseUrl(text); !url || !url->http())
    return Invalid(std::string(at) + ": want an http or https URL");
  while (text.ends_with('/')) text.pop_back();
  return text;
}

/// The components that the list at `at` names.
template <typename T, typename F>
sdk::Result<std::vector<Named<T>>> Find(const sdk::Host& host, const sdk::Config& config, const std::string& at,
                                        F&& find) {
  std::vector<Named<T>> found;
  const auto names = config.Strings(at);
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto pointer = at + "/" + std::to_string(i);
    if (std::ranges::find(found, names[i], &Named<T>::name) != found.end())
      return Invalid(pointer + ": " + names[i] + " is in the list already");
    auto component = find(host, names[i]);
    if (!component) return Invalid(pointer + ": " + component.error().message);
    found.push_back({.name = names[i], .component = *std::move(component)});
  }
  return found;
}

sdk::Result<std::vector<NamedStore>> FindStores(const sdk::Host& host, const sdk::Config& config) {
  auto found = Find<sdk::Store>(host, config, "/stores", sdk::FindStore);
  if (!found) return std::move(found).error();
  std::vector<NamedStore> stores;
  for (auto& [name, store] : *found) {
    const auto code = StoreCodeOf(name);
    if (code.empty()) {
      return Invalid("/stores/" + std::to_string(stores.size()) +
                     ": want a component that is named as its store is: torbox, realdebrid …");
    }
    stores.push_back({.code = std::string(code), .name = std::move(name), .store = std::move(store)});
  }
  return stores;
}

Delivery DeliveryOf(std::string_view text) {
  return text == "proxy" ? Delivery::kProxy : text == "choice" ? Delivery::kChoice : Delivery::kRedirect;
}

}  // namespace

const NamedStore* Settings::FindStore(std::string_view code) const {
  const auto found = std::ranges::find(stores, code, &NamedStore::code);
  return found == stores.end() ? nullptr : &*found;
}

sdk::Result<Settings> ReadSettings(const sdk::Host& host, const sdk::Config& config) {
  Settings out{.name = config.String("/name"),
               .takes_keys = config.String("/credentials") != "users",
               .takes_users = config.String("/credentials") != "keys",
               .locked = config.Bool("/locked"),
               .delivery = DeliveryOf(config.String("/delivery")),
               .path = config.String("/path"),
               .search_time = std::chrono::seconds(config.Int("/search_seconds"))};
  auto stores = FindStores(host, config);
  if (!stores) return std::move(stores).error();
  out.stores = *std::move(stores);
  auto indexers = Find<sdk::Indexer>(host, config, "/indexers", sdk::FindIndexer);
  if (!indexers) return std::move(indexers).error();
  out.indexers = *std::move(indexers);
  auto speakers = Find<sdk::Indexer>(host, config, "/viewer_indexers", sdk::FindIndexer);
  if (!speakers) return std::move(speakers).error();
  out.viewer_indexers = *std::move(speakers);
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
