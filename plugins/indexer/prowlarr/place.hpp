// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Place: where a Prowlarr is, and which of its indexes is meant.

#include <cstdint>
#include <sluice/sdk/result.hpp>
#include <string>

#include "indexer/common/address.hpp"

namespace sluice::plugins::prowlarr {

struct Place {
  std::string base;           ///< In front of "/api/v1"; no "/" at its end.
  std::uint32_t indexer = 0;  ///< 0: all of them.
};

/// Besides the forms of ReadAddress, which may name an index by number or as "all": Prowlarr's own addresses of one,
/// ".../1/api" and ".../api/v1/indexer/1/newznab", and ".../api/v1".
/// \returns  kInvalidArgument: an index that is neither a number nor "all".
sdk::Result<Place> PlaceOf(const indexer::Address& address);

}  // namespace sluice::plugins::prowlarr
