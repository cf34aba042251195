// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// What stores are asked to hold, checked before they are asked.

#include <sluice/sdk/store.hpp>
#include <string>
#include <string_view>

namespace sluice::plugins::store {

/// The info hash of a torrent order: of its magnet URI, or of its .torrent file.
/// \param store  for messages.
/// \returns  40 lower-case hex digits; kInvalidArgument: it names no torrent, or two.
sdk::Result<std::string> HashOfOrder(const sdk::StoreOrder& order, std::string_view store);

}  // namespace sluice::plugins::store
