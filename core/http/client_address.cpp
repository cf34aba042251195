// SPDX-License-Identifier: MIT
#include "core/http/client_address.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <optional>

#include "core/http/head_scanner.hpp"

namespace sluice::http {
namespace {

using Poco::Net::IPAddress;

/// inet_pton first: Poco also takes forms that other parsers read differently (octal, fewer parts, zones).
std::optional<IPAddress> ParseIp(std::string_view text) {
  const std::string copy(text);
  std::array<unsigned char, 16> octets{};
  if (::inet_pton(AF_INET, copy.c_str(), octets.data()) == 1) return IPAddress(octets.data(), 4);
  if (::inet_pton(AF_INET6, copy.c_str(), octets.data()) != 1) return std::nullopt;
  const IPAddress address(octets.data(), 16);
  return address.isIPv4Mapped() ? IPAddress(octets.data() + 12, 4) : address;
}

/// "1.2.3.4", "1.2.3.4:5678", "::1", "[::1]", "[::1]:5678".
std::optional<IPAddress> ParseHop(std::string_view text) {
  if (text.starts_with('[')) return ParseIp(text.substr(1, text.find(']') - 1));
  if (std::count(text.begin(), text.end(), ':') == 1) text = text.substr(0, text.find(':'));
  return ParseIp(text);
}

}  // namespace

sdk::Result<TrustedProxies> TrustedProxies::Parse(std::span<const std::string> cidrs) {
  TrustedProxies proxies;
  for (const auto& cidr : cidrs) {
    const auto slash = cidr.find('/');
    const auto base = ParseIp(std::string_view(cidr).substr(0, slash));
    const auto max_bits = base && base->family() == IPAddress::IPv6 ? 128U : 32U;
    const auto bits = slash == std::string::npos ? max_bits : ParseLength(std::string_view(cidr).substr(slash + 1));
    if (!base || !bits || *bits > max_bits) {
      return sdk::Error{.code = sdk::Errc::kInvalidArgument,
                        .message = "trusted proxy \"" + cidr + "\": want an address or a CIDR such as 10.0.0.0/8"};
    }
    const IPAddress mask(static_cast<unsigned>(*bits), base->family());
    proxies.blocks_.push_back({*base & mask, mask});
  }
  return proxies;
}

bool TrustedProxies::Contains(const IPAddress& address) const {
  return std::any_of(blocks_.begin(), blocks_.end(), [&](const Block& block) {
    return block.base.family() == address.family() && (address & block.mask) == block.base;
  });
}

bool TrustedProxies::Contains(std::string_view ip) const {
  if (blocks_.empty()) return false;
  const auto address = ParseIp(ip);
  return address && Contains(*address);
}

std::string TrustedProxies::ClientBehind(std::string_view peer, std::span<const sdk::Field> fields) const {
  std::string client(peer);
  for (auto field = fields.rbegin(); field != fields.rend(); ++field) {
    if (!EqualNoCase(field->name, "x-forwarded-for")) continue;
    for (auto rest = field->value; !rest.empty();) {
      const auto comma = rest.rfind(',');
      const auto hop = ParseHop(TrimSpace(comma == std::string_view::npos ? rest : rest.substr(comma + 1)));
      if (!hop) return client;
      client = hop->toString();
      if (!Contains(*hop)) return client;
      rest = comma == std::string_view::npos ? std::string_view() : rest.substr(0, comma);
    }
  }
  return client;
}

}  // namespace sluice::http
