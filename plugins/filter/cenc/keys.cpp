// SPDX-License-Identifier: MIT
#include "keys.hpp"

#include <algorithm>
#include <cstring>
#include <sluice/sdk/base64.hpp>
#include <sluice/sdk/text.hpp>
#include <string>
#include <utility>

#include "protection.hpp"

namespace sluice::plugins::cenc {
namespace {

sdk::Error Invalid(std::string message) { return {.code = sdk::Errc::kInvalidArgument, .message = std::move(message)}; }

constexpr std::string_view kForm = "want 16 octets as 32 hex digits or in base64url";

std::optional<Block> FromHex(std::string_view text) {
  const auto digit = [](char c) -> int {
    if (c >= '0' && c <= '9') return c - '0';
    const char lower = sdk::LowerLetter(c);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
  };
  std::string digits(text);
  if (text.size() == 36) std::erase(digits, '-');
  if (digits.size() != 2 * kBlockBytes) return std::nullopt;
  Block out{};
  for (std::size_t i = 0; i < out.size(); ++i) {
    const int high = digit(digits[2 * i]);
    const int low = digit(digits[2 * i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    out[i] = static_cast<std::byte>(high * 16 + low);
  }
  return out;
}

/// Takes the part in front of the next comma off `list`.
std::string_view NextOf(std::string_view& list) {
  const auto comma = std::min(list.find(','), list.size());
  const auto part = list.substr(0, comma);
  list.remove_prefix(std::min(comma + 1, list.size()));
  return sdk::TrimSpace(part);
}

}  // namespace

std::optional<Block> ParseBlock(std::string_view text) {
  text = sdk::TrimSpace(text);
  if (auto block = FromHex(text)) return block;
  while (text.ends_with('=')) text.remove_suffix(1);
  const auto octets = sdk::Base64UrlDecode(text);
  if (!octets || octets->size() != kBlockBytes) return std::nullopt;
  Block out{};
  std::memcpy(out.data(), octets->data(), out.size());
  return out;
}

sdk::Result<KeyRing> KeyRing::Read(const sdk::Config& config) {
  KeyRing ring;
  for (const auto& name : config.Keys("/keys")) {
    const auto kid = ParseBlock(name);
    if (!kid) return Invalid("/keys: a name that is no key id; " + std::string(kForm));
    const auto key = ParseBlock(config.String("/keys/" + name));
    if (!key) return Invalid("/keys/" + HexOf(*kid) + ": " + std::string(kForm));
    if (!ring.keys_.emplace(*kid, *key).second) return Invalid("/keys: key id " + HexOf(*kid) + " is there twice");
  }
  if (config.Has("/key")) {
    ring.for_all_ = ParseBlock(config.String("/key"));
    if (!ring.for_all_) return Invalid("/key: " + std::string(kForm));
  }
  return ring;
}

sdk::Result<KeyRing> KeyRing::Parse(std::string_view key_ids, std::string_view keys) {
  KeyRing ring;
  if (key_ids.empty()) {
    ring.for_all_ = ParseBlock(keys);
    if (!ring.for_all_) return Invalid("key: " + std::string(kForm));
    return ring;
  }
  while (!key_ids.empty() || !keys.empty()) {
    const auto kid = ParseBlock(NextOf(key_ids));
    if (!kid) return Invalid("key_id: one for each key; " + std::string(kForm));
    const auto key = ParseBlock(NextOf(keys));
    if (!key) return Invalid("key of key id " + HexOf(*kid) + ": " + std::string(kForm));
    ring.keys_.insert_or_assign(*kid, *key);
  }
  return ring;
}

const Block* KeyRing::Find(const Block& kid) const {
  const auto found = keys_.find(kid);
  return found == keys_.end() ? nullptr : &found->second;
}

}  // namespace sluice::plugins::cenc
