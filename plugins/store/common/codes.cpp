// SPDX-License-Identifier: MIT
#include "store/common/codes.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace sluice::plugins::store {
namespace {

using sdk::Errc;
using sdk::Reason;

constexpr std::array kMeanings{
    Meaning{Code::kBadGateway, "BAD_GATEWAY", Errc::kUpstreamFailed},
    Meaning{Code::kBadRequest, "BAD_REQUEST", Errc::kInvalidArgument},
    Meaning{Code::kConflict, "CONFLICT", Errc::kInvalidArgument, Reason::kConflict},
    Meaning{Code::kForbidden, "FORBIDDEN", Errc::kPermissionDenied},
    Meaning{Code::kGone, "GONE", Errc::kNotFound, Reason::kGone},
    Meaning{Code::kInternalServerError, "INTERNAL_SERVER_ERROR", Errc::kUpstreamFailed},
    Meaning{Code::kLocked, "LOCKED", Errc::kPermissionDenied, Reason::kLocked},
    // The store refuses what this server does, not what the viewer wants.
    Meaning{Code::kMethodNotAllowed, "METHOD_NOT_ALLOWED", Errc::kUpstreamFailed},
    Meaning{Code::kNotFound, "NOT_FOUND", Errc::kNotFound},
    Meaning{Code::kNotImplemented, "NOT_IMPLEMENTED", Errc::kUnsupported},
    Meaning{Code::kPaymentRequired, "PAYMENT_REQUIRED", Errc::kPermissionDenied, Reason::kPaymentRequired},
    Meaning{Code::kProxyAuthenticationRequired, "PROXY_AUTHENTICATION_REQUIRED", Errc::kUpstreamFailed},
    Meaning{Code::kServiceUnavailable, "SERVICE_UNAVAILABLE", Errc::kUpstreamFailed, Reason::kUnavailable},
    Meaning{Code::kTooManyRequests, "TOO_MANY_REQUESTS", Errc::kRateLimited},
    Meaning{Code::kUnauthorized, "UNAUTHORIZED", Errc::kUnauthenticated},
    Meaning{Code::kUnavailableForLegalReasons, "UNAVAILABLE_FOR_LEGAL_REASONS", Errc::kPermissionDenied,
            Reason::kLegal},
    Meaning{Code::kUnprocessableEntity, "UNPROCESSABLE_ENTITY", Errc::kInvalidArgument, Reason::kUnprocessable},
    Meaning{Code::kUnsupportedMediaType, "UNSUPPORTED_MEDIA_TYPE", Errc::kInvalidArgument},
    Meaning{Code::kMagnetInvalid, "STORE_MAGNET_INVALID", Errc::kInvalidArgument, Reason::kInvalidMagnet},
    Meaning{Code::kLimitExceeded, "STORE_LIMIT_EXCEEDED", Errc::kPermissionDenied, Reason::kLimitExceeded},
    Meaning{Code::kServerDown, "STORE_SERVER_DOWN", Errc::kUpstreamFailed, Reason::kServerDown},
    Meaning{Code::kUnknown, "UNKNOWN", Errc::kUpstreamFailed},
};

constexpr bool IsInOrder() {
  for (std::size_t i = 0; i < kMeanings.size(); ++i) {
    if (static_cast<std::size_t>(kMeanings[i].code) != i) return false;
  }
  return kMeanings.size() == static_cast<std::size_t>(Code::kUnknown) + 1;
}
static_assert(IsInOrder(), "a row for each code, in its place");

struct StatusRow {
  int status;
  Code code;
};
constexpr std::array kStatuses{
    StatusRow{400, Code::kBadRequest},
    StatusRow{401, Code::kUnauthorized},
    StatusRow{402, Code::kPaymentRequired},
    StatusRow{403, Code::kForbidden},
    StatusRow{404, Code::kNotFound},
    StatusRow{405, Code::kMethodNotAllowed},
    StatusRow{407, Code::kProxyAuthenticationRequired},
    StatusRow{409, Code::kConflict},
    StatusRow{410, Code::kGone},
    StatusRow{415, Code::kUnsupportedMediaType},
    StatusRow{422, Code::kUnprocessableEntity},
    StatusRow{423, Code::kLocked},
    StatusRow{429, Code::kTooManyRequests},
    StatusRow{451, Code::kUnavailableForLegalReasons},
    StatusRow{500, Code::kInternalServerError},
    StatusRow{501, Code::kNotImplemented},
    StatusRow{502, Code::kBadGateway},
    StatusRow{503, Code::kServiceUnavailable},
    StatusRow{504, Code::kBadGateway},
};

}  // namespace

const Meaning& MeaningOf(Code code) { return kMeanings.at(static_cast<std::size_t>(code)); }

std::span<const Meaning> Meanings() { return kMeanings; }

Code CodeOfStatus(int status) {
  const auto* const found =
      std::find_if(kStatuses.begin(), kStatuses.end(), [&](const StatusRow& row) { return row.status == status; });
  return found == kStatuses.end() ? Code::kUnknown : found->code;
}

const ErrorRow* FindError(std::span<const ErrorRow> table, std::string_view name) {
  const auto found = std::find_if(table.begin(), table.end(), [&](const ErrorRow& row) { return row.name == name; });
  return found == table.end() ? nullptr : &*found;
}

Complaint ComplaintOf(std::span<const ErrorRow> table, std::string_view name) {
  const auto* const row = FindError(table, name);
  return row == nullptr ? Complaint{} : Complaint{.code = row->code, .name = row->name};
}

}  // namespace sluice::plugins::store
