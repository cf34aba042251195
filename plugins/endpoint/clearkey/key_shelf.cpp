// SPDX-License-Identifier: MIT
#include "key_shelf.hpp"

#include <algorithm>
#include <charconv>
#include <set>
#include <sluice/sdk/text.hpp>
#include <utility>

namespace sluice::plugins::clearkey {
namespace {

using content_key::HexOf;
using content_key::ParseBlock;

constexpr std::string_view kList = "given";
constexpr std::size_t kMaxGiven = 10'000;  // what a value of the store holds
constexpr int kMaxTries = 100;

sdk::Error Invalid(std::string message) { return {.code = sdk::Errc::kInvalidArgument, .message = std::move(message)}; }

}  // namespace

sdk::Status KeyShelf::Read(const sdk::Config& config) {
  auto keys = content_key::ReadKeys(config);
  if (!keys) return std::move(keys).error();
  configured_ = std::move(*keys);
  return sdk::Ok();
}

sdk::Result<std::optional<Block>> KeyShelf::Find(const sdk::Call& call, const Block& kid) const {
  if (const auto found = configured_.find(kid); found != configured_.end()) return std::optional(found->second);
  const auto kept = host_.secrets().Recall(call, content_key::SecretNameOf(kid));
  if (!kept) return kept.error();
  return *kept ? ParseBlock(**kept) : std::nullopt;
}

sdk::Status KeyShelf::Put(const sdk::Call& call, const Block& kid, const Block& key, std::chrono::seconds ttl) {
  const auto now = std::chrono::floor<std::chrono::seconds>(host_.clock().Now()).time_since_epoch();
  const auto expiry = ttl.count() == 0 ? 0 : (now + ttl).count();
  bool full = false;
  const auto listed = Edit(call, [&](Names& names) {
    full = names.size() >= kMaxGiven && !names.contains(HexOf(kid));
    if (!full) names[HexOf(kid)] = expiry;
  });
  if (!listed) return listed.error();
  if (full) return Invalid("there are " + std::to_string(kMaxGiven) + " keys already; drop some");
  return host_.secrets().Keep(call, content_key::SecretNameOf(kid), HexOf(key), ttl);
}

sdk::Status KeyShelf::Drop(const sdk::Call& call, const Block& kid) {
  if (auto dropped = host_.secrets().Forget(call, content_key::SecretNameOf(kid)); !dropped) return dropped;
  const auto listed = Edit(call, [&](Names& names) { names.erase(HexOf(kid)); });
  return listed ? sdk::Ok() : sdk::Status(listed.error());
}

sdk::Result<std::vector<std::string>> KeyShelf::List(const sdk::Call& call) {
  std::set<std::string> ids;
  for (const auto& [kid, key] : configured_) ids.insert(HexOf(kid));
  const auto given = Edit(call, [](Names&) {});
  if (!given) return given.error();
  for (const auto& [id, expiry] : *given) ids.insert(id);
  return std::vector<std::string>(ids.begin(), ids.end());
}

template <typename Change>
sdk::Result<KeyShelf::Names> KeyShelf::Edit(const sdk::Call& call, Change change) {
  const auto now = std::chrono::floor<std::chrono::seconds>(host_.clock().Now()).time_since_epoch().count();
  for (int attempt = 0; attempt < kMaxTries; ++attempt) {
    const auto before = host_.kv().Get(call, kList);
    if (!before) return before.error();
    Names names;
    for (std::string_view rest = before->has_value() ? **before : std::string_view(); !rest.empty();) {
      const auto line = sdk::TakeUpTo(rest, '\n');  // "<id> <expiry>"
      if (line.empty()) continue;
      const auto space = std::min(line.find(' '), line.size() - 1);
      std::int64_t expiry = 0;
      std::from_chars(line.data() + space + 1, line.data() + line.size(), expiry);
      if (expiry == 0 || expiry > now) names.emplace(line.substr(0, space), expiry);
    }
    change(names);
    std::string after;
    for (const auto& [id, expiry] : names) after += id + " " + std::to_string(expiry) + "\n";
    if (after == before->value_or("")) return names;
    const auto expected = *before ? std::optional<std::string_view>(**before) : std::nullopt;
    const auto stored = host_.kv().PutIf(call, kList, expected, after, std::chrono::seconds(0));
    if (!stored) return stored.error();
    if (*stored) return names;
  }
  return sdk::Error{.code = sdk::Errc::kInternal, .message = "the list of keys is changed all the time"};
}

}  // namespace sluice::plugins::clearkey
