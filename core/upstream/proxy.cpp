// SPDX-License-Identifier: MIT
#include "core/upstream/proxy.hpp"

#include <algorithm>
#include <array>
#include <sluice/sdk/url.hpp>

#include "core/net/ip_address.hpp"
#include "core/upstream/address_guard.hpp"
#include "core/upstream/origin.hpp"

namespace sluice::upstream {
namespace {

struct Scheme {
  std::string_view name;
  ProxyOptions::Protocol protocol;
  std::uint16_t port;
};

constexpr std::array kSchemes = {
    Scheme{"socks5", ProxyOptions::Protocol::kSocks5, 1080},
    Scheme{"socks5h", ProxyOptions::Protocol::kSocks5h, 1080},
    Scheme{"http", ProxyOptions::Protocol::kHttp, 80},
    Scheme{"https", ProxyOptions::Protocol::kHttps, 443},
};

constexpr std::size_t kMaxCredential = 255;  // RFC 1929 §2

sdk::Error Fault(std::string_view wanted) {
  return {.code = sdk::Errc::kInvalidArgument, .message = "/proxy: want " + std::string(wanted)};
}

sdk::Status ReadCredentials(std::string_view user_info, ProxyOptions& out) {
  const auto colon = std::min(user_info.find(':'), user_info.size());
  auto user = sdk::PercentDecode(user_info.substr(0, colon));
  auto password = sdk::PercentDecode(user_info.substr(std::min(colon + 1, user_info.size())));
  if (!user || !password) return Fault("user and password with two hex digits after each %");
  out.user = std::move(*user);
  out.password = std::move(*password);
  return sdk::Ok();
}

}  // namespace

sdk::Result<ProxyOptions> ProxyOptions::Parse(std::string_view url) {
  const auto parsed = sdk::ParseUrl(url);
  const auto* scheme = kSchemes.end();
  if (parsed) {
    scheme =
        std::find_if(kSchemes.begin(), kSchemes.end(), [&](const Scheme& known) { return parsed->Is(known.name); });
  }
  const bool bare = parsed && (parsed->path.empty() || parsed->path == "/") && !parsed->has_query &&
                    !parsed->has_fragment && !parsed->host.empty();
  if (scheme == kSchemes.end() || !bare) {
    return Fault("socks5://, socks5h://, http:// or https://, then [user:password@]host[:port] and nothing more");
  }
  ProxyOptions options;
  options.protocol = scheme->protocol;
  options.port = parsed->port.empty() ? scheme->port : parsed->port_number;
  if (auto read = ReadCredentials(parsed->user_info, options); !read) return std::move(read).error();
  const auto literal = net::IpAddress::Parse(parsed->host);
  if (parsed->ipv6 ? !(literal && literal->is_v6()) : !(literal || IsHostName(parsed->host))) {
    return Fault("a host name, or an address written as a.b.c.d or [IPv6]");
  }
  options.host = literal ? literal->ToString() : std::string(parsed->host);
  std::transform(options.host.begin(), options.host.end(), options.host.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  if (auto valid = options.Validate(); !valid) return std::move(valid).error();
  return options;
}

sdk::Status ProxyOptions::Validate() const {
  if (host.empty() || port == 0) return Fault("a host and a port");
  if (user.size() > kMaxCredential || password.size() > kMaxCredential || (user.empty() && !password.empty())) {
    return Fault("a user of 1 to 255 octets and a password of at most 255");
  }
  // RFC 7617 §2: a colon ends the user, and control characters would end the field.
  const auto control = [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7F; };
  if (user.find(':') != std::string::npos || std::any_of(user.begin(), user.end(), control) ||
      std::any_of(password.begin(), password.end(), control)) {
    return Fault("a user without colon, and no control characters in user or password");
  }
  return sdk::Ok();
}

std::string ProxyOptions::Label() const {
  return Origin{.tls = protocol == Protocol::kHttps, .host = host, .port = port}.Label();
}

}  // namespace sluice::upstream
