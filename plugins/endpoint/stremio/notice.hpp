// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// What viewers are told when there is nothing to list.

#include <cstddef>
#include <span>
#include <string>

#include "accounts.hpp"
#include "search.hpp"

namespace sluice::plugins::stremio {

/// Why none of a viewer's stores lets them in. \param outcomes  all with errors.
std::string NoticeOfAccounts(std::span<const AccountOutcome> outcomes);

/// Why nothing was found.
std::string NoticeOfSearch(const SearchOutcome& outcome);

/// Why nothing of what was found is listed. \param found  how much. \param fault  of a store that could not say what it
/// has; null: there is none.
std::string NoticeOfNothingLeft(std::size_t found, const UserData& userdata, const sdk::Error* fault);

}  // namespace sluice::plugins::stremio
