// SPDX-License-Identifier: MIT
#include <sluice/sdk/auth.hpp>

#include "core/http/server.hpp"
#include "core/pipeline/credentials.hpp"
#include "core/pipeline/steps.hpp"

namespace sluice::pipeline {
namespace {

sdk::Error Unauthenticated(std::string message) {
  return {.code = sdk::Errc::kUnauthenticated, .message = std::move(message)};
}

/// A link was minted for somebody whom this step had let in; it carries their name, and is authentic.
sdk::Result<Flow> AuthenticateLink(Exchange& exchange) {
  if (exchange.link->subject.empty()) return Unauthenticated("this link was made before a credential was asked for");
  exchange.principal = sdk::Principal{.subject = exchange.link->subject,
                                      .scopes = exchange.link->scopes,
                                      .expires_at = exchange.link->expires_at,
                                      .grants = {}};
  return Flow::kContinue;
}

/// A backend must not say what it was given. Should one do so, it stays out of the log and the reply.
sdk::Error Without(const std::vector<Credential>& credentials, sdk::Error error) {
  constexpr std::string_view kMask = "***";
  for (const auto& credential : credentials) {
    const auto& secret = credential.secret;
    for (auto at = error.message.find(secret); at != std::string::npos; at = error.message.find(secret, at)) {
      error.message.replace(at, secret.size(), kMask);
      at += kMask.size();
    }
  }
  return error;
}

}  // namespace

sdk::Result<Flow> Authenticate(const Step& step, Exchange& exchange) {
  const auto found = TakeCredentials(step.config.authenticate, exchange);
  DropCredentialsOfTried(exchange);
  if (exchange.link) return AuthenticateLink(exchange);
  if (found.empty()) return Unauthenticated("a credential is required");

  const CallContext context(exchange.viewer, std::chrono::steady_clock::now() + step.config.deadline);
  const std::string user_agent(exchange.Header("User-Agent"));
  for (const auto& credential : found) {
    for (const auto& component : step.components) {
      auto* const backend = component->As<sdk::AuthBackend>();
      auto answer = backend->Authenticate(context.call(), {.scheme = credential.scheme,
                                                           .user = credential.user,
                                                           .secret = credential.secret,
                                                           .client_ip = exchange.viewer.client_ip(),
                                                           .user_agent = user_agent});
      if (!answer) return Without(found, std::move(answer).error());
      if (!*answer) continue;
      auto& principal = **answer;
      const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
      if (principal.expires_at != sdk::Seconds{} && principal.expires_at <= now) {
        return Unauthenticated("the credential has expired");
      }
      exchange.principal = std::move(principal);
      return Flow::kContinue;
    }
  }
  return Unauthenticated("the credential is not recognised");
}

}  // namespace sluice::pipeline
