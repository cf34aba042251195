// SPDX-License-Identifier: MIT
#include "keys.hpp"

#include <algorithm>
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

/// Takes the part in front of the next comma off `list`.
std::string_view NextOf(std::string_view& list) {
  const auto comma = std::min(list.find(','), list.size());
  const auto part = list.substr(0, comma);
  list.remove_prefix(std::min(comma + 1, list.size()));
  return sdk::TrimSpace(part);
}

}  // namespace

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
