// SPDX-License-Identifier: MIT
#include "core/upstream/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

namespace sluice::upstream {
namespace {

constexpr std::array<const char*, kReasons> kReasonNames = {"invalid",  "guard",     "dns",      "connect",
                                                            "tls",      "timeout",   "protocol", "broken_off",
                                                            "redirect", "cancelled", "proxy",    "budget"};
constexpr std::array kOutcomeNames = {"2xx", "3xx", "4xx", "5xx", "refused", "timeout", "cancelled", "failed"};

std::size_t OutcomeOf(int status, const sdk::Error* error) {
  if (error == nullptr) return status < 300 ? 0 : status < 400 ? 1 : status < 500 ? 2 : 3;
  switch (error->code) {
    case sdk::Errc::kInvalidArgument:
    case sdk::Errc::kPermissionDenied:
      return 4;
    case sdk::Errc::kDeadlineExceeded:
      return 5;
    case sdk::Errc::kCancelled:
      return 6;
    default:
      return 7;
  }
}

prometheus::Counter* Count(prometheus::Registry& registry, const char* name, const char* help) {
  return &prometheus::BuildCounter().Name(name).Help(help).Register(registry).Add({});
}

}  // namespace

Metrics::Metrics(prometheus::Registry& registry)
    : refusals_(prometheus::BuildCounter()
                    .Name("sluice_upstream_guard_refusals_total")
                    .Help("Outgoing requests refused because of the kind of address that they would have gone to")
                    .Register(registry)) {
  auto& failures = prometheus::BuildCounter()
                       .Name("sluice_upstream_failures_total")
                       .Help("Outgoing requests that failed, by reason")
                       .Register(registry);
  for (std::size_t i = 0; i < kReasons; ++i) failures_[i] = &failures.Add({{"reason", kReasonNames[i]}});
  auto& connections = prometheus::BuildCounter()
                          .Name("sluice_upstream_connections_total")
                          .Help("Connections used for outgoing requests: new ones and ones from the pool")
                          .Register(registry);
  connections_ = {&connections.Add({{"reused", "0"}}), &connections.Add({{"reused", "1"}})};
  auto& retries = prometheus::BuildCounter()
                      .Name("sluice_upstream_retries_total")
                      .Help("Outgoing requests sent again, by what was wrong with the try before")
                      .Register(registry);
  for (std::size_t i = 0; i < kReasons; ++i) retries_[i] = &retries.Add({{"reason", kReasonNames[i]}});
  retries_[kReasons] = &retries.Add({{"reason", "status"}});
  auto& referred = prometheus::BuildCounter()
                       .Name("sluice_upstream_referer_retries_total")
                       .Help("Outgoing requests sent again with a Referer because they were refused without")
                       .Register(registry);
  referred_ = {&referred.Add({{"result", "fail"}}), &referred.Add({{"result", "success"}})};
  budget_exhausted_ = Count(registry, "sluice_upstream_retry_budget_exhausted_total",
                            "Outgoing requests that were not sent again because too many others had been");
  failovers_ = Count(registry, "sluice_upstream_failovers_total",
                     "Tries that went to another origin than the first of their profile");
  ejections_ =
      Count(registry, "sluice_upstream_ejections_total", "Origins left alone for a while after failures in a row");
  auto& seconds = prometheus::BuildHistogram()
                      .Name("sluice_upstream_request_seconds")
                      .Help("From an outgoing request to its final response head, redirects included")
                      .Register(registry);
  const prometheus::Histogram::BucketBoundaries bounds = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25,
                                                          0.5,   1,      2.5,   5,    10,    30,   60};
  for (std::size_t i = 0; i < kOutcomeNames.size(); ++i) {
    seconds_[i] = &seconds.Add({{"outcome", kOutcomeNames[i]}}, bounds);
  }
  idle_ = &prometheus::BuildGauge()
               .Name("sluice_upstream_idle_connections")
               .Help("Connections that wait in the pool")
               .Register(registry)
               .Add({});
}

sdk::Error Metrics::Fail(Reason reason, sdk::Errc code, std::string message) {
  failures_[static_cast<std::size_t>(reason)]->Increment();
  return {.code = code, .message = std::move(message)};
}

void Metrics::Refused(std::string_view range) { refusals_.Add({{"range", std::string(range)}}).Increment(); }

void Metrics::ConnectionUsed(bool reused) { connections_[reused ? 1 : 0]->Increment(); }

void Metrics::Retried(std::optional<Reason> reason) {
  retries_[reason ? static_cast<std::size_t>(*reason) : kReasons]->Increment();
}

void Metrics::BudgetExhausted() { budget_exhausted_->Increment(); }

void Metrics::Referred(bool helped) { referred_[helped ? 1 : 0]->Increment(); }

void Metrics::FailedOver() { failovers_->Increment(); }

void Metrics::Ejected() { ejections_->Increment(); }

void Metrics::IdleChanged(int by) { idle_->Increment(by); }

void Metrics::Observe(int result_code, const sdk::Error* error, std::chrono::steady_clock::duration taken) {
  seconds_[OutcomeOf(result_code, error)]->Observe(std::chrono::duration<double>(taken).count());
}

}  // namespace sluice::upstream
