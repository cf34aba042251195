// SPDX-License-Identifier: MIT
#include "core/http/request_check.hpp"

#include <algorithm>

namespace sluice::http {
namespace {

constexpr int kHttpPort = 80;
constexpr int kHttpsPort = 443;
constexpr std::size_t kMaxHostBytes = 255;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsAlpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsHex(char c) { return IsDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }
bool IsHostChar(char c) { return IsDigit(c) || IsAlpha(c) || c == '-' || c == '.' || c == '_'; }
bool IsLiteralChar(char c) { return IsHex(c) || c == ':' || c == '.'; }

bool HasValidEscapes(std::string_view text) {
  for (auto at = text.find('%'); at != std::string_view::npos; at = text.find('%', at + 3)) {
    if (at + 2 >= text.size() || !IsHex(text[at + 1]) || !IsHex(text[at + 2])) return false;
  }
  return true;
}

bool SameAuthority(std::string_view a, std::string_view b, int default_port) {
  std::string_view host_a;
  std::string_view host_b;
  int port_a = 0;
  int port_b = 0;
  if (!ParseAuthority(a, host_a, port_a) || !ParseAuthority(b, host_b, port_b)) return false;
  const auto effective = [&](int port) { return port < 0 ? default_port : port; };
  return EqualNoCase(host_a, host_b) && effective(port_a) == effective(port_b);
}

void SplitPath(std::string_view target, CheckedRequest& out) {
  const auto question = target.find('?');
  out.path = target.substr(0, question);
  if (question != std::string_view::npos) out.query = target.substr(question + 1);
  if (out.path.empty()) out.path = "/";
}

/// \param authority  set for the absolute form.
Fault CheckTarget(std::string_view target, CheckedRequest& out, std::string_view& authority, int& default_port) {
  if (!HasValidEscapes(target)) return Fault::kTarget;
  if (target == "*") {
    out.path = target;
    return out.method == "OPTIONS" ? Fault::kNone : Fault::kTarget;
  }
  if (target.front() == '/') {
    SplitPath(target, out);
    return Fault::kNone;
  }
  const auto scheme_end = target.find("://");
  if (scheme_end == std::string_view::npos) return Fault::kTarget;
  const auto scheme = target.substr(0, scheme_end);
  if (!EqualNoCase(scheme, "http") && !EqualNoCase(scheme, "https")) return Fault::kTarget;
  default_port = scheme.size() == 4 ? kHttpPort : kHttpsPort;
  const auto rest = target.substr(scheme_end + 3);
  authority = rest.substr(0, rest.find_first_of("/?"));
  SplitPath(rest.substr(authority.size()), out);
  return Fault::kNone;
}

Fault CheckHost(std::string_view authority, int default_port, CheckedRequest& out) {
  const sdk::Field* host = nullptr;
  for (const auto& field : out.fields) {
    if (!EqualNoCase(field.name, "host")) continue;
    if (host != nullptr) return Fault::kHost;
    host = &field;
  }
  if (host == nullptr && out.minor >= 1) return Fault::kHostMissing;
  if (host == nullptr && authority.data() == nullptr) return Fault::kNone;

  const auto text = host != nullptr ? host->value : authority;
  std::string_view name;
  int port = -1;
  if (!ParseAuthority(text, name, port)) return host != nullptr ? Fault::kHost : Fault::kTarget;
  if (host != nullptr && authority.data() != nullptr && !SameAuthority(authority, text, default_port)) {
    return Fault::kHostMismatch;
  }
  out.host.assign(name);
  for (char& c : out.host) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  }
  return Fault::kNone;
}

/// Connection, Expect, and what HTTP/1.0 may not have.
Fault CheckOptions(CheckedRequest& out) {
  bool close = false;
  bool keep = false;
  for (const auto& field : out.fields) {
    if (EqualNoCase(field.name, "connection")) {
      close = close || ListHas(field.value, "close");
      keep = keep || ListHas(field.value, "keep-alive");
    } else if (EqualNoCase(field.name, "expect") && out.minor >= 1) {
      if (!EqualNoCase(field.value, "100-continue")) return Fault::kExpectation;
      out.expects_continue = true;
    }
  }
  out.keep_alive = !close && (out.minor >= 1 || keep);
  if (out.minor == 0 && FindField(out.fields, "transfer-encoding") != nullptr) return Fault::kTransferEncoding;
  return Fault::kNone;
}

}  // namespace

Fault CheckRequest(std::string_view head, const HeadLimits& limits, CheckedRequest& out) {
  out.query = {};
  out.host.clear();
  out.expects_continue = false;
  out.framing = {};
  HeadParts parts;
  if (const auto fault = SplitHead(head, parts); fault != Fault::kNone) return fault;
  if (parts.start_line.size() > limits.max_line_bytes) return Fault::kLineTooLong;
  if (head.size() > limits.max_head_bytes) return Fault::kHeadTooLarge;
  RequestLine line;
  if (const auto fault = ScanRequestLine(parts.start_line, line); fault != Fault::kNone) return fault;
  if (line.method == "CONNECT") return Fault::kMethod;
  out.method = line.method;
  out.minor = line.minor;
  if (const auto fault = ScanFields(parts.field_block, limits.max_fields, out.fields); fault != Fault::kNone) {
    return fault;
  }
  std::string_view authority;
  int default_port = kHttpPort;
  if (const auto fault = CheckTarget(line.target, out, authority, default_port); fault != Fault::kNone) return fault;
  if (const auto fault = CheckHost(authority, default_port, out); fault != Fault::kNone) return fault;
  if (const auto fault = CheckOptions(out); fault != Fault::kNone) return fault;
  return ScanFraming(out.fields, out.framing);
}

bool ParseAuthority(std::string_view text, std::string_view& host, int& port) {
  port = -1;
  if (text.empty() || text.size() > kMaxHostBytes) return false;
  std::size_t end = 0;
  if (text.front() == '[') {
    end = text.find(']');
    if (end == std::string_view::npos || end < 3) return false;
    const auto inside = text.substr(1, end - 1);
    if (!std::all_of(inside.begin(), inside.end(), IsLiteralChar)) return false;
    ++end;
  } else {
    while (end < text.size() && IsHostChar(text[end])) ++end;
    if (end == 0) return false;
  }
  host = text.substr(0, end);
  if (end == text.size()) return true;
  const auto digits = text.substr(end + 1);
  if (text[end] != ':' || digits.size() > 5 || !std::all_of(digits.begin(), digits.end(), IsDigit)) return false;
  if (digits.empty()) return true;  // RFC 3986 §3.2.3: a port may be empty
  port = static_cast<int>(*ParseLength(digits));
  return port <= 65535;
}

int StatusOf(Fault fault) {
  switch (fault) {
    case Fault::kTooManyFields:
    case Fault::kHeadTooLarge:
      return 431;
    case Fault::kLineTooLong:
      return 414;
    case Fault::kUnknownCoding:
      return 501;
    case Fault::kVersion:
      return 505;
    case Fault::kExpectation:
      return 417;
    default:
      return 400;
  }
}

}  // namespace sluice::http
