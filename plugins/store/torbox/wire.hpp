// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// What TorBox's API is called by: its operations, their limits, its errors. Data, to be checked against its documents.

#include <sluice/sdk/store.hpp>
#include <span>
#include <string_view>

#include "store/common/api.hpp"

namespace sluice::plugins::torbox {

/// One of the three services of which TorBox is made.
struct Service {
  sdk::Content content;
  std::string_view id_prefix;  ///< Of `Item::id`: torrents "12", usenet "usenet:12", web links "web:12".
  const char* created_id;      ///< In the answer to an order.
  const char* controlled_id;   ///< In an order to delete.
  std::string_view linked_id;  ///< In a request for a link.
  bool checks_by_post;         ///< Else by GET, hash by hash in the query.
  store::Endpoint check, create, list, control, link;
  store::Budget uncached;  ///< Orders of what TorBox does not hold already.
};

const Service& ServiceOf(sdk::Content content);
std::span<const Service> Services();

extern const store::Endpoint kUserMe;

/// The values of `error`, and what each is.
std::span<const store::ErrorRow> Errors();

/// An answer is {"success", "error", "detail", "data"}; it is good when `success` is true and `error` is null or empty.
extern const store::Dialect kTorBox;

/// How far an item is, in TorBox's words, which are read from their beginning and in any letter case.
struct StateRow {
  std::string_view prefix;
  sdk::ItemState state;
};
std::span<const StateRow> States();

}  // namespace sluice::plugins::torbox
