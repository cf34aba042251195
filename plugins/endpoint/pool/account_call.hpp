// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// The call of each store that says whose a key is, and so whether it still opens anything.

#include <array>
#include <optional>
#include <sluice/sdk/services.hpp>
#include <string>
#include <string_view>

namespace sluice::plugins::pool {

/// How a store's account call is made, and what its JSON says.
struct AccountCall {
  std::string_view store;
  std::string_view origin;
  std::string_view target;                   ///< Path and query, asked for with GET and the key as a bearer token.
  std::string_view member;                   ///< JSON Pointer of what says that it went well; empty: the status does.
  std::string_view good;                     ///< Its value then, as JSON.
  std::string_view error;                    ///< JSON Pointer of the name of an error.
  std::array<std::string_view, 3> dead{};    ///< Names of errors that say, whatever the status, that the key is dead.
  std::array<std::string_view, 2> spared{};  ///< Names of errors about something else than the key.
};

/// \returns  null: of this store no account call is known.
const AccountCall* FindAccountCall(std::string_view store);

enum class Health { kAlive, kDead, kUnknown };

struct Finding {
  Health health = Health::kUnknown;
  std::string reason{};  ///< "api.example answered 403 BAD_TOKEN"; of kAlive empty.
};

/// \param origin  in place of the store's own.
sdk::HttpRequest RequestOf(const AccountCall& call, std::string_view origin, std::string_view key);
/// A 401 is of the key, and so is a 403 in JSON: others come from whoever stands in front of the store.
Finding Judge(const AccountCall& call, const sdk::HttpResponse& response);

}  // namespace sluice::plugins::pool
