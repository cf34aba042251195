// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// SessionToken: lets in whoever presents the token of a session that another component opened.

#include <memory>
#include <optional>
#include <set>
#include <sluice/sdk/auth.hpp>
#include <sluice/sdk/plugin.hpp>
#include <string>
#include <vector>

namespace sluice::plugins::session_token {

/// Immutable after Create.
class SessionToken final : public sdk::AuthBackend {
 public:
  static constexpr sdk::ComponentInfo kInfo{
      .type = "session-token", .summary = "Lets in whoever presents the token of a session", .config_schema = R"({
        "type": "object", "additionalProperties": false, "required": ["of"],
        "properties": {
          "of": {"type": "array", "minItems": 1, "items": {"type": "string", "component": "endpoint"},
            "description": "Endpoints whose sessions count"},
          "scopes": {"type": "array", "items": {"type": "string", "pattern": "^[!-~]{1,64}$"},
            "description": "Scopes that every session grants, besides its own"}}})"};

  static sdk::Result<std::unique_ptr<SessionToken>> Create(sdk::Host host, const sdk::Config& config);

  sdk::Result<std::optional<sdk::Principal>> Authenticate(const sdk::Call& call,
                                                          const sdk::Credentials& credentials) override;

 private:
  SessionToken(sdk::Host host, const sdk::Config& config);

  const sdk::Host host_;
  std::set<std::string> owners_;
  std::vector<std::string> scopes_;
};

}  // namespace sluice::plugins::session_token
