// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Pool keys: which of them a user gets, and what becomes of users whose key goes.

#include <cstdint>
#include <optional>
#include <sluice/sdk/host.hpp>
#include <string>
#include <string_view>

namespace sluice::plugins::pool {

inline constexpr std::string_view kActive = "active";
inline constexpr std::string_view kDisabled = "disabled";  ///< By its operator.
inline constexpr std::string_view kDead = "dead";          ///< By its store.

/// The active key of `store` with the fewest users, of several the oldest; one that has all the users it may have is
/// left out. \returns  nothing: there is none.
sdk::Result<std::optional<std::string>> LeastLoaded(sdk::SqlTransaction& transaction, std::string_view store);

/// Gives a user this key of `store`, in place of the one before.
sdk::Status AssignKey(sdk::SqlTransaction& transaction, std::string_view user, std::string_view store,
                      std::string_view key, std::int64_t now);

/// Gives the users of `key` to the other active keys of its store, each to the one with the fewest. Whoever finds no
/// room has no key, until there is one.
sdk::Status MoveUsers(sdk::SqlTransaction& transaction, std::string_view key, std::string_view store, std::int64_t now);

/// What was sealed with the id of its row as context. \param what  for the message: "pool key 7".
/// \returns  kUpstreamFailed when it was sealed with a key that this server does not have.
sdk::Result<std::string> OpenSecret(const sdk::Host& host, std::string_view what, std::string_view sealed,
                                    std::string_view id);

/// Nobody is given `key` from now on: its users are moved, and instances are told.
/// \param state  kDisabled or kDead. \param fault  why, for the operator.
sdk::Status Retire(sdk::SqlTransaction& transaction, std::string_view key, std::string_view store,
                   std::string_view state, std::string_view fault, std::int64_t now);

}  // namespace sluice::plugins::pool
