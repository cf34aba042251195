// SPDX-License-Identifier: MIT
#include "jwks.hpp"

#include <algorithm>
#include <sluice/sdk/base64.hpp>
#include <string>

#include "strict_json.hpp"

namespace sluice::plugins::jwt {
namespace {

constexpr std::size_t kMaxKeys = 64;

sdk::Error Broken(std::string message) {
  return {.code = sdk::Errc::kUpstreamFailed, .message = "key set: " + std::move(message)};
}

/// Whether a member that may be left out says `wanted` if it is there.
bool AllowsText(const Json& jwk, const std::string& name, std::string_view wanted) {
  if (!jwk.contains(name)) return true;
  const auto* text = TextMember(jwk, name);
  return text != nullptr && *text == wanted;
}

bool IsForVerifying(const Json& jwk) {
  const auto operations = jwk.find("key_ops");
  if (operations == jwk.end()) return AllowsText(jwk, "use", "sig");
  return operations->is_array() && std::find(operations->begin(), operations->end(), "verify") != operations->end() &&
         AllowsText(jwk, "use", "sig");
}

std::string OctetsOf(const Json& jwk, const std::string& name) {
  const auto* text = TextMember(jwk, name);
  const auto octets = text == nullptr ? sdk::Result<std::string>(std::string()) : sdk::Base64UrlDecode(*text);
  return octets ? *octets : std::string();
}

/// \returns  null: it is none for `algorithm`.
KeyPtr ReadKey(const Json& jwk, Algorithm algorithm) {
  const auto* type = TextMember(jwk, "kty");
  if (type == nullptr || jwk.contains("d") || !IsForVerifying(jwk) || !AllowsText(jwk, "alg", NameOf(algorithm))) {
    return nullptr;
  }
  if (algorithm == Algorithm::kRs256 && *type == "RSA") return MakeRsaKey(OctetsOf(jwk, "n"), OctetsOf(jwk, "e"));
  const auto* curve = TextMember(jwk, "crv");
  if (algorithm == Algorithm::kEs256 && *type == "EC" && curve != nullptr && *curve == "P-256") {
    return MakeEcKey(OctetsOf(jwk, "x"), OctetsOf(jwk, "y"));
  }
  return nullptr;
}

}  // namespace

KeyPtr KeySet::Find(const KeyId& kid) const {
  if (!kid) return keys_.size() == 1 ? keys_.front().second : nullptr;
  for (const auto& [name, key] : keys_) {
    if (name == kid) return key;
  }
  return nullptr;
}

sdk::Result<KeySet> ParseKeySet(std::string_view text, Algorithm algorithm) {
  const auto document = ReadStrictObject(text);
  if (document.fault != ReadObject::Fault::kNone) return Broken(std::string(kJsonForm));
  const auto listed = document.object.find("keys");
  if (listed == document.object.end() || !listed->is_array() || listed->size() > kMaxKeys) {
    return Broken("/keys: want a list of at most 64 keys");
  }
  std::vector<std::pair<KeyId, KeyPtr>> keys;
  for (const auto& jwk : *listed) {
    if (!jwk.is_object()) return Broken("/keys: want objects");
    auto key = ReadKey(jwk, algorithm);
    if (key == nullptr) continue;
    const auto* name = TextMember(jwk, "kid");
    if (name == nullptr && jwk.contains("kid")) return Broken("/keys: want text as kid");
    const auto kid = name == nullptr ? KeyId() : KeyId(*name);
    const auto has_name = [&](const auto& other) { return kid && other.first == kid; };
    if (std::any_of(keys.begin(), keys.end(), has_name)) return Broken("/keys: two keys of one kid; want each once");
    keys.emplace_back(kid, std::move(key));
  }
  const auto unusable = listed->size() - keys.size();
  return KeySet(std::move(keys), unusable);
}

}  // namespace sluice::plugins::jwt
