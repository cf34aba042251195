// SPDX-License-Identifier: MIT
#include "wire.hpp"

#include <algorithm>
#include <array>

namespace sluice::plugins::torbox {
namespace {

using namespace std::chrono_literals;
using sdk::ItemState;
using store::Budget;
using store::Code;
using store::ErrorRow;
using store::Limit;

// Of each endpoint, for each key; source: "API rate limits" of TorBox's help pages.
constexpr std::array kGeneral{Limit{.calls = 300, .period = 60s}};
constexpr std::array kUncached{Limit{.calls = 10, .period = 60s}, Limit{.calls = 60, .period = 3600s}};

constexpr Budget kMe{"user-me", kGeneral};
constexpr Budget kTorrentCheck{"torrents-check", kGeneral};
constexpr Budget kTorrentCreate{"torrents-create", kGeneral};
constexpr Budget kTorrentList{"torrents-list", kGeneral};
constexpr Budget kTorrentControl{"torrents-control", kGeneral};
constexpr Budget kTorrentLink{"torrents-link", kGeneral};
constexpr Budget kUsenetCheck{"usenet-check", kGeneral};
constexpr Budget kUsenetCreate{"usenet-create", kGeneral};
constexpr Budget kUsenetList{"usenet-list", kGeneral};
constexpr Budget kUsenetControl{"usenet-control", kGeneral};
constexpr Budget kUsenetLink{"usenet-link", kGeneral};
constexpr Budget kWebCheck{"web-check", kGeneral};
constexpr Budget kWebCreate{"web-create", kGeneral};
constexpr Budget kWebList{"web-list", kGeneral};
constexpr Budget kWebControl{"web-control", kGeneral};
constexpr Budget kWebLink{"web-link", kGeneral};

constexpr std::array kServices{Service{.content = sdk::Content::kTorrent,
                                       .id_prefix = "",
                                       .created_id = "torrent_id",
                                       .controlled_id = "torrent_id",
                                       .linked_id = "torrent_id",
                                       .checks_by_post = true,
                                       .check = {"torrents/checkcached", &kTorrentCheck},
                                       .create = {"torrents/createtorrent", &kTorrentCreate},
                                       .list = {"torrents/mylist", &kTorrentList},
                                       .control = {"torrents/controltorrent", &kTorrentControl},
                                       .link = {"torrents/requestdl", &kTorrentLink},
                                       .uncached = {"torrents-uncached", kUncached}},
                               Service{.content = sdk::Content::kUsenet,
                                       .id_prefix = "usenet:",
                                       .created_id = "usenetdownload_id",
                                       .controlled_id = "usenet_id",
                                       .linked_id = "usenet_id",
                                       .checks_by_post = true,
                                       .check = {"usenet/checkcached", &kUsenetCheck},
                                       .create = {"usenet/createusenetdownload", &kUsenetCreate},
                                       .list = {"usenet/mylist", &kUsenetList},
                                       .control = {"usenet/controlusenetdownload", &kUsenetControl},
                                       .link = {"usenet/requestdl", &kUsenetLink},
                                       .uncached = {"usenet-uncached", kUncached}},
                               Service{.content = sdk::Content::kWeb,
                                       .id_prefix = "web:",
                                       .created_id = "webdownload_id",
                                       .controlled_id = "webdl_id",
                                       .linked_id = "web_id",
                                       .checks_by_post = false,
                                       .check = {"webdl/checkcached", &kWebCheck},
                                       .create = {"webdl/createwebdownload", &kWebCreate},
                                       .list = {"webdl/mylist", &kWebList},
                                       .control = {"webdl/controlwebdownload", &kWebControl},
                                       .link = {"webdl/requestdl", &kWebLink},
                                       .uncached = {"web-uncached", kUncached}}};

constexpr std::array kErrors{
    ErrorRow{"DATABASE_ERROR", Code::kInternalServerError},
    ErrorRow{"UNKNOWN_ERROR", Code::kInternalServerError},
    ErrorRow{"REDIRECT_ERROR", Code::kInternalServerError},
    ErrorRow{"SELLIX_ERROR", Code::kInternalServerError},
    ErrorRow{"DOWNLOAD_SERVER_ERROR", Code::kInternalServerError},
    ErrorRow{"SEARCH_ERROR", Code::kInternalServerError},
    ErrorRow{"NO_AUTH", Code::kUnauthorized},
    ErrorRow{"BAD_TOKEN", Code::kUnauthorized},
    ErrorRow{"AUTH_ERROR", Code::kUnauthorized},
    ErrorRow{"OAUTH_VERIFICATION_ERROR", Code::kUnauthorized},
    ErrorRow{"INVALID_OPTION", Code::kBadRequest},
    ErrorRow{"BOZO_RSS_FEED", Code::kBadRequest},
    ErrorRow{"MISSING_REQUIRED_OPTION", Code::kBadRequest},
    ErrorRow{"TOO_MANY_OPTIONS", Code::kBadRequest},
    ErrorRow{"BOZO_TORRENT", Code::kBadRequest},
    ErrorRow{"BOZO_NZB", Code::kBadRequest},
    ErrorRow{"INVALID_DEVICE", Code::kBadRequest},
    ErrorRow{"ENDPOINT_NOT_FOUND", Code::kNotFound},
    ErrorRow{"ITEM_NOT_FOUND", Code::kNotFound},
    ErrorRow{"PLAN_RESTRICTED_FEATURE", Code::kPaymentRequired},
    ErrorRow{"DUPLICATE_ITEM", Code::kConflict},
    ErrorRow{"TOO_MUCH_DATA", Code::kUnprocessableEntity},
    ErrorRow{"DOWNLOAD_TOO_LARGE", Code::kUnprocessableEntity},
    ErrorRow{"NO_SERVERS_AVAILABLE_ERROR", Code::kServiceUnavailable},
    ErrorRow{"LINK_OFFLINE", Code::kServiceUnavailable},
    ErrorRow{"VENDOR_DISABLED", Code::kServiceUnavailable},
    ErrorRow{"MONTHLY_LIMIT", Code::kLimitExceeded},
    ErrorRow{"ACTIVE_LIMIT", Code::kLimitExceeded},
    ErrorRow{"COOLDOWN_LIMIT", Code::kTooManyRequests},
    ErrorRow{"DIFF_ISSUE", Code::kUnknown},
};

// Of what begins alike, the longer stands first.
constexpr std::array kStates{
    StateRow{"failed", ItemState::kFailed},         StateRow{"error", ItemState::kFailed},
    StateRow{"missing", ItemState::kFailed},        StateRow{"stalled (no seeds)", ItemState::kFailed},
    StateRow{"stalled", ItemState::kDownloading},   StateRow{"queued", ItemState::kQueued},
    StateRow{"paused", ItemState::kQueued},         StateRow{"metadl", ItemState::kQueued},
    StateRow{"checking", ItemState::kProcessing},   StateRow{"downloading", ItemState::kDownloading},
    StateRow{"uploading", ItemState::kUploading},   StateRow{"completed", ItemState::kProcessing},
    StateRow{"cached", ItemState::kProcessing},     StateRow{"decrypting", ItemState::kProcessing},
    StateRow{"extracting", ItemState::kProcessing}, StateRow{"repairing", ItemState::kProcessing},
    StateRow{"verifying", ItemState::kProcessing},  StateRow{"processing", ItemState::kProcessing},
};

std::optional<store::Complaint> ComplaintIn(int status, const store::Json& body) {
  if (!body.is_object()) return std::nullopt;
  const auto error = store::TextOf(body, "error");
  const auto* const success = store::Member(body, "success");
  if (error.empty() && success != nullptr && success->is_boolean() && success->get<bool>()) return std::nullopt;
  if (!error.empty()) return store::ComplaintOf(kErrors, error);
  return store::Complaint{.code = status >= 400 ? store::CodeOfStatus(status) : Code::kUnknown};
}

}  // namespace

const store::Endpoint kUserMe{"user/me", &kMe};

const store::Dialect kTorBox{.store = "torbox", .complaint = ComplaintIn};

const Service& ServiceOf(sdk::Content content) {
  const auto* const found =
      std::find_if(kServices.begin(), kServices.end(), [&](const Service& one) { return one.content == content; });
  return found == kServices.end() ? kServices.front() : *found;
}

std::span<const Service> Services() { return kServices; }

std::span<const store::ErrorRow> Errors() { return kErrors; }

std::span<const StateRow> States() { return kStates; }

}  // namespace sluice::plugins::torbox
