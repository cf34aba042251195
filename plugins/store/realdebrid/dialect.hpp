// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// How Real-Debrid speaks: its operations, its limit, and what its words for errors and states come to.

#include <sluice/sdk/store.hpp>
#include <span>
#include <string_view>

#include "store/common/api.hpp"

namespace sluice::plugins::realdebrid {

/// Answers are bare JSON; what fails has an `error_code`, and an HTTP status that may say less.
extern const store::Dialect kDialect;

/// One line of the store's table of errors.
struct ErrorCode {
  std::string_view number;  ///< `error_code` in decimal: "8".
  store::ErrorRow row;      ///< The store's name of it, for people, and what it comes to.
};
/// All that the store has.
std::span<const ErrorCode> ErrorCodes();

/// One line of the store's table of a torrent's states.
struct StatusRow {
  std::string_view name;  ///< `status`: "downloaded".
  sdk::ItemState state;
  bool has_selection;  ///< Which files are wanted has been said, and it goes on by itself.
};
std::span<const StatusRow> Statuses();
/// \returns  the row of `name`; for one that the table does not have, a row that says nothing.
const StatusRow& StatusOf(std::string_view name);

/// The state in which the store waits to be told which files are wanted.
inline constexpr std::string_view kWaitsForSelection = "waiting_files_selection";

/// The operations. All of them count together: 250 a minute, those that are refused too.
namespace endpoints {
extern const store::Endpoint kUser, kAddMagnet, kAddTorrent, kInfo, kSelectFiles, kTorrents, kDelete, kUnrestrict,
    kDownloads, kDeleteDownload;
}  // namespace endpoints

}  // namespace sluice::plugins::realdebrid
