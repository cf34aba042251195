// SPDX-License-Identifier: MIT
#include "keys.hpp"

#include <sluice/sdk/text.hpp>
#include <string>
#include <utility>

#include "common/content_key/content_key.hpp"

namespace sluice::plugins::cenc {
namespace {

using content_key::HexOf;
using content_key::kForm;
using content_key::ParseBlock;

sdk::Error Invalid(std::string message) { return {.code = sdk::Errc::kInvalidArgument, .message = std::move(message)}; }

}  // namespace

sdk::Result<KeyRing> KeyRing::Read(const sdk::Config& config) {
  auto keys = content_key::ReadKeys(config);
  if (!keys) return std::move(keys).error();
  KeyRing ring;
  ring.keys_ = std::move(*keys);
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
    const auto kid = ParseBlock(sdk::TakeUpTo(key_ids, ','));
    if (!kid) return Invalid("key_id: one for each key; " + std::string(kForm));
    const auto key = ParseBlock(sdk::TakeUpTo(keys, ','));
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
