// SPDX-License-Identifier: MIT
#include "core/http/error_reply.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <nlohmann/json.hpp>

#include "core/http/server.hpp"
#include "core/telemetry/log.hpp"

namespace sluice::http {
namespace {

struct Row {
  sdk::Errc code;
  int status;
  std::string_view name;
};

constexpr std::array kTable{
    Row{sdk::Errc::kInvalidArgument, 400, "invalid_argument"},
    Row{sdk::Errc::kNotFound, 404, "not_found"},
    Row{sdk::Errc::kUnauthenticated, 401, "unauthenticated"},
    Row{sdk::Errc::kPermissionDenied, 403, "permission_denied"},
    Row{sdk::Errc::kRateLimited, 429, "rate_limited"},
    Row{sdk::Errc::kUpstreamFailed, 502, "upstream_failed"},
    Row{sdk::Errc::kDeadlineExceeded, 504, "deadline_exceeded"},
    Row{sdk::Errc::kCancelled, 499, "cancelled"},
    Row{sdk::Errc::kUnsupported, 501, "unsupported"},
    Row{sdk::Errc::kInternal, 500, "internal"},
};

constexpr bool OrderedByCode() {
  for (std::size_t i = 0; i < kTable.size(); ++i) {
    if (static_cast<std::size_t>(kTable[i].code) != i + 1) return false;
  }
  return true;
}
static_assert(OrderedByCode(), "rows are found by their code");

constexpr std::array kOurOwn{
    Row{kBodyTooSlow, 408, "deadline_exceeded"},
    Row{kBodyTooLarge, 413, "too_large"},
    Row{kOverloaded, 503, "overloaded"},
    Row{kAuthUnavailable, 503, "auth_unavailable"},
};

/// A code from a newer plugin reads as kInternal.
const Row& Find(sdk::Errc code) {
  for (const auto& row : kOurOwn) {
    if (row.code == code) return row;
  }
  const auto index = static_cast<std::size_t>(code) - 1;
  return index < kTable.size() ? kTable[index] : kTable.back();
}

}  // namespace

int StatusOf(sdk::Errc code) { return Find(code).status; }

std::string_view CodeOf(sdk::Errc code) { return Find(code).name; }

std::string ErrorBody(std::string_view code, std::string_view message, std::string_view request_id) {
  using Json = nlohmann::ordered_json;
  // Plugins write messages, and one of them may say what it was configured with.
  const Json body{{"error", {{"code", code}, {"message", telemetry::Redact(message)}}}, {"request_id", request_id}};
  return body.dump(-1, ' ', false, Json::error_handler_t::replace);
}

sdk::Status ReplyError(ServerExchange& exchange, const sdk::Error& error) {
  return ReplyError(exchange, StatusOf(error.code), CodeOf(error.code), error);
}

sdk::Status ReplyError(ServerExchange& exchange, int status, std::string_view code, const sdk::Error& error) {
  if (exchange.started()) return sdk::Ok();
  std::vector<sdk::Header> fields{{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}};
  if (status == 401) fields.push_back({"WWW-Authenticate", std::string(kAuthenticateChallenge)});
  if (error.retry_after.count() > 0) {
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(error.retry_after).count();
    fields.push_back({"Retry-After", std::to_string(seconds)});
  }
  return exchange.Reply({.status = status, .fields = fields}, ErrorBody(code, error.message, exchange.request_id()));
}

}  // namespace sluice::http
