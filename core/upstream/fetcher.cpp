// SPDX-License-Identifier: MIT
#include "core/upstream/fetcher.hpp"

#include <algorithm>
#include <array>

#include "core/upstream/aim.hpp"
#include "core/upstream/fields.hpp"
#include "core/upstream/request_head.hpp"

namespace sluice::upstream {
namespace {

constexpr std::uint64_t kDrainBytes = 16 * 1024;

/// A short body of an answer that is not wanted is read, so that the connection can be used for what follows.
void Drain(Response& response) {
  if (!response.content_length || *response.content_length > kDrainBytes) return;
  std::array<std::byte, 4096> scratch{};
  for (auto got = response.body->Read(scratch); got && *got > 0;) got = response.body->Read(scratch);
}

bool IsGatewayFault(int status) { return status == 502 || status == 503 || status == 504; }

/// What a try says about the origin that it went to.
Health::Outcome OutcomeOf(const Tried<Response>& result) {
  if (const auto* response = std::get_if<Response>(&result)) {
    return IsGatewayFault(response->status) ? Health::Outcome::kBad : Health::Outcome::kGood;
  }
  switch (std::get<Failure>(result).reason) {
    case Reason::kInvalid:
    case Reason::kGuard:
    case Reason::kCancelled:
    case Reason::kProxy:
    case Reason::kRedirect:
    case Reason::kBudget:
      return Health::Outcome::kUnknown;
    default:
      return Health::Outcome::kBad;
  }
}

sdk::Status AskAbout(const Request& request, Hop& hop) {
  if (!request.on_redirect) return sdk::Ok();
  auto fields = request.on_redirect(hop.target.url);
  if (!fields) return std::move(fields).error();
  for (auto& field : *fields) {
    DropField(hop.headers, field.name);
    hop.headers.push_back(std::move(field));
  }
  return sdk::Ok();
}

/// What would not get better with another origin either.
bool IsFinal(const Failure& failure) {
  return failure.reason == Reason::kInvalid || failure.reason == Reason::kGuard ||
         failure.reason == Reason::kCancelled || (failure.permanent && failure.reason == Reason::kProxy);
}

}  // namespace

sdk::Result<Response> Fetcher::Fetch(const sdk::Call& call, const Request& request, const Profile& profile) {
  auto target = ParseTarget(request.url);
  if (!target) return metrics_.Fail({Reason::kInvalid, target.error().code, target.error().message});
  Hop hop{request.method, std::move(*target), request.headers, request.body};
  for (std::uint32_t followed = 0;; ++followed) {
    auto response = FetchHop(call, request, hop, profile);
    if (!response || request.max_redirects == 0 || !IsRedirect(response->status)) return response;
    if (followed == request.max_redirects) {
      return metrics_.Fail(Reason::kRedirect, sdk::Errc::kUpstreamFailed,
                           hop.target.origin.Label() + ": want at most " + std::to_string(followed) + " redirects");
    }
    if (auto led = Follow(response->status, response->Header("Location"), hop); !led) {
      return metrics_.Fail({Reason::kRedirect, led.error().code, led.error().message});
    }
    if (auto asked = AskAbout(request, hop); !asked) {
      return metrics_.Fail({Reason::kRedirect, asked.error().code, asked.error().message});
    }
    Drain(*response);
  }
}

sdk::Result<Response> Fetcher::FetchHop(const sdk::Call& call, const Request& request, Hop& hop,
                                        const Profile& profile) {
  const auto& retry = profile.options().retry;
  const auto attempts = IsIdempotent(hop.method) ? retry.attempts : 1;
  const auto deadline = std::min(call.deadline(), request.body_deadline);
  const auto asked = hop.target.origin;
  Aim aim(profile, asked, metrics_);
  if (attempts > 1) profile.budgets().Requested(asked, pacer_.Now());
  for (std::uint32_t attempt = 1;; ++attempt) {
    aim.Take(hop, pacer_.Now());
    auto result = attempter_.Run(call, request, hop, profile);
    aim.Report(OutcomeOf(result), pacer_.Now());
    auto* response = std::get_if<Response>(&result);
    const auto finish = [&]() -> sdk::Result<Response> {
      if (response != nullptr) return std::move(*response);
      return metrics_.Fail(std::move(std::get<Failure>(result)));
    };
    const auto delay = attempt < attempts ? DelayAfter(result, retry, attempt, aim) : std::nullopt;
    if (!delay) return finish();
    const auto now = pacer_.Now();
    if (deadline != Clock::time_point::max() && now + *delay >= deadline) return finish();
    if (!profile.budgets().Spend(asked, now)) {
      metrics_.BudgetExhausted();
      if (response != nullptr) return finish();
      return metrics_.Fail(Reason::kBudget, sdk::Errc::kUpstreamFailed, asked.Label() + ": retry budget exhausted");
    }
    if (response != nullptr) {
      metrics_.Retried(std::nullopt);
      Drain(*response);
      response->body.reset();
    } else {
      metrics_.Retried(std::get<Failure>(result).reason);
    }
    if (*delay > Clock::duration::zero() && pacer_.Pause(call, *delay) == Wait::kCancelled) {
      return metrics_.Fail(Reason::kCancelled, sdk::Errc::kCancelled, "the viewer is gone");
    }
  }
}

std::optional<Clock::duration> Fetcher::DelayAfter(const Tried<Response>& result, const RetryOptions& retry,
                                                   std::uint32_t attempt, const Aim& aim) {
  const auto backoff = RetryDelay(retry.backoff, attempt, pacer_.Chance());
  if (const auto* failure = std::get_if<Failure>(&result)) {
    if (IsFinal(*failure)) return std::nullopt;
    if (aim.HasOther()) return Clock::duration::zero();
    if (failure->permanent && !aim.has_alternates()) return std::nullopt;
    return backoff;
  }
  const auto& response = std::get<Response>(result);
  if (aim.HasOther() && IsGatewayFault(response.status)) return Clock::duration::zero();
  if (!retry.on_status || !IsRetryStatus(response.status)) return std::nullopt;
  const auto wanted = ParseRetryAfter(response.Header("Retry-After"), pacer_.WallTime());
  if (!wanted) return backoff;
  if (*wanted > retry.max_retry_after) return std::nullopt;
  return std::max<Clock::duration>(*wanted, backoff);
}

}  // namespace sluice::upstream
