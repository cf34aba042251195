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

/// Upstreams as the configuration names them. Immutable once parsed.
class UpstreamList {
 public:
  /// \param field    stands in messages: "trusted".
  /// \param entries  "name", "name:8096", "10.0.0.0/8", "10.0.0.0/8:8096", "127.0.0.1", "[::1]:8096", "fd00::/8".
  ///                 A name means that name alone, whatever it resolves to; a block any name that resolves into it.
  /// \returns  kInvalidArgument naming the entry by position and what was wanted.
  static sdk::Result<UpstreamList> Parse(std::string_view field, std::span<const std::string> entries);

  /// \param host  lower case; a name, or a literal without brackets.
  bool Has(std::string_view host, std::uint16_t port) const;
  bool Has(const net::IpAddress& address, std::uint16_t port) const;

 private:
  struct Entry {
    std::string host;  // empty: a block
    std::optional<net::Cidr> block;
    std::uint16_t port = 0;  // 0: any
  };
  std::vector<Entry> entries_;
};

/// Ports from `first` to `last`.
struct PortRange {
  std::uint16_t first = 0;
  std::uint16_t last = 0;
};

/// What the operator says about where connections may lead.
struct AddressRules {
  UpstreamList trusted;          ///< May be private, and at any port.
  UpstreamList denied;           ///< Wins, also over `trusted`.
  std::vector<PortRange> ports;  ///< Of upstreams that are not trusted. Empty: any.

  /// \param ports  "443", "8000-8999".
  /// \returns  kInvalidArgument naming the entry: "/ports/0: want a port or a range such as 8000-8999".
  static sdk::Result<AddressRules> Parse(std::span<const std::string> trusted, std::span<const std::string> denied,
                                         std::span<const std::string> ports);
};

/// \param addresses  everything that `host` resolved to; those that are not known here are left out.
/// \returns  why there must be no connection: what the first refused address is, "denied" or "port". Nothing: go ahead.
std::optional<std::string_view> Refused(const AddressRules& rules, std::string_view host, std::uint16_t port,
                                        std::span<const net::IpAddress> addresses);
/// What a message wants instead of what was refused. \param refused  as Refused says it.
std::string_view WantedInstead(std::string_view refused);

/// Whether `name` is a host name as DNS knows it: letters, digits, "-" and "_" in labels of 1 to 63, at most 253
/// octets, no trailing dot, last label not numeric. What inet_aton would read as an address ("0x7f.1", "2130706433") is
/// none.
bool IsHostName(std::string_view name);

}  // namespace sluice::upstream
