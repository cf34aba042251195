// SPDX-License-Identifier: MIT
#include <sluice/sdk/auth.hpp>

#include "core/http/error_reply.hpp"
#include "core/http/server.hpp"
#include "core/pipeline/accounting.hpp"
#include "core/pipeline/credentials.hpp"
#include "core/pipeline/revocations.hpp"
#include "core/pipeline/steps.hpp"

namespace sluice::pipeline {
namespace {

sdk::Error Unauthenticated(std::string message) {
  return {.code = sdk::Errc::kUnauthenticated, .message = std::move(message)};
}

/// Who is asking could not be found out: that is neither a refusal nor the fault of an origin.
sdk::Error Unavailable(sdk::Error error, const plugin::Instance& backend) {
  const bool away = error.code == sdk::Errc::kUpstreamFailed || error.code == sdk::Errc::kDeadlineExceeded ||
                    (error.code == sdk::Errc::kInternal && backend.quarantined());
  if (away) error.code = http::kAuthUnavailable;
  return error;
}

/// A link was minted for somebody whom this step had let in; it carries their name, and is authentic.
sdk::Result<Flow> AuthenticateLink(const StepContext& context, Exchange& exchange) {
  if (exchange.link->subject.empty()) return Unauthenticated("this link was made before a credential was asked for");
  exchange.backend = exchange.link->backend;
  if (context.revocations.Has(exchange.backend, exchange.link->subject)) return Revoked();
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

sdk::Result<Flow> Authenticate(const StepContext& at, const Step& step, Exchange& exchange) {
  const auto found = TakeCredentials(step.config.authenticate, exchange);
  DropCredentialsOfTried(exchange);
  if (exchange.link) return AuthenticateLink(at, exchange);
  if (found.empty()) return Unauthenticated("a credential is required");

  const CallContext context(exchange.viewer, std::chrono::steady_clock::now() + step.config.deadline);
  const std::string user_agent(exchange.Header("User-Agent"));
  const auto hash = HashOf(exchange);
  for (const auto& credential : found) {
    for (const auto& component : step.components) {
      auto* const backend = component->As<sdk::AuthBackend>();
      auto answer = backend->Authenticate(context.call(), {.scheme = credential.scheme,
                                                           .user = credential.user,
                                                           .secret = credential.secret,
                                                           .client_ip = exchange.viewer.client_ip(),
                                                           .user_agent = user_agent,
                                                           .action = step.config.authenticate.action,
                                                           .hash = hash});
      if (!answer) return Unavailable(Without(found, std::move(answer).error()), *component);
      if (!*answer) continue;
      auto& principal = **answer;
      const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
      if (principal.expires_at != sdk::Seconds{} && principal.expires_at <= now) {
        return Unauthenticated("the credential has expired");
      }
      if (at.revocations.Has(component->name(), principal.subject)) return Revoked();
      exchange.principal = std::move(principal);
      exchange.backend = component->name();
      return Flow::kContinue;
    }
  }
  return Unauthenticated("the credential is not recognised");
}

}  // namespace sluice::pipeline
