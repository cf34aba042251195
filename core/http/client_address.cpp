// SPDX-License-Identifier: MIT
#include "core/http/client_address.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "core/http/head_scanner.hpp"

namespace sluice::http {
namespace {

/// A dual-stack listener sees IPv4 peers as mapped addresses.
std::optional<net::IpAddress> ParseIp(std::string_view text) {
  const auto address = net::IpAddress::Parse(text);
  if (!address || !address->is_v6()) return address;
  const auto& octets = address->octets();
  constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  if (!std::equal(kMapped.begin(), kMapped.end(), octets.begin())) return address;
  return net::IpAddress::FromV4({octets[12], octets[13], octets[14], octets[15]});
}

/// "1.2.3.4", "1.2.3.4:5678", "::1", "[::1]", "[::1]:5678".
std::optional<net::IpAddress> ParseHop(std::string_view text) {
  if (text.starts_with('[')) return ParseIp(text.substr(1, text.find(']') - 1));
  if (std::count(text.begin(), text.end(), ':') == 1) text = text.substr(0, text.find(':'));
  return ParseIp(text);
}

}  // namespace

sdk::Result<TrustedProxies> TrustedProxies::Parse(std::span<const std::string> cidrs) {
  TrustedProxies proxies;
  for (const auto& cidr : cidrs) {
    const auto block = net::Cidr::Parse(cidr);
    if (!block) {
      return sdk::Error{.code = sdk::Errc::kInvalidArgument,
                        .message = "trusted proxy \"" + cidr + "\": want an address or a CIDR such as 10.0.0.0/8"};
    }
    proxies.blocks_.push_back(*block);
  }
  return proxies;
}

bool TrustedProxies::Contains(const net::IpAddress& address) const {
  return std::any_of(blocks_.begin(), blocks_.end(), [&](const net::Cidr& block) { return block.Contains(address); });
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
      client = hop->ToString();
      if (!Contains(*hop)) return client;
      rest = comma == std::string_view::npos ? std::string_view() : rest.substr(0, comma);
    }
  }
  return client;
}

bool SecureBehind(bool own, std::span<const sdk::Field> fields) {
  bool named = false;
  for (const auto& field : fields) {
    if (!EqualNoCase(field.name, "x-forwarded-proto")) continue;
    for (auto rest = field.value; !rest.empty();) {
      const auto comma = std::min(rest.find(','), rest.size());
      if (!EqualNoCase(TrimSpace(rest.substr(0, comma)), "https")) return false;
      named = true;
      rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
  }
  return named || own;
}

}  // namespace sluice::http
