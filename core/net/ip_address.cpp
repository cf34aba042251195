// SPDX-License-Identifier: MIT
#include "core/net/ip_address.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace sluice::net {
namespace {

std::optional<IpAddress> ParseV4(std::string_view text) {
  IpAddress::V4 octets{};
  for (std::size_t part = 0; part < octets.size(); ++part) {
    const auto end = part + 1 < octets.size() ? text.find('.') : text.size();
    if (end == std::string_view::npos || end == 0 || end > 3) return std::nullopt;
    const auto digits = text.substr(0, end);
    if (digits.size() > 1 && digits.front() == '0') return std::nullopt;
    const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), octets[part]);
    if (error != std::errc() || stop != digits.data() + digits.size()) return std::nullopt;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return IpAddress::FromV4(octets);
}

}  // namespace

IpAddress IpAddress::FromV4(const V4& octets) {
  IpAddress address;
  std::copy(octets.begin(), octets.end(), address.octets_.begin());
  return address;
}

IpAddress IpAddress::FromV6(const V6& octets) {
  IpAddress address;
  address.v6_ = true;
  address.octets_ = octets;
  return address;
}

std::optional<IpAddress> IpAddress::Parse(std::string_view text) {
  if (text.find(':') == std::string_view::npos) return ParseV4(text);
  if (text.size() >= INET6_ADDRSTRLEN) return std::nullopt;
  V6 octets{};
  if (::inet_pton(AF_INET6, std::string(text).c_str(), octets.data()) != 1) return std::nullopt;
  return FromV6(octets);
}

std::optional<IpAddress> IpAddress::FromSockaddr(const sockaddr* address) {
  if (address->sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, address, sizeof v4);
    V4 octets{};
    std::memcpy(octets.data(), &v4.sin_addr, octets.size());
    return FromV4(octets);
  }
  if (address->sa_family != AF_INET6) return std::nullopt;
  sockaddr_in6 v6{};
  std::memcpy(&v6, address, sizeof v6);
  if (v6.sin6_scope_id != 0) return std::nullopt;
  V6 octets{};
  std::memcpy(octets.data(), &v6.sin6_addr, octets.size());
  return FromV6(octets);
}

std::string IpAddress::ToString() const {
  std::array<char, INET6_ADDRSTRLEN> text{};
  ::inet_ntop(v6_ ? AF_INET6 : AF_INET, octets_.data(), text.data(), static_cast<socklen_t>(text.size()));
  return text.data();
}

socklen_t IpAddress::ToSockaddr(std::uint16_t port, sockaddr_storage& storage) const {
  storage = {};
  if (v6_) {
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    std::memcpy(&v6.sin6_addr, octets_.data(), 16);
    std::memcpy(&storage, &v6, sizeof v6);
    return sizeof v6;
  }
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_port = htons(port);
  std::memcpy(&v4.sin_addr, octets_.data(), 4);
  std::memcpy(&storage, &v4, sizeof v4);
  return sizeof v4;
}

std::optional<Cidr> Cidr::Parse(std::string_view text) {
  const auto slash = text.find('/');
  const auto base = IpAddress::Parse(text.substr(0, slash));
  if (!base) return std::nullopt;
  Cidr cidr{*base, base->bits()};
  if (slash == std::string_view::npos) return cidr;
  const auto digits = text.substr(slash + 1);
  const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), cidr.prefix_bits);
  if (error != std::errc() || stop != digits.data() + digits.size() || digits.empty()) return std::nullopt;
  if (cidr.prefix_bits > base->bits() || (digits.size() > 1 && digits.front() == '0')) return std::nullopt;
  for (unsigned bit = cidr.prefix_bits; bit < base->bits(); ++bit) {
    if ((base->octets()[bit / 8] & (0x80U >> (bit % 8))) != 0) return std::nullopt;
  }
  return cidr;
}

bool Cidr::Contains(const IpAddress& address) const {
  if (address.is_v6() != base.is_v6()) return false;
  const auto whole = prefix_bits / 8;
  if (!std::equal(base.octets().begin(), base.octets().begin() + whole, address.octets().begin())) return false;
  const auto rest = prefix_bits % 8;
  if (rest == 0) return true;
  const auto mask = static_cast<unsigned>(0xFF00U >> rest) & 0xFFU;
  return (address.octets()[whole] & mask) == (base.octets()[whole] & mask);
}

}  // namespace sluice::net
