// SPDX-License-Identifier: MIT
#include "session_token.hpp"

#include <algorithm>
#include <utility>

namespace sluice::plugins::session_token {
namespace {

constexpr std::size_t kTokenSize = 43;

/// What no session has is left to the next backend without asking anybody.
bool LooksLikeAToken(std::string_view text) {
  return text.size() == kTokenSize && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
         });
}

}  // namespace

SessionToken::SessionToken(sdk::Host host, const sdk::Config& config) : host_(std::move(host)) {
  for (std::size_t i = 0, n = config.Size("/of"); i < n; ++i) owners_.insert(config.String("/of/" + std::to_string(i)));
  for (std::size_t i = 0, n = config.Size("/scopes"); i < n; ++i) {
    scopes_.push_back(config.String("/scopes/" + std::to_string(i)));
  }
}

sdk::Result<std::unique_ptr<SessionToken>> SessionToken::Create(sdk::Host host, const sdk::Config& config) {
  return std::unique_ptr<SessionToken>(new SessionToken(std::move(host), config));
}

sdk::Result<std::optional<sdk::Principal>> SessionToken::Authenticate(const sdk::Call& call,
                                                                      const sdk::Credentials& credentials) {
  if (credentials.scheme == "basic" || !LooksLikeAToken(credentials.secret)) return std::optional<sdk::Principal>();
  auto session = host_.sessions().Find(call, credentials.secret);
  if (!session) return std::move(session).error();
  if (!*session || !owners_.contains((**session).owner)) return std::optional<sdk::Principal>();
  auto& found = **session;
  sdk::Principal principal{.subject = std::move(found.subject),
                           .scopes = std::move(found.scopes),
                           .expires_at = found.expires_at,
                           .session = std::move(found.id)};
  for (const auto& scope : scopes_) {
    const bool has = std::find(principal.scopes.begin(), principal.scopes.end(), scope) != principal.scopes.end();
    if (!has) principal.scopes.push_back(scope);
  }
  return std::optional(std::move(principal));
}

}  // namespace sluice::plugins::session_token
