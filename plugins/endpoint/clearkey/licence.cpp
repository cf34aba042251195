// SPDX-License-Identifier: MIT
#include "licence.hpp"

#include <nlohmann/json.hpp>

namespace sluice::plugins::clearkey {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaxKids = 256;
constexpr std::int64_t kMaxTtl = 10LL * 366 * 24 * 3600;

sdk::Error Invalid(std::string message) { return {.code = sdk::Errc::kInvalidArgument, .message = std::move(message)}; }

}  // namespace

sdk::Result<LicenceRequest> ReadLicenceRequest(std::string_view text) {
  const auto json = Json::parse(text, nullptr, false);
  if (!json.is_object()) return Invalid("licence request: want a JSON object");
  const auto kids = json.find("kids");
  if (kids == json.end() || !kids->is_array() || kids->empty() || kids->size() > kMaxKids) {
    return Invalid("/kids: want 1 to 256 key ids");
  }
  LicenceRequest out{.kids = {}, .type = "temporary"};
  for (const auto& kid : *kids) {
    const auto block = kid.is_string() ? content_key::ParseBlock(kid.get_ref<const std::string&>()) : std::nullopt;
    if (!block) return Invalid("/kids: " + std::string(content_key::kForm));
    out.kids.push_back(*block);
  }
  if (const auto type = json.find("type"); type != json.end()) {
    if (*type != "temporary" && *type != "persistent-license") {
      return Invalid("/type: want temporary or persistent-license");
    }
    out.type = type->get<std::string>();
  }
  return out;
}

std::string WriteKeySet(const std::vector<std::pair<Block, Block>>& keys, std::string_view type) {
  nlohmann::ordered_json out{{"keys", Json::array()}};
  for (const auto& [kid, key] : keys) {
    out["keys"].push_back(nlohmann::ordered_json{
        {"kty", "oct"}, {"kid", content_key::Base64UrlOf(kid)}, {"k", content_key::Base64UrlOf(key)}});
  }
  if (!type.empty()) out["type"] = type;
  return out.dump();
}

sdk::Result<Given> ReadGiven(std::string_view text) {
  const auto json = Json::parse(text, nullptr, false);
  if (!json.is_object()) return Invalid("want a JSON object with `key`, and with `ttl` if need be");
  const auto key = json.contains("key") ? json.find("key") : json.find("k");
  if (key == json.end() || !key->is_string()) return Invalid("/key: want text");
  Given out{.value = key->get<std::string>(), .ttl = std::nullopt};
  if (const auto ttl = json.find("ttl"); ttl != json.end()) {
    const auto seconds = ttl->is_number_integer() ? ttl->get<std::int64_t>() : -1;
    if (seconds < 0 || seconds > kMaxTtl) return Invalid("/ttl: want seconds, 0 or more");
    out.ttl = std::chrono::seconds(seconds);
  }
  return out;
}

}  // namespace sluice::plugins::clearkey
