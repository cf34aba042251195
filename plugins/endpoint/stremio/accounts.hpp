// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Accounts: whose keys of which stores a viewer's configuration stands for.

#include <optional>
#include <sluice/sdk/host.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "settings.hpp"
#include "userdata.hpp"

namespace sluice::plugins::stremio {

/// One store of a configuration, with the key that it is asked with.
struct Account {
  const NamedStore* store = nullptr;  ///< Of the settings.
  std::string token{};                ///< Secret: lives as long as the request.
  std::string key_id{};               ///< Names it in usage records; may be empty.
  std::string backend{};              ///< Auth component that let the viewer in.
  std::string subject{};              ///< The viewer, as that knows them.
};

/// What came of one entry of a configuration.
struct AccountOutcome {
  std::string code{};  ///< "tb"
  std::optional<Account> account{};
  std::optional<sdk::Error> error{};  ///< Why there is no account.
};

/// For whom and for what, as auth backends are told.
struct Purpose {
  std::string client_ip{}, user_agent{};
  std::string action{};  ///< "check-cache", "stream"
  std::string hash{};    ///< May be empty.
};

/// Asks the auth backends, side by side, for every store that the configuration names; kServerStores stands for each
/// that the server's user has a key of. The first backend that recognises what an entry has decides: its `auth`, or if
/// there is none its token. A grant that has run out is none. kPeerToPeer is no account. \param settings  outlives the
/// answer. Threads: [any].
std::vector<AccountOutcome> FindAccounts(const sdk::Host& host, const Settings& settings, const sdk::Call& call,
                                         const UserData& userdata, const Purpose& purpose);

/// The same for one store; for one that the configuration does not name, its first. \param code  "tb".
AccountOutcome FindAccount(const sdk::Host& host, const Settings& settings, const sdk::Call& call,
                           const UserData& userdata, std::string_view code, const Purpose& purpose);

/// Tells who lent the key that its store does not take it, so that another takes its place. Threads: [any].
void ReportRefusedKey(const sdk::Host& host, const sdk::Call& call, const Account& account);

}  // namespace sluice::plugins::stremio
