// SPDX-License-Identifier: MIT
#include "store/common/breaker.hpp"

#include <algorithm>

namespace sluice::plugins::store {

using std::chrono::milliseconds;

Breaker::Breaker(sdk::Host host, std::string_view upstream, Options options)
    : host_(std::move(host)),
      upstream_(upstream),
      options_(options),
      gauge_(host_.metrics().Declare(sdk::MetricKind::kGauge, "upstream_open",
                                     "1: the store does not answer, and is asked now and then only; 0: it does", {})) {
  Show();
}

sdk::Status Breaker::Look() const {
  const auto now = host_.clock().Steady();
  const std::lock_guard lock(mutex_);
  if (IsClosedTo(now)) return Down(now);
  return sdk::Ok();
}

sdk::Result<Breaker::Pass> Breaker::Enter() {
  const auto now = host_.clock().Steady();
  const std::lock_guard lock(mutex_);
  if (IsClosedTo(now)) return Down(now);
  probing_ = open_;
  return Pass(*this, open_);
}

sdk::Error Breaker::Down(Steady now) const {
  const auto left = std::chrono::ceil<milliseconds>(next_probe_ - now);
  return {.code = sdk::Errc::kUpstreamFailed,
          .message = upstream_ + ": does not answer; it is asked again in a while",
          .retry_after = std::max(left, milliseconds(1000)),
          .reason = sdk::Reason::kServerDown};
}

void Breaker::Note(Pass::Outcome outcome, bool probe) {
  const auto now = host_.clock().Steady();
  const std::lock_guard lock(mutex_);
  if (probe) probing_ = false;
  if (outcome == Pass::Outcome::kUnknown) return;
  const bool was_open = open_;
  if (outcome == Pass::Outcome::kSuccess) {
    failures_ = 0;
    open_ = false;
  } else {
    failures_ = std::min(failures_ + 1, options_.failures);
    if (failures_ == options_.failures) {
      open_ = true;
      next_probe_ = now + options_.pause;
    }
  }
  if (open_ == was_open) return;
  host_.Log(open_ ? sdk::LogLevel::kError : sdk::LogLevel::kInfo,
            open_ ? "the store does not answer: it is asked now and then only" : "the store answers again");
  Show();
}

void Breaker::Show() const {
  if (gauge_) host_.metrics().Record(*gauge_, open_ ? 1 : 0, {});
}

}  // namespace sluice::plugins::store
