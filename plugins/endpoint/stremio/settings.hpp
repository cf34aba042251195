// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Settings: what the operator configured.

#include <chrono>
#include <map>
#include <memory>
#include <sluice/sdk/auth.hpp>
#include <sluice/sdk/config.hpp>
#include <sluice/sdk/host.hpp>
#include <sluice/sdk/indexer.hpp>
#include <sluice/sdk/result.hpp>
#include <sluice/sdk/store.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::plugins::stremio {

/// A store that configurations of viewers may name.
struct NamedStore {
  std::string code;  ///< "tb"
  std::string name;  ///< Of the component and of its type: "torbox".
  std::shared_ptr<sdk::Store> store;
};

/// A component that is asked, and its name.
template <typename T>
struct Named {
  std::string name;
  std::shared_ptr<T> component;
};

struct Settings {
  std::vector<NamedStore> stores{};
  std::vector<Named<sdk::Indexer>> indexers{};
  std::vector<Named<sdk::AuthBackend>> auth{};
  bool tokens = true;              ///< Whether configurations may hold keys of stores.
  bool locked = false;             ///< Whether only configurations that show nothing are taken.
  bool proxied = false;            ///< Whether streams go through the gateway.
  std::string base_url{};          ///< Without a slash at its end; empty: as the request says.
  std::string metadata_url{};      ///< Without a slash at its end; empty: nobody is asked for titles.
  std::chrono::milliseconds search_time{};
};

/// \returns  kInvalidArgument that names the option.
sdk::Result<Settings> ReadSettings(const sdk::Host& host, const sdk::Config& config);

/// The code of a store's name, "tb" of "torbox"; empty: no store has it. Source: the names that addons of this kind use.
std::string_view CodeOf(std::string_view name);

}  // namespace sluice::plugins::stremio
