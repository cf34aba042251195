// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// How AllDebrid speaks: its operations, its limits, and what its words for errors and states come to.

#include <cstdint>
#include <sluice/sdk/store.hpp>
#include <span>

#include "store/common/api.hpp"

namespace sluice::plugins::alldebrid {

/// {"status":"success","data":…} or {"status":"error","error":{"code","message"}}, with any HTTP status.
extern const store::Dialect kDialect;

/// The store's table of errors: of whole answers, and of single magnets within good ones.
std::span<const store::ErrorRow> Errors();

/// One line of the store's table of a magnet's states.
struct StatusRow {
  std::uint64_t code;  ///< `statusCode`
  sdk::ItemState state;
};
std::span<const StatusRow> Statuses();
/// \returns  kUnknown for a code that the table does not have.
sdk::ItemState StateOf(std::uint64_t code);

/// The operations. All of them count together: 12 a second, and 600 a minute.
namespace endpoints {
extern const store::Endpoint kUser, kUpload, kUploadFile, kStatus, kFiles, kDelete, kUnlock, kStreaming, kDelayed,
    kSaved, kSave, kUnsave, kHistory;
}  // namespace endpoints

}  // namespace sluice::plugins::alldebrid
