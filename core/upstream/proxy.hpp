// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// ProxyOptions: the outbound proxy that requests are sent through.

#include <cstdint>
#include <sluice/sdk/result.hpp>
#include <string>
#include <string_view>

namespace sluice::upstream {

/// The proxy's own address is the operator's word: the address guard does not look at it.
struct ProxyOptions {
  enum class Protocol : std::uint8_t {
    kSocks5,   ///< RFC 1928; names are resolved here.
    kSocks5h,  ///< RFC 1928; names may be resolved by the proxy, see ProfileOptions::proxy_resolves.
    kHttp,     ///< RFC 9110 §9.3.6 CONNECT, or absolute-form (RFC 9112 §3.2.2).
    kHttps,    ///< As kHttp, spoken over TLS. The proxy's certificate is verified.
  };

  Protocol protocol = Protocol::kHttp;
  std::string host = {};  ///< Lower case, no brackets.
  std::uint16_t port = 0;
  std::string user = {};
  std::string password = {};  ///< Secret.
  std::string ca_file = {};   ///< PEM, for kHttps; empty: the system's.

  /// \param url  "socks5://", "socks5h://", "http://" or "https://", then [user[:password]@]host[:port]; user and
  ///             password percent-encoded. Ports default to 1080, 80 and 443.
  /// \returns  kInvalidArgument saying what was wanted, never quoting the URL.
  static sdk::Result<ProxyOptions> Parse(std::string_view url);

  /// \returns  kInvalidArgument: no host or port, or credentials that one of the protocols cannot carry.
  sdk::Status Validate() const;
  bool socks() const { return protocol == Protocol::kSocks5 || protocol == Protocol::kSocks5h; }
  /// "host:port", for messages.
  std::string Label() const;
  bool operator==(const ProxyOptions&) const = default;
};

}  // namespace sluice::upstream
