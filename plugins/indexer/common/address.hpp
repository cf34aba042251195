// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Where an index is, in the forms that configurations and viewers' links write it.

#include <sluice/sdk/result.hpp>
#include <string>
#include <string_view>

namespace sluice::plugins::indexer {

/// Server and index, taken apart.
struct Address {
  std::string base;     ///< "https://jackett.example:9117/sub", in front of Jackett's path; no "/" at its end.
  std::string indexer;  ///< Jackett's id of the index, or Prowlarr's; empty: the text names none.
};

/// One of
///  - "https:jackett.example::yts", as links have it: scheme, host (with port and path), index;
///  - "yts:::https://jackett.example", the older form of the same;
///  - "https://jackett.example/api/v2.0/indexers/yts/results/torznab", with a "/" or "/api" behind it;
///  - any other http or https URL, of which "/" and "/api" at its end are dropped.
/// \returns  kInvalidArgument for what is none, and for a URL with user name, query or fragment, which may be secret:
///           the message never quotes it.
sdk::Result<Address> ReadAddress(std::string_view text);

/// The Torznab address that requests are made of: "<base>/api/v2.0/indexers/<id>/results/torznab/api", or "<base>/api"
/// where no index is named.
std::string TorznabUrl(const Address& address);

}  // namespace sluice::plugins::indexer
