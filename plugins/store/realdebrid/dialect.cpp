// SPDX-License-Identifier: MIT
#include "dialect.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace sluice::plugins::realdebrid {
namespace {

using namespace std::chrono_literals;
using sdk::ItemState;
using store::Code;

constexpr std::array kErrors{
    ErrorCode{"-1", {"internal_error", Code::kInternalServerError}},
    ErrorCode{"1", {"missing_parameter", Code::kBadRequest}},
    ErrorCode{"2", {"bad_parameter_value", Code::kBadRequest}},
    ErrorCode{"3", {"unknown_method", Code::kMethodNotAllowed}},
    ErrorCode{"4", {"method_not_allowed", Code::kMethodNotAllowed}},
    ErrorCode{"5", {"slow_down", Code::kTooManyRequests}},
    ErrorCode{"6", {"resource_unreachable", Code::kBadGateway}},
    ErrorCode{"7", {"unknown_resource", Code::kNotFound}},
    ErrorCode{"8", {"bad_token", Code::kUnauthorized}},
    ErrorCode{"9", {"permission_denied", Code::kForbidden}},
    ErrorCode{"10", {"two_factor_needed", Code::kUnauthorized}},
    ErrorCode{"11", {"two_factor_pending", Code::kUnauthorized}},
    ErrorCode{"12", {"invalid_login", Code::kUnauthorized}},
    ErrorCode{"13", {"invalid_password", Code::kUnauthorized}},
    ErrorCode{"14", {"account_locked", Code::kForbidden}},
    ErrorCode{"15", {"account_not_activated", Code::kForbidden}},
    ErrorCode{"16", {"unsupported_hoster", Code::kBadGateway}},
    ErrorCode{"17", {"hoster_in_maintenance", Code::kServiceUnavailable}},
    ErrorCode{"18", {"hoster_limit_reached", Code::kLimitExceeded}},
    ErrorCode{"19", {"hoster_unavailable", Code::kServiceUnavailable}},
    ErrorCode{"20", {"hoster_not_free", Code::kPaymentRequired}},
    ErrorCode{"21", {"too_many_active_downloads", Code::kLimitExceeded}},
    ErrorCode{"22", {"ip_not_allowed", Code::kForbidden}},
    ErrorCode{"23", {"traffic_exhausted", Code::kLimitExceeded}},
    ErrorCode{"24", {"file_unavailable", Code::kNotFound}},
    ErrorCode{"25", {"service_unavailable", Code::kServiceUnavailable}},
    ErrorCode{"26", {"upload_too_big", Code::kUnprocessableEntity}},
    ErrorCode{"27", {"upload_error", Code::kUnknown}},
    ErrorCode{"28", {"file_not_allowed", Code::kUnprocessableEntity}},
    ErrorCode{"29", {"torrent_too_big", Code::kUnprocessableEntity}},
    ErrorCode{"30", {"torrent_invalid", Code::kBadRequest}},
    ErrorCode{"31", {"action_already_done", Code::kConflict}},
    ErrorCode{"32", {"image_resolution_error", Code::kBadRequest}},
    ErrorCode{"33", {"torrent_already_active", Code::kConflict}},
    ErrorCode{"34", {"too_many_requests", Code::kTooManyRequests}},
    ErrorCode{"35", {"infringing_file", Code::kUnavailableForLegalReasons}},
    ErrorCode{"36", {"fair_usage_limit", Code::kLimitExceeded}},
    ErrorCode{"37", {"disabled_endpoint", Code::kNotFound}},
};

constexpr std::array kStatuses{
    StatusRow{"magnet_error", ItemState::kFailed, false},
    StatusRow{"magnet_conversion", ItemState::kInvalid, false},
    StatusRow{kWaitsForSelection, ItemState::kQueued, false},
    StatusRow{"queued", ItemState::kQueued, true},
    StatusRow{"downloading", ItemState::kDownloading, true},
    StatusRow{"downloaded", ItemState::kReady, true},
    StatusRow{"error", ItemState::kFailed, false},
    StatusRow{"virus", ItemState::kFailed, false},
    StatusRow{"compressing", ItemState::kProcessing, true},
    StatusRow{"uploading", ItemState::kUploading, true},
    StatusRow{"dead", ItemState::kFailed, false},
};
constexpr StatusRow kUnknownStatus{"unknown", ItemState::kUnknown, false};

std::optional<store::Complaint> ComplaintIn(int, const store::Json& body) {
  const auto number = store::TextOf(body, "error_code");
  const auto* const found =
      std::find_if(kErrors.begin(), kErrors.end(), [&](const ErrorCode& code) { return code.number == number; });
  // A number that the store has made since says less than its HTTP status.
  if (found == kErrors.end()) return std::nullopt;
  return store::Complaint{.code = found->row.code, .name = found->row.name};
}

constexpr std::array kLimits{store::Limit{.calls = 250, .period = 60s}};
constexpr store::Budget kBudget{.name = "api", .limits = kLimits};

}  // namespace

const store::Dialect kDialect{.store = "realdebrid", .complaint = &ComplaintIn};

std::span<const ErrorCode> ErrorCodes() { return kErrors; }
std::span<const StatusRow> Statuses() { return kStatuses; }

const StatusRow& StatusOf(std::string_view name) {
  const auto* const found =
      std::find_if(kStatuses.begin(), kStatuses.end(), [&](const StatusRow& row) { return row.name == name; });
  return found == kStatuses.end() ? kUnknownStatus : *found;
}

namespace endpoints {
const store::Endpoint kUser{.name = "user", .budget = &kBudget};
const store::Endpoint kAddMagnet{.name = "torrents/addMagnet", .budget = &kBudget};
const store::Endpoint kAddTorrent{.name = "torrents/addTorrent", .budget = &kBudget};
const store::Endpoint kInfo{.name = "torrents/info", .budget = &kBudget};
const store::Endpoint kSelectFiles{.name = "torrents/selectFiles", .budget = &kBudget};
const store::Endpoint kTorrents{.name = "torrents", .budget = &kBudget};
const store::Endpoint kDelete{.name = "torrents/delete", .budget = &kBudget};
const store::Endpoint kUnrestrict{.name = "unrestrict/link", .budget = &kBudget};
const store::Endpoint kDownloads{.name = "downloads", .budget = &kBudget};
const store::Endpoint kDeleteDownload{.name = "downloads/delete", .budget = &kBudget};
}  // namespace endpoints

}  // namespace sluice::plugins::realdebrid
