// SPDX-License-Identifier: MIT
#include "core/upstream/address_guard.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <sluice/sdk/text.hpp>

namespace sluice::upstream {
namespace {

// Why a connection is refused, where that is not what its address is.
constexpr std::string_view kDenied = "denied";
constexpr std::string_view kPort = "port";

struct Block {
  std::string_view name;
  std::string_view cidr;
};

// IANA IPv4 Special-Purpose Address Registry, multicast, reserved; one cloud metadata address that is publicly routed.
constexpr std::array kBlockedV4 = {
    Block{"unspecified", "0.0.0.0/8"},        Block{"private", "10.0.0.0/8"},
    Block{"shared", "100.64.0.0/10"},         Block{"loopback", "127.0.0.0/8"},
    Block{"metadata", "168.63.129.16/32"},    Block{"link_local", "169.254.0.0/16"},
    Block{"private", "172.16.0.0/12"},        Block{"protocol", "192.0.0.0/24"},
    Block{"documentation", "192.0.2.0/24"},   Block{"as112", "192.31.196.0/24"},
    Block{"amt", "192.52.193.0/24"},          Block{"6to4", "192.88.99.0/24"},
    Block{"private", "192.168.0.0/16"},       Block{"as112", "192.175.48.0/24"},
    Block{"benchmark", "198.18.0.0/15"},      Block{"documentation", "198.51.100.0/24"},
    Block{"documentation", "203.0.113.0/24"}, Block{"multicast", "224.0.0.0/4"},
    Block{"reserved", "240.0.0.0/4"},
};

// The first match names the address. Outside 2000::/3 these only give a better name than "reserved".
constexpr std::array kBlockedV6 = {
    Block{"unspecified", "::/128"},
    Block{"loopback", "::1/128"},
    Block{"compatible", "::/96"},
    Block{"mapped", "::ffff:0:0/96"},
    Block{"translated", "::ffff:0:0:0/96"},
    Block{"nat64", "64:ff9b::/96"},
    Block{"nat64", "64:ff9b:1::/48"},
    Block{"discard", "100::/64"},
    Block{"discard", "100:0:0:1::/64"},
    Block{"teredo", "2001::/32"},
    Block{"protocol", "2001::/23"},
    Block{"documentation", "2001:db8::/32"},
    Block{"6to4", "2002::/16"},
    Block{"as112", "2620:4f:8000::/48"},
    Block{"documentation", "3fff::/20"},
    Block{"segment_routing", "5f00::/16"},
    Block{"private", "fc00::/7"},
    Block{"link_local", "fe80::/10"},
    Block{"site_local", "fec0::/10"},
    Block{"multicast", "ff00::/8"},
};

struct ParsedBlock {
  std::string_view name;
  net::Cidr cidr;
};

template <std::size_t kCount>
std::vector<ParsedBlock> ParseBlocks(const std::array<Block, kCount>& blocks) {
  std::vector<ParsedBlock> parsed;
  parsed.reserve(kCount);
  for (const auto& block : blocks) parsed.push_back({block.name, net::Cidr::Parse(block.cidr).value()});
  return parsed;
}

/// RFC 5214 §6.1: the interface identifier is 0000:5efe or 0200:5efe and an IPv4 address.
bool IsIsatap(const net::IpAddress& address) {
  const auto& octets = address.octets();
  return (octets[8] == 0 || octets[8] == 2) && octets[9] == 0 && octets[10] == 0x5e && octets[11] == 0xfe;
}

std::optional<std::uint16_t> ParsePort(std::string_view digits) {
  std::uint16_t port = 0;
  const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (error != std::errc() || stop != digits.data() + digits.size() || port == 0) return std::nullopt;
  return port;
}

/// "443", "8000-8999".
std::optional<PortRange> ParsePorts(std::string_view text) {
  const auto dash = text.find('-');
  const auto first = ParsePort(text.substr(0, dash));
  const auto last = dash == std::string_view::npos ? first : ParsePort(text.substr(dash + 1));
  if (!first || !last || *first > *last) return std::nullopt;
  return PortRange{*first, *last};
}

bool HasPort(const std::vector<PortRange>& ranges, std::uint16_t port) {
  return ranges.empty() || std::any_of(ranges.begin(), ranges.end(),
                                       [&](const auto& range) { return range.first <= port && port <= range.last; });
}

sdk::Error EntryFault(std::string_view field, std::size_t index, std::string_view wanted) {
  return {.code = sdk::Errc::kInvalidArgument,
          .message = "/" + std::string(field) + "/" + std::to_string(index) + ": want " + std::string(wanted)};
}

bool IsNumeric(std::string_view label) {
  if (label.size() >= 2 && label[0] == '0' && (label[1] == 'x' || label[1] == 'X')) return true;
  return std::all_of(label.begin(), label.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// "[::1]:80" → "::1", "80"; "fd00::/8" → itself; "name:80" and "10.0.0.0/8:80" → split at the colon.
std::optional<std::pair<std::string_view, std::string_view>> SplitPort(std::string_view entry) {
  if (entry.starts_with('[')) {
    const auto close = entry.find(']');
    if (close == std::string_view::npos) return std::nullopt;
    const auto rest = entry.substr(close + 1);
    if (!rest.empty() && (rest.front() != ':' || rest.size() == 1)) return std::nullopt;
    return std::pair(entry.substr(1, close - 1), rest.empty() ? rest : rest.substr(1));
  }
  const auto colon = entry.find(':');
  if (colon == std::string_view::npos || entry.find(':', colon + 1) != std::string_view::npos) {
    return std::pair(entry, std::string_view());
  }
  if (colon + 1 == entry.size()) return std::nullopt;
  return std::pair(entry.substr(0, colon), entry.substr(colon + 1));
}

}  // namespace

std::optional<std::string_view> BlockedAs(const net::IpAddress& address) {
  static const auto blocked_v4 = ParseBlocks(kBlockedV4);
  static const auto blocked_v6 = ParseBlocks(kBlockedV6);
  static const auto global_v6 = net::Cidr::Parse("2000::/3").value();
  for (const auto& block : address.is_v6() ? blocked_v6 : blocked_v4) {
    if (block.cidr.Contains(address)) return block.name;
  }
  if (!address.is_v6()) return std::nullopt;
  if (!global_v6.Contains(address)) return "reserved";
  if (IsIsatap(address)) return "isatap";
  return std::nullopt;
}

bool IsHostName(std::string_view name) {
  if (name.empty() || name.size() > 253) return false;
  std::string_view label;
  for (std::size_t start = 0; start <= name.size();) {
    const auto end = std::min(name.find('.', start), name.size());
    label = name.substr(start, end - start);
    if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-') return false;
    const bool plain = std::all_of(label.begin(), label.end(), [](char c) {
      return (c >= '0' && c <= '9') || (sdk::LowerLetter(c) >= 'a' && sdk::LowerLetter(c) <= 'z') || c == '-' ||
             c == '_';
    });
    if (!plain) return false;
    start = end + 1;
  }
  return !IsNumeric(label);
}

sdk::Result<UpstreamList> UpstreamList::Parse(std::string_view field, std::span<const std::string> entries) {
  UpstreamList list;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const auto fault = [&](std::string_view wanted) { return EntryFault(field, i, wanted); };
    const auto parts = SplitPort(entries[i]);
    if (!parts) return fault("a host name, an address or a CIDR, each with an optional port");
    Entry entry;
    if (!parts->second.empty()) {
      const auto port = ParsePort(parts->second);
      if (!port) return fault("a port from 1 to 65535 after the colon");
      entry.port = *port;
    }
    const auto host = parts->first;
    if (auto block = net::Cidr::Parse(host)) {
      entry.block = *block;
    } else if (host.find('/') != std::string_view::npos) {
      return fault("a CIDR with no bits set past its prefix, such as 10.0.0.0/8 or fd00::/8");
    } else if (IsHostName(host)) {
      entry.host = sdk::LowerCase(host);
    } else {
      return fault("a host name, an address or a CIDR, each with an optional port");
    }
    list.entries_.push_back(std::move(entry));
  }
  return list;
}

bool UpstreamList::Has(std::string_view host, std::uint16_t port) const {
  return std::any_of(entries_.begin(), entries_.end(), [&](const Entry& entry) {
    return !entry.host.empty() && entry.host == host && (entry.port == 0 || entry.port == port);
  });
}

bool UpstreamList::Has(const net::IpAddress& address, std::uint16_t port) const {
  return std::any_of(entries_.begin(), entries_.end(), [&](const Entry& entry) {
    return entry.block && entry.block->Contains(address) && (entry.port == 0 || entry.port == port);
  });
}

sdk::Result<AddressRules> AddressRules::Parse(std::span<const std::string> trusted, std::span<const std::string> denied,
                                              std::span<const std::string> ports) {
  AddressRules rules;
  auto may_be_private = UpstreamList::Parse("trusted", trusted);
  if (!may_be_private) return std::move(may_be_private).error();
  rules.trusted = std::move(*may_be_private);
  auto must_not_be = UpstreamList::Parse("denied", denied);
  if (!must_not_be) return std::move(must_not_be).error();
  rules.denied = std::move(*must_not_be);
  for (std::size_t i = 0; i < ports.size(); ++i) {
    const auto range = ParsePorts(ports[i]);
    if (!range) return EntryFault("ports", i, "a port or a range such as 8000-8999");
    rules.ports.push_back(*range);
  }
  return rules;
}

std::optional<std::string_view> Refused(const AddressRules& rules, std::string_view host, std::uint16_t port,
                                        std::span<const net::IpAddress> addresses) {
  const bool denied =
      rules.denied.Has(host, port) ||
      std::any_of(addresses.begin(), addresses.end(), [&](const auto& a) { return rules.denied.Has(a, port); });
  if (denied) return kDenied;
  if (rules.trusted.Has(host, port)) return std::nullopt;
  const bool open = HasPort(rules.ports, port);
  if (!open && addresses.empty()) return kPort;
  for (const auto& address : addresses) {
    if (rules.trusted.Has(address, port)) continue;
    if (const auto blocked = BlockedAs(address)) return blocked;
    if (!open) return kPort;
  }
  return std::nullopt;
}

std::string_view WantedInstead(std::string_view refused) {
  if (refused == kDenied) return "an upstream that is not denied";
  if (refused == kPort) return "an allowed port, or a trusted upstream";
  return "a public address, or a trusted upstream";
}

}  // namespace sluice::upstream
