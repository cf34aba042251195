// SPDX-License-Identifier: MIT
#include "core/http/response_head.hpp"

#include <Poco/Net/HTTPResponse.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>

#include "core/http/chunked.hpp"
#include "core/http/error_reply.hpp"
#include "core/http/head_scanner.hpp"

namespace sluice::http {
namespace {

using Poco::Net::HTTPResponse;

constexpr std::array<std::string_view, 10> kDropped{
    "connection", "keep-alive",     "proxy-connection", "transfer-encoding", "te", "trailer",
    "upgrade",    "content-length", "server",           "x-request-id"};

constexpr std::array<std::string_view, 19> kHeadOnly{
    "age",         "authorization", "cache-control", "clear-site-data", "cookie",          "date",  "expect",
    "expires",     "host",          "location",      "max-forwards",    "pragma",          "range", "refresh",
    "retry-after", "set-cookie",    "vary",          "warning",         "www-authenticate"};
constexpr std::array<std::string_view, 4> kHeadOnlyFamilies{"access-control-", "content-", "if-", "proxy-"};

template <typename Names>
bool Lists(const Names& names, std::string_view name) {
  return std::any_of(names.begin(), names.end(), [&](std::string_view other) { return EqualNoCase(name, other); });
}

bool IsDropped(std::string_view name) { return Lists(kDropped, name); }

bool MayTrail(std::string_view name) {
  if (EqualNoCase(name, "content-digest")) return true;  // RFC 9530 §2
  const bool family = std::any_of(kHeadOnlyFamilies.begin(), kHeadOnlyFamilies.end(), [&](std::string_view prefix) {
    return EqualNoCase(name.substr(0, prefix.size()), prefix);
  });
  return !family && !Lists(kHeadOnly, name) && !IsDropped(name);
}

/// Formatted once a second and thread (RFC 9110 §5.6.7).
std::string_view HttpDate() {
  thread_local std::time_t formatted_at = -1;
  thread_local std::array<char, 32> text{};
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME_COARSE, &now);
  if (now.tv_sec != formatted_at) {
    std::tm parts{};
    ::gmtime_r(&now.tv_sec, &parts);
    std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    formatted_at = now.tv_sec;
  }
  return text.data();
}

void AppendNumber(std::string& out, std::uint64_t value) {
  std::array<char, 20> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out.append(digits.data(), end);
}

void AppendField(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

sdk::Error Refused(std::string_view what) {
  return {.code = sdk::Errc::kInternal, .message = "response refused: " + std::string(what)};
}

void AppendFraming(const ResponseHead& head, std::string& out) {
  if (head.length) {
    out.append("Content-Length: ");
    AppendNumber(out, *head.length);
    out.append("\r\n");
  } else if (head.mode == BodyMode::kChunked) {
    out.append("Transfer-Encoding: chunked\r\n");
  }
  if (!head.keep_alive) {
    out.append("Connection: close\r\n");
  } else if (head.request_minor == 0) {
    out.append("Connection: keep-alive\r\n");
  }
}

}  // namespace

sdk::Result<std::optional<std::uint64_t>> AnnouncedLength(std::span<const sdk::Header> fields) {
  std::optional<std::uint64_t> length;
  for (const auto& [name, value] : fields) {
    if (!EqualNoCase(name, "content-length")) continue;
    const auto parsed = ParseLength(value);
    if (length || !parsed) return Refused("Content-Length: want one number");
    length = parsed;
  }
  return length;
}

sdk::Status AppendHead(int status, std::span<const sdk::Header> fields, const ResponseHead& head, std::string& out) {
  if (status < 200 || status > 999) return Refused("status: want 200 to 999");
  std::string connection;
  for (const auto& [name, value] : fields) {
    if (!IsToken(name)) return Refused("a field name is no token");
    if (!IsFieldValue(value)) return Refused(name + " has a control character");
    if (EqualNoCase(name, "connection")) connection.append(connection.empty() ? "" : ",").append(value);
  }
  out.append("HTTP/1.1 ");
  AppendNumber(out, static_cast<unsigned>(status));
  out.append(" ")
      .append(HTTPResponse::getReasonForStatus(static_cast<HTTPResponse::HTTPStatus>(status)))
      .append("\r\n");
  bool dated = false;
  for (const auto& [name, value] : fields) {
    if (IsDropped(name) || (!connection.empty() && ListHas(connection, name))) continue;
    dated = dated || EqualNoCase(name, "date");
    AppendField(out, name, value);
  }
  AppendFraming(head, out);
  if (!dated) AppendField(out, "Date", HttpDate());
  AppendField(out, "X-Request-Id", head.request_id);
  out.append("\r\n");
  return sdk::Ok();
}

void AppendTrailers(std::string_view section, const FieldFilter& visible, std::string& out) {
  std::vector<sdk::Field> fields;
  if (ScanFields(section, ChunkDecoder::kMaxTrailerBytes, fields) != Fault::kNone) return;
  for (const auto& [name, value] : fields) {
    if (MayTrail(name) && visible(name)) AppendField(out, name, value);
  }
}

std::string FarewellReply(int status, std::string_view code, std::string_view message, std::string_view request_id) {
  const auto body = ErrorBody(code, message, request_id);
  const std::array fields{sdk::Header{"Content-Type", "application/json"}};
  std::string reply;
  const ResponseHead head{.mode = BodyMode::kLength,
                          .length = body.size(),
                          .keep_alive = false,
                          .request_minor = 1,
                          .request_id = request_id};
  // Fields and status are ours: AppendHead has nothing to refuse.
  if (AppendHead(status, fields, head, reply)) reply += body;
  return reply;
}

}  // namespace sluice::http
