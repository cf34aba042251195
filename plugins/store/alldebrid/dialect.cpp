// SPDX-License-Identifier: MIT
#include "dialect.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace sluice::plugins::alldebrid {
namespace {

using namespace std::chrono_literals;
using sdk::ItemState;
using store::Code;
using store::ErrorRow;

constexpr auto kErrors = std::to_array<ErrorRow>({
    {"GENERIC", Code::kUnknown},
    {"404", Code::kNotFound},
    {"MAINTENANCE", Code::kServiceUnavailable},
    {"LINK_DOWN", Code::kServiceUnavailable},
    {"LINK_HOST_UNAVAILABLE", Code::kServiceUnavailable},
    {"LINK_TEMPORARY_UNAVAILABLE", Code::kServiceUnavailable},
    {"AUTH_MISSING_APIKEY", Code::kUnauthorized},
    {"AUTH_BAD_APIKEY", Code::kUnauthorized},
    {"AUTH_BLOCKED", Code::kForbidden},
    {"AUTH_USER_BANNED", Code::kForbidden},
    {"NO_SERVER", Code::kForbidden},
    {"LINK_PASS_PROTECTED", Code::kForbidden},
    {"MAGNET_NO_SERVER", Code::kForbidden},
    {"ACCOUNT_INVALID", Code::kForbidden},
    {"LINK_HOST_NOT_SUPPORTED", Code::kNotImplemented},
    {"LINK_NOT_SUPPORTED", Code::kNotImplemented},
    {"REDIRECTOR_NOT_SUPPORTED", Code::kNotImplemented},
    {"LINK_TOO_MANY_DOWNLOADS", Code::kLimitExceeded},
    {"LINK_HOST_FULL", Code::kLimitExceeded},
    {"LINK_HOST_LIMIT_REACHED", Code::kLimitExceeded},
    {"FREE_TRIAL_LIMIT_REACHED", Code::kLimitExceeded},
    {"MAGNET_TOO_MANY_ACTIVE", Code::kLimitExceeded},
    {"MAGNET_TOO_MANY", Code::kLimitExceeded},
    {"MUST_BE_PREMIUM", Code::kPaymentRequired},
    {"MAGNET_MUST_BE_PREMIUM", Code::kPaymentRequired},
    {"INSUFFICIENT_BALANCE", Code::kPaymentRequired},
    {"MAGNET_INVALID_ID", Code::kMagnetInvalid},
    {"MAGNET_INVALID_URI", Code::kMagnetInvalid},
    {"MAGNET_INVALID_FILE", Code::kMagnetInvalid},
    {"MAGNET_NO_URI", Code::kMagnetInvalid},
    {"MAGNET_PROCESSING", Code::kConflict},
    {"MAGNET_CANT_BOOTSTRAP", Code::kUnprocessableEntity},
    {"MAGNET_TOOK_TOO_LONG", Code::kUnprocessableEntity},
    {"MAGNET_PROCESSING_FAILED", Code::kUnprocessableEntity},
    {"MAGNET_LINKS_REMOVED", Code::kNotFound},
    {"MAGNET_FILE_UPLOAD_FAILED", Code::kInternalServerError},
    {"MAGNET_UPLOAD_FAILED", Code::kInternalServerError},
    {"MAGNET_INTERNAL_ERROR", Code::kInternalServerError},
    {"LINK_ERROR", Code::kInternalServerError},
    {"REDIRECTOR_ERROR", Code::kInternalServerError},
    {"DOWNLOAD_FAILED", Code::kInternalServerError},
    {"LINK_IS_MISSING", Code::kBadRequest},
    {"BAD_LINK", Code::kBadRequest},
    {"STREAM_INVALID_GEN_ID", Code::kBadRequest},
    {"STREAM_INVALID_STREAM_ID", Code::kBadRequest},
    {"DELAYED_INVALID_ID", Code::kBadRequest},
    {"MAGNET_TOO_LARGE", Code::kBadRequest},
    {"MAGNET_MAGNET_TOO_BIG", Code::kBadRequest},
    {"PIN_ALREADY_AUTHED", Code::kBadRequest},
    {"PIN_EXPIRED", Code::kBadRequest},
    {"PIN_INVALID", Code::kBadRequest},
    {"USER_LINK_MISSING", Code::kBadRequest},
    {"USER_LINK_INVALID", Code::kBadRequest},
    {"MISSING_NOTIF_ENDPOINT", Code::kBadRequest},
    {"VOUCHER_DURATION_INVALID", Code::kBadRequest},
    {"VOUCHER_NB_INVALID", Code::kBadRequest},
    {"NO_MORE_VOUCHER", Code::kBadRequest},
    {"NO_JSON_PARAM", Code::kBadRequest},
});

constexpr std::array kStatuses{
    StatusRow{0, ItemState::kQueued},    StatusRow{1, ItemState::kDownloading}, StatusRow{2, ItemState::kProcessing},
    StatusRow{3, ItemState::kUploading}, StatusRow{4, ItemState::kReady},       StatusRow{5, ItemState::kUnknown},
    StatusRow{6, ItemState::kFailed},    StatusRow{7, ItemState::kFailed},      StatusRow{8, ItemState::kFailed},
    StatusRow{9, ItemState::kFailed},    StatusRow{10, ItemState::kFailed},     StatusRow{11, ItemState::kFailed},
    StatusRow{12, ItemState::kUnknown},  StatusRow{13, ItemState::kUnknown},    StatusRow{14, ItemState::kUnknown},
    StatusRow{15, ItemState::kUnknown},
};

std::optional<store::Complaint> ComplaintIn(int, const store::Json& body) {
  if (store::TextOf(body, "status") != "error") return std::nullopt;
  const auto* const error = store::Member(body, "error");
  return error == nullptr ? store::Complaint{} : store::ComplaintOf(kErrors, store::TextOf(*error, "code"));
}

constexpr std::array kLimits{store::Limit{.calls = 12, .period = 1s}, store::Limit{.calls = 600, .period = 60s}};
constexpr store::Budget kBudget{.name = "api", .limits = kLimits};

}  // namespace

const store::Dialect kDialect{.store = "alldebrid", .complaint = &ComplaintIn};

std::span<const ErrorRow> Errors() { return kErrors; }
std::span<const StatusRow> Statuses() { return kStatuses; }

ItemState StateOf(std::uint64_t code) {
  const auto* const found =
      std::find_if(kStatuses.begin(), kStatuses.end(), [&](const StatusRow& row) { return row.code == code; });
  return found == kStatuses.end() ? ItemState::kUnknown : found->state;
}

namespace endpoints {
const store::Endpoint kUser{.name = "user", .budget = &kBudget};
const store::Endpoint kUpload{.name = "magnet/upload", .budget = &kBudget};
const store::Endpoint kUploadFile{.name = "magnet/upload/file", .budget = &kBudget};
const store::Endpoint kStatus{.name = "magnet/status", .budget = &kBudget};
const store::Endpoint kFiles{.name = "magnet/files", .budget = &kBudget};
const store::Endpoint kDelete{.name = "magnet/delete", .budget = &kBudget};
const store::Endpoint kUnlock{.name = "link/unlock", .budget = &kBudget};
const store::Endpoint kStreaming{.name = "link/streaming", .budget = &kBudget};
const store::Endpoint kDelayed{.name = "link/delayed", .budget = &kBudget};
const store::Endpoint kSaved{.name = "user/links", .budget = &kBudget};
const store::Endpoint kSave{.name = "user/links/save", .budget = &kBudget};
const store::Endpoint kUnsave{.name = "user/links/delete", .budget = &kBudget};
const store::Endpoint kHistory{.name = "user/history", .budget = &kBudget};
}  // namespace endpoints

}  // namespace sluice::plugins::alldebrid
