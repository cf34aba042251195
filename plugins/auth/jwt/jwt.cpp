// SPDX-License-Identifier: MIT
#include "jwt.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <sluice/sdk/url.hpp>
#include <utility>
#include <vector>

#include "token.hpp"

namespace sluice::plugins::jwt {
namespace {

sdk::Error Invalid(std::string message) { return {.code = sdk::Errc::kInvalidArgument, .message = std::move(message)}; }

/// Which keys an algorithm wants, and that it is given one of them.
sdk::Status CheckKeyOptions(const sdk::Config& config, Algorithm algorithm) {
  const std::string name(NameOf(algorithm));
  if (algorithm == Algorithm::kHs256) {
    for (const auto* option : {"/public_key", "/jwks_url"}) {
      if (config.Has(option)) return Invalid(std::string(option) + ": is not for HS256; want secret");
    }
    return config.Has("/secret") ? sdk::Ok() : sdk::Status(Invalid("/secret: is required by HS256"));
  }
  if (config.Has("/secret")) return Invalid("/secret: is not for " + name + "; want public_key or jwks_url");
  if (config.Has("/public_key") == config.Has("/jwks_url")) {
    return Invalid("/public_key: want either public_key or jwks_url with " + name);
  }
  return sdk::Ok();
}

sdk::Result<KeyPtr> ReadKey(const sdk::Config& config, Algorithm algorithm) {
  if (algorithm == Algorithm::kHs256) {
    if (auto key = MakeHmacKey(config.String("/secret"))) return key;
    return Invalid("/secret: is too short; want 32 octets or more");
  }
  if (auto key = ReadPublicKey(algorithm, config.String("/public_key"))) return key;
  return Invalid("/public_key: want " + std::string(WantedOf(algorithm)) + " as PEM, from BEGIN PUBLIC KEY to END");
}

sdk::Result<std::vector<std::string>> ReadAudiences(const sdk::Config& config) {
  const auto type = config.Type("/audience");
  auto audiences = type == SLUICE_CONFIG_STRING ? std::vector{config.String("/audience")} : config.Strings("/audience");
  const auto listed = type == SLUICE_CONFIG_STRING ? audiences.size() : config.Size("/audience");
  const bool is_broken = audiences.empty() || audiences.size() != listed ||
                         std::find(audiences.begin(), audiences.end(), "") != audiences.end();
  if (type != SLUICE_CONFIG_ABSENT && is_broken) return Invalid("/audience: want text, or a list of texts; none empty");
  return audiences;
}

sdk::Result<JwksOptions> ReadJwksOptions(const sdk::Host& host, const sdk::Config& config, Algorithm algorithm) {
  JwksOptions options{.url = config.String("/jwks_url"),
                      .algorithm = algorithm,
                      .ttl = std::chrono::seconds(config.Int("/jwks_ttl")),
                      .cooldown = std::chrono::seconds(config.Int("/jwks_cooldown"))};
  const auto url = sdk::ParseUrl(options.url);
  if (!url || !url->http() || !url->user_info.empty() || url->has_fragment) {
    return Invalid("/jwks_url: want an http or https URL without user name and fragment");
  }
  if (!url->Is("https")) {
    host.Log(sdk::LogLevel::kWarning, "the key set comes by http: whoever stands between may let anybody in");
  }
  return options;
}

bool IsRecognised(std::string_view scheme) { return scheme == "bearer" || scheme == "header" || scheme == "query"; }

}  // namespace

Jwt::Jwt(sdk::Host host, Algorithm algorithm, ClaimRules rules, std::size_t max_bytes)
    : host_(std::move(host)), algorithm_(algorithm), rules_(std::move(rules)), max_bytes_(max_bytes) {}

sdk::Result<std::unique_ptr<Jwt>> Jwt::Create(sdk::Host host, const sdk::Config& config) {
  const auto algorithm = AlgorithmOf(config.String("/algorithm"));
  if (!algorithm) return Invalid("/algorithm: want HS256, RS256 or ES256");
  if (auto keys = CheckKeyOptions(config, *algorithm); !keys) return keys.error();
  auto audiences = ReadAudiences(config);
  if (!audiences) return audiences.error();
  ClaimRules rules{.issuer = config.String("/issuer"),
                   .audiences = *std::move(audiences),
                   .leeway = std::chrono::seconds(config.Int("/leeway")),
                   .subject_claim = config.String("/subject_claim"),
                   .scopes_claim = config.String("/scopes_claim"),
                   .scopes = config.Strings("/scopes")};
  const auto max_bytes = static_cast<std::size_t>(config.Uint("/max_bytes"));
  std::unique_ptr<Jwt> made(new Jwt(std::move(host), *algorithm, std::move(rules), max_bytes));
  if (config.Has("/jwks_url")) {
    auto options = ReadJwksOptions(made->host_, config, *algorithm);
    if (!options) return options.error();
    made->jwks_ = std::make_unique<JwksCache>(made->host_, *std::move(options));
    return made;
  }
  auto key = ReadKey(config, *algorithm);
  if (!key) return key.error();
  made->key_ = *std::move(key);
  return made;
}

sdk::Result<KeyPtr> Jwt::FindKey(const sdk::Call& call, const KeyId& kid) {
  if (jwks_) return jwks_->Find(call, kid);
  return key_;
}

sdk::Result<std::optional<sdk::Principal>> Jwt::Authenticate(const sdk::Call& call,
                                                             const sdk::Credentials& credentials) {
  if (!IsRecognised(credentials.scheme)) return std::optional<sdk::Principal>{};
  const auto parsed = ParseToken(credentials.secret, max_bytes_);
  if (!parsed) return parsed.error();
  if (!*parsed || IsOfAnotherIssuer((*parsed)->claims, rules_.issuer)) return std::optional<sdk::Principal>{};

  const auto& token = **parsed;
  const auto kid = CheckHeader(token.header, algorithm_);
  if (!kid) return kid.error();
  const auto key = FindKey(call, *kid);
  if (!key) return key.error();
  if (!(*key)->Verifies(token.signed_text, token.signature)) return Refused("the token's signature is wrong");
  auto principal = JudgeClaims(token.claims, rules_, host_.clock().Now());
  if (!principal) return principal.error();
  return std::optional(*std::move(principal));
}

}  // namespace sluice::plugins::jwt
