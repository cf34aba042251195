// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Jwt: lets in whoever presents a JSON Web Token (RFC 7519) that the configured key has signed.

#include <cstddef>
#include <memory>
#include <optional>
#include <sluice/sdk/auth.hpp>
#include <sluice/sdk/plugin.hpp>
#include <string>

#include "claims.hpp"
#include "jwks_cache.hpp"
#include "key.hpp"

namespace sluice::plugins::jwt {

/// Judges by the rules of RFC 8725: one algorithm, which the operator names and no token; the signature before the
/// claims; no key that a token brings or points to. Immutable after Create, but for the keys of `jwks_url`.
class Jwt final : public sdk::AuthBackend {
 public:
  static constexpr sdk::ComponentInfo kInfo{
      .type = "jwt", .summary = "Lets in whoever presents a signed JSON Web Token", .config_schema = R"({
        "type": "object", "additionalProperties": false, "required": ["algorithm"],
        "properties": {
          "algorithm": {"type": "string", "enum": ["HS256", "RS256", "ES256"],
            "description": "How tokens are signed; one that says another is refused"},
          "secret": {"type": "string", "secret": true,
            "description": "HS256: the key, 32 octets or more, taken as it stands"},
          "public_key": {"type": "string",
            "description": "RS256, ES256: PEM of the one public key. Or use /jwks_url"},
          "jwks_url": {"type": "string",
            "description": "RS256, ES256: http or https URL of the issuer's JSON Web Key Set"},
          "jwks_ttl": {"type": "integer", "minimum": 1, "maximum": 86400, "default": 600,
            "description": "Seconds for which a key set is fresh when its server does not say"},
          "jwks_cooldown": {"type": "integer", "minimum": 1, "maximum": 3600, "default": 30,
            "description": "Seconds after a fetch until a key that is not in the set may cause another"},
          "issuer": {"type": "string", "minLength": 1,
            "description": "What iss must be; a token of another issuer is left to the next backend"},
          "audience": {"description": "Text or list of texts of which aud must name one; without it aud must be absent"},
          "leeway": {"type": "integer", "minimum": 0, "maximum": 300, "default": 30,
            "description": "Seconds by which clocks may differ"},
          "subject_claim": {"type": "string", "minLength": 1, "default": "sub",
            "description": "The claim that names the viewer"},
          "scopes_claim": {"type": "string", "minLength": 1, "default": "scope",
            "description": "The claim that holds scopes: a list, or text with spaces between"},
          "scopes": {"type": "array", "items": {"type": "string", "pattern": "^[!-~]{1,64}$"},
            "description": "Scopes that every token grants"},
          "max_bytes": {"type": "integer", "minimum": 256, "maximum": 65536, "default": 8192,
            "description": "Octets of the longest token"}}})"};

  static sdk::Result<std::unique_ptr<Jwt>> Create(sdk::Host host, const sdk::Config& config);

  sdk::Result<std::optional<sdk::Principal>> Authenticate(const sdk::Call& call,
                                                          const sdk::Credentials& credentials) override;

 private:
  Jwt(sdk::Host host, Algorithm algorithm, ClaimRules rules, std::size_t max_bytes);
  sdk::Result<KeyPtr> FindKey(const sdk::Call& call, const KeyId& kid);

  const sdk::Host host_;
  const Algorithm algorithm_;
  const ClaimRules rules_;
  const std::size_t max_bytes_;
  KeyPtr key_;  ///< The one key; null: `jwks_` has them.
  std::unique_ptr<JwksCache> jwks_;
};

}  // namespace sluice::plugins::jwt
