// SPDX-License-Identifier: MIT
#include "core/upstream/fetching.hpp"

#include <algorithm>
#include <array>

#include "core/upstream/fields.hpp"
#include "core/upstream/pacer.hpp"
#include "core/upstream/request_head.hpp"

namespace sluice::upstream {
namespace {

/// The body of an answer that is not wanted is dropped if it has come already, so that the connection can be used for
/// what follows. Nobody waits for the rest.
void Drain(Response& response) {
  if (!response.content_length || *response.content_length > response.body->ready_bytes()) return;
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

Fetching::Fetching(const Tools& tools, const sdk::Call& call, const Request& request, const Profile& profile)
    : tools_(tools), call_(call), request_(request), profile_(profile) {}

std::optional<sdk::Result<Response>> Fetching::Advance(Wait wait) {
  auto answer = [&]() -> std::optional<sdk::Result<Response>> {
    try {
      return AdvanceOrThrow(wait);
    } catch (const std::exception&) {
      // The text of an exception may quote what must not be shown.
      return sdk::Error{.code = sdk::Errc::kInternal, .message = "the upstream client failed"};
    }
  }();
  if (!answer) return answer;
  const auto& result = *answer;
  tools_.metrics.Observe(result ? result->status : 0, result ? nullptr : &result.error(), Clock::now() - started_);
  return answer;
}

std::optional<sdk::Result<Response>> Fetching::AdvanceOrThrow(Wait wait) {
  if (!hop_) {
    auto target = ParseTarget(request_.url);
    if (!target) return tools_.metrics.Fail({Reason::kInvalid, target.error().code, target.error().message});
    home_ = target->origin.host;
    if (!request_.home.empty()) {
      if (auto home = ParseTarget(request_.home)) home_ = std::move(home->origin.host);
    }
    hop_ = Hop{request_.method, std::move(*target), request_.headers, request_.body};
    StartHop();
  }
  for (;;) {
    if (!attempt_) {
      ++tries_;
      aim_->Take(*hop_, tools_.pacer.Now());
      attempt_.emplace(tools_, call_, request_, *hop_, Leaving());
    }
    auto tried = attempt_->Advance(std::exchange(wait, Wait::kReady));
    if (!tried) return std::nullopt;
    attempt_.reset();
    auto response = AfterTry(std::move(*tried));
    if (!response) continue;
    if (auto answer = AfterHop(std::move(*response))) return answer;
  }
}

void Fetching::StartHop() {
  asked_ = hop_->target.origin;
  aim_.emplace(profile_, asked_, tools_.metrics);
  tries_ = 0;
  if (IsIdempotent(hop_->method) && profile_.options().retry.attempts > 1) {
    profile_.budgets().Requested(asked_, tools_.pacer.Now());
  }
}

const Profile& Fetching::Leaving() const {
  const auto& origins = profile_.origins();
  const bool known = asked_.host == home_ || std::find(origins.begin(), origins.end(), asked_) != origins.end();
  return known ? profile_ : profile_.for_strangers();
}

std::optional<sdk::Result<Response>> Fetching::AfterTry(Tried<Response> tried) {
  auto& metrics = tools_.metrics;
  aim_->Report(OutcomeOf(tried), tools_.pacer.Now());
  auto* response = std::get_if<Response>(&tried);
  const auto finish = [&]() -> sdk::Result<Response> {
    if (response != nullptr) return std::move(*response);
    return metrics.Fail(std::move(std::get<Failure>(tried)));
  };
  const auto attempts = IsIdempotent(hop_->method) ? profile_.options().retry.attempts : 1;
  const auto delay = tries_ < attempts ? DelayAfter(tried) : std::nullopt;
  if (!delay) return finish();
  const auto deadline = std::min(call_.deadline(), request_.body_deadline);
  const auto now = tools_.pacer.Now();
  if (deadline != Clock::time_point::max() && now + *delay >= deadline) return finish();
  if (!profile_.budgets().Spend(asked_, now)) {
    metrics.BudgetExhausted();
    if (response != nullptr) return finish();
    return metrics.Fail(Reason::kBudget, sdk::Errc::kUpstreamFailed, asked_.Label() + ": retry budget exhausted");
  }
  if (response != nullptr) {
    metrics.Retried(std::nullopt);
    Drain(*response);
    response->body.reset();
  } else {
    metrics.Retried(std::get<Failure>(tried).reason);
  }
  if (*delay > Clock::duration::zero() && tools_.pacer.Pause(call_, *delay) == Wait::kCancelled) {
    return metrics.Fail(Reason::kCancelled, sdk::Errc::kCancelled, "the viewer is gone");
  }
  return std::nullopt;
}

std::optional<Clock::duration> Fetching::DelayAfter(const Tried<Response>& tried) const {
  const auto& retry = profile_.options().retry;
  const auto backoff = RetryDelay(retry.backoff, tries_, tools_.pacer.Chance());
  if (const auto* failure = std::get_if<Failure>(&tried)) {
    if (IsFinal(*failure)) return std::nullopt;
    if (aim_->HasOther()) return Clock::duration::zero();
    if (failure->permanent && !aim_->has_alternates()) return std::nullopt;
    return backoff;
  }
  const auto& response = std::get<Response>(tried);
  if (aim_->HasOther() && IsGatewayFault(response.status)) return Clock::duration::zero();
  if (!retry.on_status || !IsRetryStatus(response.status)) return std::nullopt;
  const auto wanted = ParseRetryAfter(response.Header("Retry-After"), tools_.pacer.WallTime());
  if (!wanted) return backoff;
  if (*wanted > retry.max_retry_after) return std::nullopt;
  return std::max<Clock::duration>(*wanted, backoff);
}

void Fetching::AddCookies() {
  if (cookies_.empty()) return;
  own_cookies_ = FindField(hop_->headers, "Cookie").value_or("");
  SetCookie(cookies_.For(hop_->target, *own_cookies_));
}

void Fetching::DropAddedCookies() {
  if (!own_cookies_) return;
  SetCookie(std::move(*own_cookies_));
  own_cookies_.reset();
}

void Fetching::SetCookie(std::string value) {
  DropField(hop_->headers, "Cookie");
  if (!value.empty()) hop_->headers.push_back({"Cookie", std::move(value)});
}

bool Fetching::AddReferer(const Response& response) {
  const bool refused = IsRefererStatus(response.status);
  if (referred_) tools_.metrics.Referred(!refused);
  if (!refused || !profile_.options().retry.referer || hop_->method != "GET") return false;
  if (!referred_ && FindField(hop_->headers, "Referer")) return false;
  auto referer = referers_.Next(hop_->target);
  if (!referer) return false;
  if (!profile_.budgets().Spend(asked_, tools_.pacer.Now())) {
    tools_.metrics.BudgetExhausted();
    return false;
  }
  DropField(hop_->headers, "Referer");
  hop_->headers.push_back({"Referer", std::move(*referer)});
  referred_ = true;
  return true;
}

std::optional<sdk::Result<Response>> Fetching::AfterHop(sdk::Result<Response> response) {
  auto& metrics = tools_.metrics;
  if (response && AddReferer(*response)) {
    Drain(*response);
    StartHop();
    return std::nullopt;
  }
  if (!response || request_.max_redirects == 0 || !IsRedirect(response->status)) return response;
  if (followed_ == request_.max_redirects) {
    return metrics.Fail(Reason::kRedirect, sdk::Errc::kUpstreamFailed,
                        hop_->target.origin.Label() + ": want at most " + std::to_string(followed_) + " redirects");
  }
  cookies_.Take(hop_->target, response->headers);
  DropAddedCookies();
  referers_.Leave(hop_->target);
  if (std::exchange(referred_, false)) DropField(hop_->headers, "Referer");
  if (auto led = Follow(response->status, response->Header("Location"), *hop_); !led) {
    return metrics.Fail({Reason::kRedirect, led.error().code, led.error().message});
  }
  if (auto asked = AskAbout(request_, *hop_); !asked) {
    return metrics.Fail({Reason::kRedirect, asked.error().code, asked.error().message});
  }
  AddCookies();
  Drain(*response);
  ++followed_;
  StartHop();
  return std::nullopt;
}

}  // namespace sluice::upstream
