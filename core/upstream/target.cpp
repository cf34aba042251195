// SPDX-License-Identifier: MIT
#include "core/upstream/target.hpp"

#include <algorithm>
#include <sluice/sdk/url.hpp>

#include "core/upstream/address_guard.hpp"

namespace sluice::upstream {
namespace {

sdk::Error Fault(std::string_view wanted) {
  return {.code = sdk::Errc::kInvalidArgument, .message = "/url: want " + std::string(wanted)};
}

bool IsVisible(char c) { return c > ' ' && c < 0x7F; }

void AppendEscaped(std::string& out, std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  if (std::all_of(text.begin(), text.end(), IsVisible)) {
    out += text;
    return;
  }
  for (const char c : text) {
    if (IsVisible(c)) {
      out += c;
      continue;
    }
    const auto octet = static_cast<unsigned char>(c);
    out += '%';
    out += kHex[octet >> 4U];
    out += kHex[octet & 15U];
  }
}

std::string HostHeader(const Origin& origin, std::string host) {
  const std::uint16_t usual = origin.tls ? 443 : 80;
  if (origin.port != usual) host += ":" + std::to_string(origin.port);
  return host;
}

}  // namespace

sdk::Result<Target> ParseTarget(std::string_view url) {
  const auto breaks = [](char c) { return c == '\r' || c == '\n' || c == '\0'; };
  if (std::any_of(url.begin(), url.end(), breaks)) return Fault("no CR, LF or NUL");
  url = url.substr(0, url.find('#'));
  const auto scheme_end = url.find("://");
  if (scheme_end == std::string_view::npos) return Fault("an absolute http or https URL");
  const auto rest = std::min(url.find_first_of("/?", scheme_end + 3), url.size());
  Target target;
  target.url.reserve(url.size());
  target.url.append(url.substr(0, rest));
  AppendEscaped(target.url, url.substr(rest));
  const auto parsed = sdk::ParseUrl(target.url);
  if (!parsed) return parsed.error();
  if (!parsed->http()) return Fault("an absolute http or https URL");
  if (!parsed->user_info.empty() || parsed->host_port.data() != target.url.data() + scheme_end + 3) {
    return Fault("a URL without user name and password");
  }
  const auto literal = net::IpAddress::Parse(parsed->host);
  if (parsed->ipv6 ? !(literal && literal->is_v6()) : !(literal || IsHostName(parsed->host))) {
    return Fault("a host name, or an address written as a.b.c.d or [IPv6] without zone");
  }
  target.origin.tls = parsed->Is("https");
  target.origin.port = parsed->port_number;
  // One spelling of an address, so that the pool and the list of trusted hosts see one host. IPv4 has no other.
  target.origin.host = parsed->ipv6 ? literal->ToString() : std::string(parsed->host);
  std::transform(target.origin.host.begin(), target.origin.host.end(), target.origin.host.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  target.host_header =
      HostHeader(target.origin, parsed->ipv6 ? "[" + std::string(parsed->host) + "]" : std::string(parsed->host));
  target.path = sdk::RequestTarget(*parsed);
  return target;
}

std::string OriginOf(std::string_view url) {
  const auto target = ParseTarget(url);
  if (!target) return {};
  return (target->origin.tls ? "https://" : "http://") + target->origin.Label();
}

Target TargetAt(const Origin& origin, std::string_view path) {
  Target target{.origin = origin, .host_header = {}, .path = std::string(path), .url = {}};
  const bool v6 = origin.host.find(':') != std::string::npos;
  target.host_header = HostHeader(origin, v6 ? "[" + origin.host + "]" : origin.host);
  target.url.append(origin.tls ? "https://" : "http://").append(target.host_header).append(path);
  return target;
}

}  // namespace sluice::upstream
