// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// The log of what instances must hear of, in the order in which it was committed.

#include <cstdint>
#include <sluice/sdk/database.hpp>
#include <string_view>

namespace sluice::plugins::pool {

inline constexpr std::string_view kRevoked = "revoked";         ///< Subject: a user.
inline constexpr std::string_view kRestored = "restored";       ///< Subject: a user.
inline constexpr std::string_view kKeyRetired = "key-retired";  ///< Subject: a key.
inline constexpr std::string_view kReset = "reset";             ///< Of a feed alone: what was kept may be wrong.

/// Part of the transaction that did it, so that neither is there without the other. Transactions run as if one after
/// the other, so whoever has seen an event has seen all with smaller numbers.
sdk::Status AddEvent(sdk::SqlTransaction& transaction, std::string_view kind, std::string_view subject,
                     std::int64_t now);

}  // namespace sluice::plugins::pool
