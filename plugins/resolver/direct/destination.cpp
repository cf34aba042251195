// SPDX-License-Identifier: MIT
#include "destination.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <sluice/sdk/text.hpp>
#include <sluice/sdk/url.hpp>

namespace sluice::plugins::direct {
namespace {

sdk::Error Invalid(std::string_view wanted) {
  return {.code = sdk::Errc::kInvalidArgument, .message = "invalid destination url: want " + std::string(wanted)};
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

/// Path, query and fragment as a browser would send them: what cannot stand there raw is escaped.
std::string EscapeRaw(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    const auto octet = static_cast<unsigned char>(c);
    if (c == ' ' || c == '"' || c == '<' || c == '>' || octet > 0x7E) {
      out += sdk::PercentEncode(std::string_view(&c, 1));
    } else {
      out += c;
    }
  }
  return out;
}

/// A name whose last label is a number is an address to some resolvers, in octal, in hex or with parts left out.
bool LooksLikeAddress(std::string_view host) {
  const auto dot = host.rfind('.');
  const auto last = dot == std::string_view::npos ? host : host.substr(dot + 1);
  if (last.empty()) return false;
  if (last.starts_with("0x")) return true;
  return std::all_of(last.begin(), last.end(), IsDigit);
}

bool IsName(std::string_view host) {
  if (host.size() > 253) return false;
  for (std::size_t start = 0; start <= host.size();) {
    const auto end = std::min(host.find('.', start), host.size());
    if (end == start || end - start > 63) return false;
    start = end + 1;
  }
  return std::all_of(host.begin(), host.end(),
                     [](char c) { return (c >= 'a' && c <= 'z') || IsDigit(c) || c == '-' || c == '_' || c == '.'; });
}

sdk::Status CheckHost(const sdk::Url& url, const std::string& host) {
  if (url.ipv6) return sdk::Ok();
  if (host.ends_with('.')) return Invalid("a host without a dot at its end");
  if (LooksLikeAddress(host)) {
    std::array<unsigned char, sizeof(in_addr)> octets{};
    if (::inet_pton(AF_INET, host.c_str(), octets.data()) == 1) return sdk::Ok();
    return Invalid("an address as a.b.c.d, in decimal");
  }
  if (!IsName(host)) return Invalid("a host of letters, digits, \"-\" and \".\"");
  return sdk::Ok();
}

}  // namespace

sdk::Result<Destination> ParseDestination(std::string_view url) {
  if (url.size() > kMaxUrlBytes) return Invalid("at most " + std::to_string(kMaxUrlBytes) + " octets");
  const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
  if (std::any_of(url.begin(), url.end(), control)) return Invalid("no control characters");
  url = url.substr(0, url.find('#'));
  const auto scheme_end = url.find("://");
  if (scheme_end == std::string_view::npos || scheme_end == 0) return Invalid("an absolute http or https URL");
  const auto rest = std::min(url.find_first_of("/?", scheme_end + 3), url.size());
  const auto authority = url.substr(scheme_end + 3, rest - scheme_end - 3);
  if (std::any_of(authority.begin(), authority.end(), [](char c) { return static_cast<unsigned char>(c) > 0x7E; })) {
    return Invalid("an ASCII host; write international names as xn--…");
  }
  Destination out;
  out.url.append(url.substr(0, rest)).append(EscapeRaw(url.substr(rest)));
  const auto parsed = sdk::ParseUrl(out.url);
  if (!parsed) {
    constexpr std::string_view kWant = "want ";
    const auto& message = parsed.error().message;
    const auto want = message.find(kWant);
    return Invalid(want == std::string::npos ? "octets that a URL may not hold percent-encoded"
                                             : std::string_view(message).substr(want + kWant.size()));
  }
  out.scheme = sdk::LowerCase(parsed->scheme);
  if (!parsed->http()) {
    return sdk::Error{.code = sdk::Errc::kPermissionDenied,
                      .message = "destination url uses unsupported scheme `" + out.scheme.substr(0, 32) + "`"};
  }
  if (authority.find('@') != std::string_view::npos) return Invalid("no user name or password");
  const auto host = sdk::LowerCase(parsed->host);
  if (auto checked = CheckHost(*parsed, host); !checked) return std::move(checked).error();
  out.host = parsed->ipv6 ? "[" + host + "]" : host;
  out.path = parsed->path.empty() ? "/" : std::string(parsed->path);
  return out;
}

}  // namespace sluice::plugins::direct
