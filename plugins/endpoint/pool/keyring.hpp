// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Pool keys: which of them a user gets, and what becomes of users whose key goes.

#include <cstdint>
#include <optional>
#include <sluice/sdk/database.hpp>
#include <string>
#include <string_view>

namespace sluice::plugins::pool {

inline constexpr std::string_view kActive = "active";
inline constexpr std::string_view kDisabled = "disabled";  ///< By its operator.
inline constexpr std::string_view kDead = "dead";          ///< By its store.

/// The active key of `store` with the fewest users, of several the oldest; one that has all the users it may have is
/// left out. \returns  nothing: there is none.
sdk::Result<std::optional<std::string>> LeastLoaded(sdk::SqlTransaction& transaction, std::string_view store);

/// Gives the users of `key` to the other active keys of its store, each to the one with the fewest. Whoever finds no
/// room has no key, until there is one.
sdk::Status MoveUsers(sdk::SqlTransaction& transaction, std::string_view key, std::string_view store, std::int64_t now);

/// Nobody is given `key` from now on: its users are moved, and instances are told.
/// \param state  kDisabled or kDead. \param fault  why, for the operator.
sdk::Status Retire(sdk::SqlTransaction& transaction, std::string_view key, std::string_view store,
                   std::string_view state, std::string_view fault, std::int64_t now);

}  // namespace sluice::plugins::pool
