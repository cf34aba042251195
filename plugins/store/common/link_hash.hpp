// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Hashes of links to NZBs and to file hosters, as stores that hold usenet and web content name it.

#include <string>
#include <string_view>

namespace sluice::plugins::store {

/// What of a link to an NZB tells it from others: of an indexer's API (a path that ends in "/api", `t` "get" or "g",
/// and an `id`) the parameters t and id alone, so that everybody's API key gives one name; of other links what stands
/// in front of the query.
std::string NzbLinkName(std::string_view link);

/// MD5 of NzbLinkName, 32 lower-case hex digits.
std::string HashOfNzbLink(std::string_view link);

/// MD5 of the link as it stands, 32 lower-case hex digits.
std::string HashOfWebLink(std::string_view link);

}  // namespace sluice::plugins::store
