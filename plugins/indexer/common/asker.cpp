// SPDX-License-Identifier: MIT
#include "indexer/common/asker.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "common/remote/answers.hpp"
#include "store/common/retry_after.hpp"

namespace sluice::plugins::indexer {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr milliseconds kLongestPause = 1h;
constexpr std::size_t kMaxPaused = 1000;

sdk::Error RateLimited(milliseconds retry_after) {
  return {.code = sdk::Errc::kRateLimited, .message = "the index: too many requests", .retry_after = retry_after};
}

std::string_view OutcomeOf(const sdk::Error& error) {
  switch (error.code) {
    case sdk::Errc::kUnauthenticated:
      return "unauthenticated";
    case sdk::Errc::kRateLimited:
      return "rate_limited";
    case sdk::Errc::kCancelled:
    case sdk::Errc::kDeadlineExceeded:
      return "broken_off";
    default:
      return "failed";
  }
}

}  // namespace

Asker::Asker(sdk::Host host, milliseconds timeout)
    : host_(std::move(host)),
      timeout_(timeout),
      requests_(host_.metrics().Declare(
          sdk::MetricKind::kCounter, "requests_total",
          "Requests to indexes for caps, search, indexers or torrent: answered, unauthenticated, rate_limited, failed, "
          "broken_off; paused: not sent, because the index wants to be left alone",
          std::array{std::string_view("request"), std::string_view("outcome")})) {}

sdk::Result<sdk::HttpResponse> Asker::Send(const sdk::Call& call, std::string_view what, const std::string& who,
                                           sdk::HttpRequest request) {
  if (auto over = remote::OverBy(call, "the index")) return *std::move(over);
  if (auto paused = Paused(who)) {
    Count(what, "paused");
    return *std::move(paused);
  }
  request.timeout = remote::TimeoutWithin(call, timeout_);
  auto answer = host_.http().Send(call, request);
  if (!answer) {
    auto error = Missing(call, what, request.timeout < timeout_, answer.error());
    Count(what, OutcomeOf(error));
    return error;
  }
  const auto status = static_cast<std::uint32_t>(answer->status);
  if (status == 401 || status == 403) {
    return Note(what, who,
                {.code = sdk::Errc::kUnauthenticated,
                 .message = "the index does not take the API key",
                 .upstream_status = status});
  }
  if (status == 429) {
    auto error = RateLimited(PauseOf(*answer, host_));
    error.upstream_status = status;
    return Note(what, who, std::move(error));
  }
  Count(what, "answered");
  return answer;
}

sdk::Error Asker::Note(std::string_view what, const std::string& who, sdk::Error error) {
  Count(what, OutcomeOf(error));
  host_.Log(sdk::LogLevel::kWarning, "an index refuses a request",
            {{"request", what}, {"outcome", OutcomeOf(error)}, {"status", std::to_string(error.upstream_status)}});
  if (error.code != sdk::Errc::kRateLimited || error.retry_after <= 0ms) return error;
  const auto now = host_.clock().Steady();
  const std::lock_guard lock(mutex_);
  if (paused_until_.size() >= kMaxPaused) {
    std::erase_if(paused_until_, [&](const auto& pause) { return pause.second <= now; });
  }
  if (paused_until_.size() < kMaxPaused) {
    auto& until = paused_until_[who];
    until = std::max(until, now + error.retry_after);
  }
  return error;
}

std::optional<sdk::Error> Asker::Paused(const std::string& who) {
  const std::lock_guard lock(mutex_);
  const auto found = paused_until_.find(who);
  if (found == paused_until_.end()) return std::nullopt;
  const auto left = found->second - host_.clock().Steady();
  if (left > std::chrono::steady_clock::duration::zero()) return RateLimited(std::chrono::ceil<milliseconds>(left));
  paused_until_.erase(found);
  return std::nullopt;
}

sdk::Error Asker::Missing(const sdk::Call& call, std::string_view what, bool in_haste, const sdk::Error& error) const {
  if (auto over = remote::OverBy(call, "the index")) return *std::move(over);
  const bool guarded = error.code == sdk::Errc::kPermissionDenied;
  const bool late = error.code == sdk::Errc::kDeadlineExceeded;
  if (late && in_haste) return {.code = error.code, .message = "no time is left to wait for the index"};
  host_.Log(sdk::LogLevel::kWarning, "no answer of an index",
            {{"request", what},
             {"why", guarded ? "address guard"
                     : late  ? "too late"
                             : "broken or none"}});
  if (guarded) return {.code = error.code, .message = "the index: its address is not one to be asked"};
  return {.code = sdk::Errc::kUpstreamFailed,
          .message = late ? "the index: no answer in time" : "the index cannot be reached, or its answer breaks off"};
}

void Asker::Count(std::string_view what, std::string_view outcome) const {
  if (requests_) host_.metrics().Record(*requests_, 1, std::array{what, outcome});
}

milliseconds PauseOf(const sdk::HttpResponse& answer, const sdk::Host& host) {
  return std::min(store::RetryAfterOf(answer, host), kLongestPause);
}

sdk::Error Unwanted(const sdk::HttpResponse& answer, std::string_view wanted, const sdk::Host& host) {
  sdk::Error error{.code = sdk::Errc::kUpstreamFailed,
                   .message = "the index: answered " + std::to_string(answer.status) + "; want " + std::string(wanted),
                   .upstream_status = static_cast<std::uint32_t>(answer.status)};
  if (answer.status == 503) {
    error.reason = sdk::Reason::kUnavailable;
    error.retry_after = PauseOf(answer, host);
  }
  return error;
}

}  // namespace sluice::plugins::indexer
