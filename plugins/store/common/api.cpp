// SPDX-License-Identifier: MIT
#include "store/common/api.hpp"

#include <algorithm>
#include <array>
#include <sluice/sdk/text.hpp>
#include <utility>

#include "common/remote/answers.hpp"
#include "store/common/retry_after.hpp"
#include "store/common/whole_answer.hpp"

namespace sluice::plugins::store {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr std::size_t kMaxKeyBytes = 512;
constexpr milliseconds kPatience = 5s;       // so long, and it is the store that was late
constexpr milliseconds kDefaultPause = 10s;  // where 429 comes without a Retry-After

bool IsUsableKey(std::string_view key) {
  return !key.empty() && key.size() <= kMaxKeyBytes &&
         std::all_of(key.begin(), key.end(), [](char c) { return c >= '!' && c <= '~'; });
}

/// JSON, or nothing said. "text/plain" is not: proxies say that of their own complaints.
bool MayBeJson(const sdk::HttpResponse& answer) {
  auto type = sdk::FieldValue(answer.headers, "Content-Type");
  const auto name = sdk::LowerCase(sdk::TrimSpace(sdk::TakeUpTo(type, ';')));
  return name.empty() || name == "application/json" || name == "text/json" ||
         (name.starts_with("application/") && name.ends_with("+json"));
}

std::string_view NameOf(const Complaint& complaint) {
  return complaint.name.empty() ? MeaningOf(complaint.code).name : complaint.name;
}

std::string_view OutcomeOf(const sdk::Result<Reply>& reply) {
  if (reply) return "ok";
  if (reply.error().code == sdk::Errc::kRateLimited) return "limited";
  return reply.error().code == sdk::Errc::kUpstreamFailed || reply.error().upstream_status == 0 ? "failed" : "refused";
}

}  // namespace

Api::Api(sdk::Host host, const Dialect& dialect, ApiOptions options)
    : host_(std::move(host)),
      dialect_(dialect),
      options_(std::move(options)),
      requests_(host_.metrics().Declare(
          sdk::MetricKind::kCounter, "requests_total",
          "Requests to the store: ok, refused (it complains), limited (too often), held (not asked), failed",
          std::array{std::string_view("endpoint"), std::string_view("outcome")})),
      budgets_(host_, dialect.store, options_.max_wait),
      breaker_(host_, dialect.store, {.failures = options_.breaker_failures, .pause = options_.breaker_pause}) {}

sdk::Result<Reply> Api::Send(const sdk::Call& call, std::string_view token, const ApiRequest& request) {
  if (auto over = remote::OverBy(call, dialect_.store)) return *std::move(over);
  if (!IsUsableKey(token)) return Fault(sdk::Errc::kUnauthenticated, "want an API key");
  const auto account = AccountOf(token);
  const auto held = [&](sdk::Error error) {
    Count(request.endpoint, "held");
    return error;
  };
  if (auto up = breaker_.Look(); !up) return held(up.error());
  if (const auto* const budget = request.endpoint.budget; budget != nullptr) {
    auto turn = budgets_.Take(call, account, *budget);
    if (!turn) return held(turn.error());
  }
  auto reply = Exchange(call, token, request, account);
  if (reply || reply.error().reason != sdk::Reason::kServerDown || reply.error().upstream_status != 0) {
    Count(request.endpoint, OutcomeOf(reply));
  } else {
    Count(request.endpoint, "held");
  }
  return reply;
}

sdk::Result<Reply> Api::Exchange(const sdk::Call& call, std::string_view token, const ApiRequest& request,
                                 const std::string& account) {
  auto pass = breaker_.Enter();
  if (!pass) return pass.error();
  const auto sent = RequestOf(call, token, request);
  auto answer = FetchWhole(host_, call, sent);
  if (!answer) return Missing(call, request, sent, answer.error(), *pass);
  if (!*answer) {
    pass->Succeed();
    return Unusable(request.endpoint.name, "at most " + std::to_string(sent.max_body_bytes) + " octets");
  }
  auto reply = Read(request, **std::move(answer), *pass);
  if (!reply && reply.error().code == sdk::Errc::kRateLimited && request.endpoint.budget != nullptr) {
    const auto pause = reply.error().retry_after;
    if (pause > 0ms || reply.error().upstream_status == 429) {
      budgets_.Pause(call, account, *request.endpoint.budget, pause > 0ms ? pause : kDefaultPause);
    }
  }
  return reply;
}

sdk::HttpRequest Api::RequestOf(const sdk::Call& call, std::string_view token, const ApiRequest& request) const {
  auto headers = request.headers;
  headers.push_back({"Accept", "application/json"});
  if (request.bearer) headers.push_back({"Authorization", "Bearer " + std::string(token)});
  if (!request.content_type.empty()) headers.push_back({"Content-Type", request.content_type});
  return {.method = request.method,
          .url = options_.base_url + request.path + (request.query.empty() ? "" : "?" + request.query),
          .headers = std::move(headers),
          .body = request.body,
          .timeout = remote::TimeoutWithin(call, options_.timeout),
          .max_body_bytes = request.max_body_bytes};
}

sdk::Error Api::Missing(const sdk::Call& call, const ApiRequest& request, const sdk::HttpRequest& sent,
                        const sdk::Error& error, Breaker::Pass& pass) const {
  if (auto over = remote::OverBy(call, dialect_.store)) return *std::move(over);
  if (error.code == sdk::Errc::kCancelled) return Fault(error.code, "the viewer is gone");
  const bool is_late = error.code == sdk::Errc::kDeadlineExceeded;
  // A viewer in a hurry says nothing about the store.
  if (!is_late || sent.timeout >= std::min(options_.timeout, kPatience)) pass.Fail();
  // Not the host's message: it may name the URL, and with it the key.
  host_.Log(sdk::LogLevel::kWarning, "no answer of the store",
            {{"endpoint", request.endpoint.name}, {"why", is_late ? "too late" : "cannot be reached, or is broken"}});
  return Fault(sdk::Errc::kUpstreamFailed,
               std::string(request.endpoint.name) + (is_late ? ": no answer in time" : ": no usable answer"));
}

sdk::Result<Reply> Api::Read(const ApiRequest& request, sdk::HttpResponse answer, Breaker::Pass& pass) const {
  const bool is_empty = answer.body.empty() || answer.status == 204;
  auto document = is_empty ? std::optional<Json>() : MayBeJson(answer) ? ParseJson(answer.body) : std::nullopt;
  const bool is_read = document.has_value() || (is_empty && request.may_be_empty);
  const auto body = document ? *std::move(document) : Json();
  const auto complaint = is_read ? dialect_.complaint(answer.status, body) : std::nullopt;
  const bool is_bad_status = answer.status < 200 || answer.status > 299;
  const bool is_known_complaint = complaint && MeaningOf(complaint->code).errc != sdk::Errc::kUpstreamFailed;
  answer.status >= 500 && !is_known_complaint ? pass.Fail() : pass.Succeed();
  if (complaint) return Refused(request, answer, *complaint);
  // What is no answer of the API at all says nothing about the account, whatever its status: a proxy speaks.
  const bool is_limited = answer.status == 429;
  if (is_bad_status && (is_read || is_limited || answer.status >= 500)) {
    return Refused(request, answer, {.code = CodeOfStatus(answer.status)});
  }
  if (!is_read || is_bad_status) {
    auto error = Unusable(request.endpoint.name, is_empty ? "an answer, got an empty one" : "JSON");
    error.upstream_status = static_cast<std::uint32_t>(answer.status);
    return error;
  }
  return Reply{.status = answer.status, .body = body, .headers = std::move(answer.headers)};
}

sdk::Error Api::Refused(const ApiRequest& request, const sdk::HttpResponse& answer, const Complaint& complaint) const {
  auto error = ErrorOf(request.endpoint, complaint);
  error.upstream_status = static_cast<std::uint32_t>(answer.status);
  if (error.code == sdk::Errc::kRateLimited || error.code == sdk::Errc::kUpstreamFailed) {
    error.retry_after = RetryAfterOf(answer, host_);
    host_.Log(
        sdk::LogLevel::kWarning, "the store refuses a request",
        {{"endpoint", request.endpoint.name}, {"status", std::to_string(answer.status)}, {"error", NameOf(complaint)}});
  }
  return error;
}

sdk::Error Api::ErrorOf(const Endpoint& endpoint, const Complaint& complaint) const {
  const auto& meaning = MeaningOf(complaint.code);
  auto error = Fault(meaning.errc, std::string(endpoint.name) + ": answered " + std::string(NameOf(complaint)));
  error.reason = meaning.reason;
  return error;
}

sdk::Error Api::Unusable(std::string_view what, std::string_view wanted) const {
  host_.Log(sdk::LogLevel::kWarning, "the store's answer cannot be used", {{"what", what}, {"want", wanted}});
  return Fault(sdk::Errc::kUpstreamFailed, std::string(what) + ": want " + std::string(wanted));
}

sdk::Error Api::Fault(sdk::Errc code, std::string_view what) const {
  return {.code = code, .message = std::string(dialect_.store) + ": " + std::string(what)};
}

void Api::Count(const Endpoint& endpoint, std::string_view outcome) const {
  if (requests_) host_.metrics().Record(*requests_, 1, std::array{endpoint.name, outcome});
}

}  // namespace sluice::plugins::store
