// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// TrustedProxies: whose X-Forwarded-For is believed, and whom it names.

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

}  // namespace sluice::http
