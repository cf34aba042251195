// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// What stores complain of: one set of codes for all of them, and what each comes to for a viewer.

#include <cstdint>
#include <optional>
#include <sluice/sdk/result.hpp>
#include <span>
#include <string_view>

namespace sluice::plugins::store {

/// The codes that clients of debrid gateways know.
enum class Code : std::uint8_t {
  kBadGateway,
  kBadRequest,
  kConflict,
  kForbidden,
  kGone,
  kInternalServerError,
  kLocked,
  kMethodNotAllowed,
  kNotFound,
  kNotImplemented,
  kPaymentRequired,
  kProxyAuthenticationRequired,
  kServiceUnavailable,
  kTooManyRequests,
  kUnauthorized,
  kUnavailableForLegalReasons,
  kUnprocessableEntity,
  kUnsupportedMediaType,
  kMagnetInvalid,
  kLimitExceeded,
  kServerDown,
  kUnknown,
};

/// What a code is to the SDK.
struct Meaning {
  Code code;
  std::string_view name;  ///< "STORE_LIMIT_EXCEEDED"
  sdk::Errc errc;
  sdk::Reason reason = sdk::Reason::kNone;
};

/// The one table of meanings. \returns  the row of `code`.
const Meaning& MeaningOf(Code code);
/// All of it, in the order of `Code`.
std::span<const Meaning> Meanings();

/// What an HTTP status says where the answer says nothing better. \param status  400 to 599.
Code CodeOfStatus(int status);

/// One line of a store's own table: its name of an error (or number, in decimal), and what that is.
struct ErrorRow {
  std::string_view name;
  Code code;
};

/// \returns  null: the table does not have it.
const ErrorRow* FindError(std::span<const ErrorRow> table, std::string_view name);

/// What an answer complains of.
struct Complaint {
  Code code = Code::kUnknown;
  std::string_view name{};  ///< Out of a table, never out of an answer: it shows in messages. Empty: it has none.
};

/// \returns  the complaint that a row is; kUnknown without a name when the table does not have it.
Complaint ComplaintOf(std::span<const ErrorRow> table, std::string_view name);

}  // namespace sluice::plugins::store
