// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Availability: which stores of a viewer have which hashes at once.

#include <map>
#include <optional>
#include <sluice/sdk/host.hpp>
#include <span>
#include <string>
#include <vector>

#include "accounts.hpp"
#include "knowledge.hpp"

namespace sluice::plugins::stremio {

/// What one store of a viewer says.
struct StoreAnswer {
  const Account* account = nullptr;
  sdk::StoreTraits traits{};
  std::map<std::string, Known> known{};  ///< By hash; a hash that is not in it: nobody knows.
  std::optional<sdk::Error> error{};     ///< The check failed; `known` has what was known before.
};

/// Asks each store once, side by side, for those hashes of which nothing is known that still holds. Stores that have no
/// check are not asked. What they say is kept for the next viewer, behind the call's back. Threads: [any].
/// \param knowledge  lives as long as the instance. \param accounts  outlive the answers. \param hashes  no duplicates.
std::vector<StoreAnswer> FindAvailability(const sdk::Host& host, const Knowledge& knowledge, const sdk::Call& call,
                                          std::span<const Account> accounts, std::span<const std::string> hashes);

}  // namespace sluice::plugins::stremio
