// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// What a viewer wants TorBox to hold.

#include <sluice/sdk/store.hpp>
#include <string>
#include <string_view>

#include "store/common/forms.hpp"

namespace sluice::plugins::torbox {

/// What tells the order from others of its content: its hash, as the store has it; of an NZB file its own digest.
/// \returns  kInvalidArgument: it is no order for that content (with kInvalidMagnet: no magnet URI).
sdk::Result<std::string> NameOfOrder(const sdk::StoreOrder& order);

/// The request's body. A magnet URI goes as the viewer sent it, with its trackers.
/// \param seed  TorBox's number; empty: not said. \param boundary  random, for a file.
store::Body BodyOf(const sdk::StoreOrder& order, std::string_view seed, std::string_view boundary);

}  // namespace sluice::plugins::torbox
