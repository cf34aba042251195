// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// The address guard: which addresses the gateway may connect to, and which exceptions the operator made.

#include <cstdint>
#include <optional>
#include <sluice/sdk/result.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/net/ip_address.hpp"

namespace sluice::upstream {

/// What an address is, when it is not a public unicast one: "loopback", "private", "nat64" … A constant from a fixed
/// set, fit for a metric label. Everything that is not known to be public is blocked (IANA special-purpose registries).
/// IPv4 within IPv6 (mapped, NAT64, 6to4, Teredo, ISATAP …) is blocked whatever it embeds: where it leads is decided by
/// somebody else's translator.
/// \returns  nothing for a public address.
std::optional<std::string_view> BlockedAs(const net::IpAddress& address);

/// Upstreams that may be private. Immutable once parsed.
class TrustedUpstreams {
 public:
  /// \param entries  "name", "name:8096", "10.0.0.0/8", "10.0.0.0/8:8096", "127.0.0.1", "[::1]:8096", "fd00::/8". A
  /// name
  ///                 trusts whatever it resolves to; a block trusts any name that resolves into it.
  /// \returns  kInvalidArgument naming the entry by position and what was wanted.
  static sdk::Result<TrustedUpstreams> Parse(std::span<const std::string> entries);

  /// \param host  lower case; a name, or a literal without brackets.
  bool Trusts(std::string_view host, std::uint16_t port) const;
  bool Trusts(const net::IpAddress& address, std::uint16_t port) const;

 private:
  struct Entry {
    std::string host;  // empty: a block
    std::optional<net::Cidr> block;
    std::uint16_t port = 0;  // 0: any
  };
  std::vector<Entry> entries_;
};

/// \param addresses  everything that `host` resolved to.
/// \returns  what the first refused address is; nothing when all may be connected to.
std::optional<std::string_view> Refused(const TrustedUpstreams& trusted, std::string_view host, std::uint16_t port,
                                        std::span<const net::IpAddress> addresses);

/// Whether `name` is a host name as DNS knows it: letters, digits, "-" and "_" in labels of 1 to 63, at most 253
/// octets, no trailing dot, last label not numeric. What inet_aton would read as an address ("0x7f.1", "2130706433") is
/// none.
bool IsHostName(std::string_view name);

}  // namespace sluice::upstream
