// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// IpAddress: an IPv4 or IPv6 address and its one accepted way of being written.

#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::net {

/// A value; no zone id. An IPv4 address in an IPv6 form (mapped, NAT64 …) stays IPv6: what is compared is what is
/// connected to. Threads: [any].
class IpAddress {
 public:
  using V4 = std::array<std::uint8_t, 4>;
  using V6 = std::array<std::uint8_t, 16>;

  static IpAddress FromV4(const V4& octets);
  static IpAddress FromV6(const V6& octets);
  /// \param text  four decimal numbers without leading zeros, or RFC 4291 §2.2 without brackets and zone. Other forms
  ///              that inet_aton takes (octal, hexadecimal, fewer parts) are refused: two parsers would disagree on
  ///              them.
  static std::optional<IpAddress> Parse(std::string_view text);
  /// \returns  nothing for another family, or for an IPv6 address with a zone.
  static std::optional<IpAddress> FromSockaddr(const sockaddr* address);

  bool is_v6() const { return v6_; }
  /// IPv4 uses the first four.
  const V6& octets() const { return octets_; }
  /// 32 or 128.
  unsigned bits() const { return v6_ ? 128 : 32; }
  std::string ToString() const;
  /// Fills `storage` for connect(2). \returns its length.
  socklen_t ToSockaddr(std::uint16_t port, sockaddr_storage& storage) const;

  auto operator<=>(const IpAddress&) const = default;

 private:
  bool v6_ = false;
  V6 octets_{};
};

/// A block of addresses.
struct Cidr {
  IpAddress base;
  unsigned prefix_bits = 0;

  /// \param text  "10.0.0.0/8", "fd00::/8", or a single address. Bits past the prefix must be zero.
  static std::optional<Cidr> Parse(std::string_view text);
  bool Contains(const IpAddress& address) const;
};

}  // namespace sluice::net
