// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// LegacyToken: the viewer brings an API key of a debrid store, as in today's addon URLs.

#include <cstddef>
#include <memory>
#include <optional>
#include <regex>
#include <sluice/sdk/auth.hpp>
#include <sluice/sdk/plugin.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::plugins::legacy_token {

/// Does not ask the store whether the key is good: the first call to the store tells. Immutable after Create.
class LegacyToken final : public sdk::AuthBackend {
 public:
  static constexpr sdk::ComponentInfo kInfo{
      .type = "legacy-token", .summary = "The viewer brings the API key of a debrid store", .config_schema = R"({
        "type": "object", "additionalProperties": false,
        "properties": {
          "store": {"type": "string", "pattern": "^[a-z][a-z0-9-]*$",
            "description": "Component type of the store that takes the key, such as torbox; without it, whichever the viewer names"},
          "schemes": {"type": "array", "minItems": 1, "default": ["userdata"],
            "items": {"type": "string", "enum": ["userdata", "header", "query", "bearer"]},
            "description": "How the key may be presented; anything but userdata is taken for a key by its shape alone"},
          "min_length": {"type": "integer", "minimum": 1, "maximum": 512, "default": 8,
            "description": "Octets of the shortest key"},
          "pattern": {"type": "string",
            "description": "ECMAScript regular expression that a whole key must match"},
          "scopes": {"type": "array", "items": {"type": "string", "pattern": "^[!-~]{1,64}$"},
            "description": "Scopes that a key grants"}}})"};

  static sdk::Result<std::unique_ptr<LegacyToken>> Create(sdk::Host host, const sdk::Config& config);

  sdk::Result<std::optional<sdk::Principal>> Authenticate(const sdk::Call& call,
                                                          const sdk::Credentials& credentials) override;

 private:
  LegacyToken(sdk::Host host, const sdk::Config& config, std::optional<std::regex> pattern);
  bool Recognises(const sdk::Credentials& credentials) const;
  bool HasShape(std::string_view token) const;

  const sdk::Host host_;
  const std::string store_;
  const std::vector<std::string> schemes_;
  const std::size_t min_length_;
  const std::optional<std::regex> pattern_;
  const std::vector<std::string> scopes_;
};

}  // namespace sluice::plugins::legacy_token
