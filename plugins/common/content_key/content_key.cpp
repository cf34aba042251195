// SPDX-License-Identifier: MIT
#include "content_key.hpp"

#include <cstring>
#include <sluice/sdk/base64.hpp>
#include <sluice/sdk/text.hpp>
#include <utility>

namespace sluice::plugins::content_key {
namespace {

int DigitOf(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = sdk::LowerLetter(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

std::optional<Block> FromHex(std::string_view text) {
  std::string digits(text);
  if (text.size() == 36) std::erase(digits, '-');
  Block out{};
  if (digits.size() != 2 * out.size()) return std::nullopt;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const int high = DigitOf(digits[2 * i]);
    const int low = DigitOf(digits[2 * i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    out[i] = static_cast<std::byte>(high * 16 + low);
  }
  return out;
}

}  // namespace

std::optional<Block> ParseBlock(std::string_view text) {
  text = sdk::TrimSpace(text);
  if (auto block = FromHex(text)) return block;
  while (text.ends_with('=')) text.remove_suffix(1);
  const auto octets = sdk::Base64UrlDecode(text);
  Block out{};
  if (!octets || octets->size() != out.size()) return std::nullopt;
  std::memcpy(out.data(), octets->data(), out.size());
  return out;
}

sdk::Result<std::map<Block, Block>> ReadKeys(const sdk::Config& config) {
  const auto invalid = [](std::string message) {
    return sdk::Error{.code = sdk::Errc::kInvalidArgument, .message = std::move(message)};
  };
  std::map<Block, Block> keys;
  for (const auto& name : config.Keys("/keys")) {
    const auto kid = ParseBlock(name);
    if (!kid) return invalid("/keys: a name that is no key id; " + std::string(kForm));
    const auto key = ParseBlock(config.String("/keys/" + name));
    if (!key) return invalid("/keys/" + HexOf(*kid) + ": " + std::string(kForm));
    if (!keys.emplace(*kid, *key).second) return invalid("/keys: key id " + HexOf(*kid) + " is there twice");
  }
  return keys;
}

std::string HexOf(const Block& block) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  for (const auto octet : block) {
    out += kDigits[std::to_integer<unsigned>(octet) >> 4U];
    out += kDigits[std::to_integer<unsigned>(octet) & 15U];
  }
  return out;
}

std::string Base64UrlOf(const Block& block) {
  return sdk::Base64UrlEncode({reinterpret_cast<const char*>(block.data()), block.size()});
}

std::string SecretNameOf(const Block& kid) { return "clearkey:" + HexOf(kid); }

}  // namespace sluice::plugins::content_key
