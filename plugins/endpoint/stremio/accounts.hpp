// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Accounts: whose keys of which stores a viewer's configuration stands for.

#include <optional>
#include <sluice/sdk/host.hpp>
#include <string>
#include <vector>

#include "settings.hpp"
#include "userdata.hpp"

namespace sluice::plugins::stremio {

/// A viewer as an auth backend knows them.
struct Viewer {
  std::string backend{};  ///< Name of the auth component; empty: nobody was asked, the viewer brought a key.
  std::string subject{};
};

/// One store of a configuration, with the key that it is asked with.
struct StoreAccount {
  const NamedStore* store = nullptr;  ///< Of the settings.
  std::string token{};                ///< Secret: lives as long as the request.
  std::string key_id{};               ///< Names it in usage records; may be empty.
  Viewer viewer{};
};

/// What came of one entry of a configuration.
struct AccountOutcome {
  std::string code{};  ///< "tb"
  std::optional<StoreAccount> account{};
  std::optional<sdk::Error> error{};  ///< Why there is no account.
};

/// Who asks, for backends that tell devices.
struct Device {
  std::string client_ip{}, user_agent{};
};

/// What is asked for, for backends that tell their pool.
struct Purpose {
  std::string action{};  ///< "check-cache", "stream"
  std::string hash{};    ///< May be empty.
};

/// Asks the auth backends, side by side, for every store that the configuration names. An entry's `auth` and `t` go to
/// them in their order, and the first that recognises one decides. Without any backend a viewer's own key is used as it
/// is. Threads: [any].
std::vector<AccountOutcome> FindAccounts(const sdk::Host& host, const Settings& settings, const sdk::Call& call,
                                         const UserData& userdata, const Device& device, const Purpose& purpose);
/// The same for one store. \param code  "tb".
AccountOutcome FindAccount(const Settings& settings, const sdk::Call& call, const UserData& userdata,
                           std::string_view code, const Device& device, const Purpose& purpose);

}  // namespace sluice::plugins::stremio
