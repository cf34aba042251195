// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Settings: what the operator configured.

#include <chrono>
#include <cstdint>
#include <memory>
#include <sluice/sdk/auth.hpp>
#include <sluice/sdk/config.hpp>
#include <sluice/sdk/host.hpp>
#include <sluice/sdk/indexer.hpp>
#include <sluice/sdk/result.hpp>
#include <sluice/sdk/store.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::plugins::stremio {

/// A store that configurations of viewers may name.
struct NamedStore {
  std::string code{};  ///< "tb"
  std::string name{};  ///< Of the component and of its type: "torbox".
  std::shared_ptr<sdk::Store> store{};
};

/// Another component that is asked, and its name.
template <typename T>
struct Named {
  std::string name{};
  std::shared_ptr<T> component{};
};

/// Who fetches streams from a store's CDN.
enum class Delivery : std::uint8_t {
  kRedirect,  ///< The player.
  kProxy,     ///< The gateway, so that the store sees one address.
  kChoice,    ///< As the viewer's configuration says.
};

struct Settings {
  std::string name{};  ///< Of the addon, for people.
  std::vector<NamedStore> stores{};
  std::vector<Named<sdk::Indexer>> indexers{};
  std::vector<Named<sdk::Indexer>> viewer_indexers{};  ///< Those that search indexes which viewers bring.
  std::vector<Named<sdk::AuthBackend>> auth{};
  bool takes_keys = true;   ///< Whether the page asks for keys of stores.
  bool takes_users = true;  ///< Whether it asks for user ids.
  bool locked = false;      ///< Whether only configurations that show nothing are taken.
  Delivery delivery = Delivery::kRedirect;
  std::string base_url{};  ///< "https://sluice.example.com", without a slash at its end; empty: as the request says.
  std::string path{};      ///< Where the addon's routes begin: "/stremio/torz".
  std::string metadata_url{};  ///< Without a slash at its end; empty: nobody is asked for titles.
  std::chrono::milliseconds search_time{};

  /// Null: there is no such store. \param code  "tb".
  const NamedStore* FindStore(std::string_view code) const;
};

/// \returns  kInvalidArgument that names the option.
sdk::Result<Settings> ReadSettings(const sdk::Host& host, const sdk::Config& config);

}  // namespace sluice::plugins::stremio
