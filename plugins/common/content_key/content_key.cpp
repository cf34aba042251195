// SPDX-License-Identifier: MIT
#include "content_key.hpp"

#include <cstring>
#include <sluice/sdk/base64.hpp>
#include <sluice/sdk/hex.hpp>
#include <sluice/sdk/text.hpp>
#include <utility>

namespace sluice::plugins::content_key {
namespace {

std::optional<Block> BlockOf(const sdk::Result<std::string>& octets) {
  Block out{};
  if (!octets || octets->size() != out.size()) return std::nullopt;
  std::memcpy(out.data(), octets->data(), out.size());
  return out;
}

std::string_view OctetsOf(const Block& block) { return {reinterpret_cast<const char*>(block.data()), block.size()}; }

}  // namespace

std::optional<Block> ParseBlock(std::string_view text) {
  text = sdk::TrimSpace(text);
  std::string digits(text);
  if (text.size() == 36) std::erase(digits, '-');
  if (auto block = BlockOf(sdk::HexDecode(digits))) return block;
  while (text.ends_with('=')) text.remove_suffix(1);
  return BlockOf(sdk::Base64UrlDecode(text));
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

std::string HexOf(const Block& block) { return sdk::HexEncode(OctetsOf(block)); }

std::string Base64UrlOf(const Block& block) { return sdk::Base64UrlEncode(OctetsOf(block)); }

std::string SecretNameOf(const Block& kid) { return "clearkey:" + HexOf(kid); }

}  // namespace sluice::plugins::content_key
