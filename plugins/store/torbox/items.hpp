// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Items as TorBox writes them, read as the SDK has them.

#include <optional>
#include <sluice/sdk/store.hpp>
#include <string>
#include <string_view>

#include "store/common/json.hpp"
#include "wire.hpp"

namespace sluice::plugins::torbox {

/// TorBox's number of an item of `service`, in decimal. \param id  any text.
/// \returns  empty: it is no id of that service's.
std::string_view NumberOf(const Service& service, std::string_view id);
/// Whose id it is, judging by its beginning; there may be no such item.
const Service& ServiceOfId(std::string_view id);

/// How far an item of mylist is.
sdk::ItemState StateOf(const Service& service, const store::Json& item);

/// An item of mylist. Of more than 20,000 files the rest is left out.
/// \returns  nothing: it has no id, or it is a torrent without an info hash.
std::optional<sdk::Item> ReadHeld(const Service& service, const store::Json& item);

/// An item of checkcached: cached, without ids. \returns  nothing: it has no hash.
std::optional<sdk::Item> ReadCached(const Service& service, const store::Json& item);

}  // namespace sluice::plugins::torbox
