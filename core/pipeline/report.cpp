// SPDX-License-Identifier: MIT
#include "core/pipeline/report.hpp"

#include "core/http/error_reply.hpp"
#include "core/http/server.hpp"
#include "core/pipeline/access_log.hpp"
#include "core/pipeline/exchange.hpp"
#include "core/pipeline/metrics.hpp"
#include "core/telemetry/log.hpp"

namespace sluice::pipeline {

std::string_view NameOf(config::Step::Kind kind) {
  using Kind = config::Step::Kind;
  switch (kind) {
    case Kind::kAuthenticate:
      return "authenticate";
    case Kind::kResolve:
      return "resolve";
    case Kind::kFetch:
      return "fetch";
    case Kind::kRewrite:
      return "rewrite";
    case Kind::kServe:
      return "serve";
    case Kind::kFilter:
      return "filter";
  }
  return "step";
}

void ReportFailure(const Exchange& exchange, std::string_view step, const sdk::Error& error) {
  const auto code = http::CodeOf(error.code);
  exchange.pipeline.metrics->Failures(step, code).Increment();
  const auto level = error.code == sdk::Errc::kUpstreamFailed || error.code == sdk::Errc::kInternal ||
                             error.code == sdk::Errc::kDeadlineExceeded || error.code == http::kAuthUnavailable
                         ? telemetry::Level::kWarning
                         : telemetry::Level::kDebug;
  telemetry::Log(level, "step failed",
                 {{"request_id", exchange.viewer.request_id()},
                  {"pipeline", exchange.pipeline.config.name},
                  {"step", step},
                  {"code", code},
                  {"error", error.message}});
}

void ReportUnserved(const http::ServerExchange& viewer, const Snapshot& snapshot) {
  const auto took = viewer.started() ? std::optional(viewer.head_sent_at() - viewer.received_at()) : std::nullopt;
  snapshot.unserved->Count(viewer.method(), viewer.status(), took);
  if (snapshot.config.log.access) LogAccess(Describe(viewer, snapshot));
}

void ReportRefused(const http::RefusedRequest& refused, const Snapshot& snapshot) {
  snapshot.unserved->Count({}, refused.status, std::nullopt);
  if (!snapshot.config.log.access) return;
  const auto status = std::to_string(refused.status);
  telemetry::Log(telemetry::Level::kInfo, "request",
                 {{"request_id", refused.request_id},
                  {"listener", refused.listener},
                  {"client", refused.client_ip},
                  {"status", status},
                  {"end", "refused"},
                  {"reason", refused.reason}});
}

}  // namespace sluice::pipeline
