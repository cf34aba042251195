// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// SharedSecret: lets in whoever presents one of a few configured secrets.

#include <memory>
#include <optional>
#include <sluice/sdk/auth.hpp>
#include <sluice/sdk/plugin.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::plugins::shared_secret {

/// Immutable after Create.
class SharedSecret final : public sdk::AuthBackend {
 public:
  static constexpr sdk::ComponentInfo kInfo{.type = "shared-secret",
                                            .summary = "Lets in whoever presents one of a few configured secrets",
                                            .config_schema = R"({
        "type": "object", "additionalProperties": false,
        "properties": {
          "secret": {"type": "string", "secret": true,
            "description": "The one secret, named \"default\"; 8 characters or more. Or use /secrets"},
          "scopes": {"type": "array", "items": {"type": "string", "pattern": "^[!-~]{1,64}$"},
            "description": "Scopes that /secret grants"},
          "secrets": {"type": "array", "minItems": 1,
            "description": "Several secrets, each with a name that shows in logs",
            "items": {"type": "object", "additionalProperties": false, "required": ["name", "secret"],
              "properties": {
                "name": {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,64}$",
                  "description": "Becomes the subject \"secret:<name>\"; unique"},
                "secret": {"type": "string", "secret": true, "description": "8 characters or more; unique"},
                "scopes": {"type": "array", "items": {"type": "string", "pattern": "^[!-~]{1,64}$"},
                  "description": "Scopes that this secret grants"}}}},
          "schemes": {"type": "array", "minItems": 1, "default": ["bearer", "basic", "header", "query"],
            "items": {"type": "string", "enum": ["bearer", "basic", "header", "query"]},
            "description": "How the secret may be presented; in basic it is the password, under any user name"},
          "claim": {"type": "string", "enum": ["match", "all"], "default": "match",
            "description": "match: a secret that is none of these is left to the next backend; all: it is refused"}}})"};

  static sdk::Result<std::unique_ptr<SharedSecret>> Create(sdk::Host host, const sdk::Config& config);

  sdk::Result<std::optional<sdk::Principal>> Authenticate(const sdk::Call& call,
                                                          const sdk::Credentials& credentials) override;

 private:
  struct Entry {
    std::string name;
    std::string secret;
    std::vector<std::string> scopes;
  };

  SharedSecret(sdk::Host host, const sdk::Config& config);
  /// \param at  pointer of the object that holds the entry.
  sdk::Status Add(const std::string& at, Entry entry);
  bool Recognises(std::string_view scheme) const;

  const sdk::Host host_;
  const std::vector<std::string> schemes_;
  const bool claim_all_;
  std::vector<Entry> entries_;
};

}  // namespace sluice::plugins::shared_secret
