// SPDX-License-Identifier: MIT
#include "store/common/info_hash.hpp"

#include <cstddef>
#include <cstdint>
#include <sluice/sdk/text.hpp>
#include <sluice/sdk/url.hpp>

namespace sluice::plugins::store {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";

std::optional<std::string> FromHex(std::string_view text) {
  std::string out;
  for (const char c : text) {
    out.push_back(sdk::LowerLetter(c));
    if (kHexDigits.find(out.back()) == std::string_view::npos) return std::nullopt;
  }
  return out;
}

/// 32 characters of 5 bits are 40 digits of 4 bits: nothing is left over.
std::optional<std::string> FromBase32(std::string_view text) {
  constexpr std::string_view kAlphabet = "abcdefghijklmnopqrstuvwxyz234567";
  std::string out;
  std::uint32_t bits = 0;
  int held = 0;
  for (const char c : text) {
    const auto value = kAlphabet.find(sdk::LowerLetter(c));
    if (value == std::string_view::npos) return std::nullopt;
    bits = (bits << 5 | static_cast<std::uint32_t>(value)) & 0xff;
    held += 5;
    while (held >= 4) {
      held -= 4;
      out.push_back(kHexDigits[bits >> held & 0xf]);
    }
  }
  return out;
}

/// "xt", or one of several: "xt.1".
bool IsExactTopic(std::string_view name) {
  return sdk::EqualsIgnoreCase(name, "xt") || sdk::EqualsIgnoreCase(name.substr(0, 3), "xt.");
}

}  // namespace

std::optional<std::string> NormalizeHash(std::string_view text) {
  if (text.size() == 40) return FromHex(text);
  if (text.size() == 32) return FromBase32(text);
  return std::nullopt;
}

bool IsMagnet(std::string_view link) { return sdk::EqualsIgnoreCase(link.substr(0, 7), "magnet:"); }

std::optional<std::string> HashOfMagnet(std::string_view uri) {
  constexpr std::string_view kScheme = "magnet:?";
  constexpr std::string_view kTopic = "urn:btih:";
  if (!sdk::EqualsIgnoreCase(uri.substr(0, kScheme.size()), kScheme)) return std::nullopt;
  uri.remove_prefix(kScheme.size());
  uri = uri.substr(0, uri.find('#'));
  while (!uri.empty()) {
    const auto pair = uri.substr(0, uri.find('&'));
    uri.remove_prefix(pair.size() == uri.size() ? uri.size() : pair.size() + 1);
    const auto equals = pair.find('=');
    if (equals == std::string_view::npos || !IsExactTopic(pair.substr(0, equals))) continue;
    const auto topic = sdk::PercentDecode(pair.substr(equals + 1));
    const std::string_view name = topic ? std::string_view{*topic} : std::string_view{};
    if (!sdk::EqualsIgnoreCase(name.substr(0, kTopic.size()), kTopic)) continue;
    if (auto hash = NormalizeHash(name.substr(kTopic.size()))) return hash;
  }
  return std::nullopt;
}

std::string CanonicalMagnet(std::string_view hash, std::string_view name) {
  std::string uri = "magnet:?xt=urn:btih:" + std::string(hash);
  if (!name.empty()) uri += "&dn=" + sdk::PercentEncode(name);
  return uri;
}

}  // namespace sluice::plugins::store
