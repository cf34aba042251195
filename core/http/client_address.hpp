// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// TrustedProxies: whose X-Forwarded-For and -Proto are believed, and what they say of the viewer.

#include <sluice/sdk/result.hpp>
#include <sluice/sdk/types.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/net/ip_address.hpp"

namespace sluice::http {

/// Immutable. Threads: [any].
class TrustedProxies {
 public:
  /// \param cidrs  "10.0.0.0/8", "fd00::/8", or single addresses.
  /// \returns  kInvalidArgument naming the first that is none.
  static sdk::Result<TrustedProxies> Parse(std::span<const std::string> cidrs);

  /// \param ip  textual, without port.
  bool Contains(std::string_view ip) const;
  /// The viewer behind `peer`, a trusted proxy: the rightmost address of X-Forwarded-For that is not itself trusted. A
  /// part that is no address ends the walk: what stands left of it came from nobody who is believed.
  std::string ClientBehind(std::string_view peer, std::span<const sdk::Field> fields) const;

 private:
  bool Contains(const net::IpAddress& address) const;

  std::vector<net::Cidr> blocks_;
};

/// Whether the viewer speaks TLS, as X-Forwarded-Proto of a trusted proxy tells: "https" for every hop that is named.
/// \param own  whether the proxy speaks TLS here; the answer when it tells nothing.
bool SecureBehind(bool own, std::span<const sdk::Field> fields);

}  // namespace sluice::http
