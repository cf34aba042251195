// SPDX-License-Identifier: MIT
#include <sluice/sdk/auth.hpp>

#include "core/http/error_reply.hpp"
#include "core/http/server.hpp"
#include "core/pipeline/accounting.hpp"
#include "core/pipeline/credentials.hpp"
#include "core/pipeline/revocations.hpp"
#include "core/pipeline/steps.hpp"
#include "core/state/sessions.hpp"

namespace sluice::pipeline {
namespace {

sdk::Error Unauthenticated(std::string message) {
  return {.code = sdk::Errc::kUnauthenticated, .message = std::move(message)};
}

bool IsAway(sdk::Errc code) { return code == sdk::Errc::kUpstreamFailed || code == sdk::Errc::kDeadlineExceeded; }

/// Who is asking could not be found out: that is neither a refusal nor the fault of an origin.
sdk::Error Unavailable(sdk::Error error, const plugin::Instance& backend) {
  const bool away = IsAway(error.code) || (error.code == sdk::Errc::kInternal && backend.quarantined());
  if (away) error.code = http::kAuthUnavailable;
  return error;
}

/// A link is good for no longer than the session that it was made for.
sdk::Status CheckSession(const StepContext& context, const Step& step, const Exchange& exchange) {
  const auto& session = exchange.link->session;
  if (session.empty()) return sdk::Ok();
  const CallContext call(exchange.viewer, std::chrono::steady_clock::now() + step.config.deadline);
  auto present = context.sessions.Touch(call.call(), session);
  if (!present && IsAway(present.error().code)) {  // where the database is, is nothing for viewers
    return sdk::Error{.code = http::kAuthUnavailable, .message = "whether the session is over cannot be found out now"};
  }
  if (!present) return std::move(present).error();
  if (*present) return sdk::Ok();
  return sdk::Error{.code = sdk::Errc::kPermissionDenied, .message = "the session of this link is over"};
}

/// A link was minted for somebody whom this step had let in; it carries their name, and is authentic.
sdk::Result<Flow> AuthenticateLink(const StepContext& context, const Step& step, Exchange& exchange) {
  const auto& link = *exchange.link;
  if (link.subject.empty()) return Unauthenticated("this link was made before a credential was asked for");
  exchange.backend = link.backend;
  if (context.revocations.Has(exchange.backend, link.subject)) return Revoked();
  if (auto good = CheckSession(context, step, exchange); !good) return std::move(good).error();
  exchange.principal = sdk::Principal{.subject = link.subject,
                                      .scopes = link.scopes,
                                      .expires_at = link.expires_at,
                                      .grants = {},
                                      .session = link.session};
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
  if (exchange.link) return AuthenticateLink(at, step, exchange);
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
