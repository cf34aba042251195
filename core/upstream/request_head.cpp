// SPDX-License-Identifier: MIT
#include "core/upstream/request_head.hpp"

#include <algorithm>
#include <array>

#include "core/http/head_scanner.hpp"
#include "core/upstream/fields.hpp"

namespace sluice::upstream {
namespace {

using http::EqualNoCase;

sdk::Error Fault(std::string message) { return {.code = sdk::Errc::kInvalidArgument, .message = std::move(message)}; }

// Expect: the body is sent without waiting, so a "100-continue" would promise what is not done.
bool IsOurs(std::string_view name) {
  return EqualNoCase(name, "Host") || EqualNoCase(name, "Content-Length") || EqualNoCase(name, "Expect");
}

bool BodyIsUsual(std::string_view method) { return method == "POST" || method == "PUT" || method == "PATCH"; }

}  // namespace

sdk::Result<std::string> WriteRequestHead(std::string_view method, const Target& target,
                                          std::span<const sdk::Header> headers, std::size_t body_bytes,
                                          const std::string* proxy_authorization) {
  if (!http::IsToken(method) || method == "CONNECT") return Fault("/method: want a method other than CONNECT");
  for (std::size_t i = 0; i < headers.size(); ++i) {
    if (!http::IsToken(headers[i].name)) return Fault("/headers/" + std::to_string(i) + ": want a token as name");
    if (!http::IsFieldValue(headers[i].value)) {
      return Fault("/headers/" + std::to_string(i) + ": want a value without control characters");
    }
  }
  std::string head(method);
  head.append(" ").append(proxy_authorization != nullptr ? target.url : target.path).append(" HTTP/1.1\r\nHost: ");
  head.append(target.host_header).append("\r\n");
  if (proxy_authorization != nullptr && !proxy_authorization->empty()) {
    head.append("Proxy-Authorization: ").append(*proxy_authorization).append("\r\n");
  }
  const auto options = ConnectionOptions(headers);
  bool has_agent = false;
  bool has_encoding = false;
  for (const auto& field : headers) {
    if (IsOurs(field.name) || !IsEndToEnd(field.name, options)) continue;
    head.append(field.name).append(": ").append(field.value).append("\r\n");
    has_agent = has_agent || EqualNoCase(field.name, "User-Agent");
    has_encoding = has_encoding || EqualNoCase(field.name, "Accept-Encoding");
  }
  if (!has_agent) head += "User-Agent: Sluice/" SLUICE_VERSION "\r\n";
  if (!has_encoding) head += "Accept-Encoding: identity\r\n";
  if (body_bytes > 0 || BodyIsUsual(method)) head += "Content-Length: " + std::to_string(body_bytes) + "\r\n";
  head += "\r\n";
  return head;
}

bool IsIdempotent(std::string_view method) {
  constexpr std::array<std::string_view, 6> kIdempotent = {"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"};
  return std::find(kIdempotent.begin(), kIdempotent.end(), method) != kIdempotent.end();
}

}  // namespace sluice::upstream
