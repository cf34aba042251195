// SPDX-License-Identifier: MIT
#include "core/pipeline/engine.hpp"

#include <algorithm>
#include <optional>

#include "core/http/error_reply.hpp"
#include "core/http/server.hpp"
#include "core/pipeline/access_log.hpp"
#include "core/pipeline/allowed_methods.hpp"
#include "core/pipeline/cors.hpp"
#include "core/pipeline/credentials.hpp"
#include "core/pipeline/host_glob.hpp"
#include "core/pipeline/metrics.hpp"
#include "core/pipeline/report.hpp"
#include "core/pipeline/response_head.hpp"
#include "core/telemetry/log.hpp"

namespace sluice::pipeline {
namespace {

using Kind = config::Step::Kind;

bool Contains(const std::vector<std::string>& list, std::string_view value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

/// Whether the pipeline takes requests that came in at this door.
bool MatchesOrigin(const config::Match& match, const http::ServerExchange& viewer) {
  if (!match.listeners.empty() && !Contains(match.listeners, viewer.listener())) return false;
  if (!match.protocols.empty() && !Contains(match.protocols, viewer.secure() ? "https" : "http")) return false;
  return match.hosts.empty() || std::any_of(match.hosts.begin(), match.hosts.end(),
                                            [&](const std::string& glob) { return MatchesHost(glob, viewer.host()); });
}

bool MatchesMethod(const config::Match& match, const std::string& method) {
  return match.methods.empty() || Contains(match.methods, method) ||
         (method == "HEAD" && Contains(match.methods, "GET"));
}

void ReplyFailure(http::ServerExchange& viewer, const sdk::Error& error) {
  static_cast<void>(http::ReplyError(viewer, error));  // a viewer that is gone needs no answer
}

}  // namespace

void Engine::Handle(http::ServerExchange& viewer) {
  const auto snapshot = snapshot_.load();
  if (const auto& cors = snapshot->config.cors; cors && IsPreflight(viewer)) {
    static_cast<void>(ReplyPreflight(*cors, viewer));  // a viewer that is gone needs no answer
    if (snapshot->config.log.access) LogAccess(Describe(viewer, *snapshot));
    return;
  }
  if (state::AfterLinkPrefix(viewer.path())) return HandleLink(viewer, snapshot);
  AllowedMethods allowed;
  std::optional<Exchange> attempt;
  std::vector<const Pipeline*> tried;
  for (const auto& pipeline : snapshot->pipelines) {
    const auto& match = pipeline.config.match;
    if (!MatchesOrigin(match, viewer)) continue;
    auto path = pipeline.path.Apply(viewer.path());
    if (!path) continue;
    if (!MatchesMethod(match, viewer.request().getMethod())) {
      for (const auto& method : match.methods) allowed.Add(method);
      continue;
    }
    auto body = attempt ? std::move(attempt->body) : std::nullopt;
    auto& exchange = attempt.emplace(viewer, snapshot, pipeline);
    exchange.body = std::move(body);
    exchange.captures = std::move(path->captures);
    exchange.rest = path->rest;
    exchange.tried = tried;
    if (pipeline.Find(Kind::kAuthenticate) == nullptr) DropCredentialsOfTried(exchange);
    if (Run(exchange) == Outcome::kDone) return Complete(exchange);
    tried.push_back(&pipeline);
  }
  if (attempt) {  // the last that was tried passed the request on, and there is nobody left
    ReplyFailure(viewer, *attempt->failure);
    return Complete(*attempt);
  }
  if (!allowed.empty()) {
    static_cast<void>(ReplyMethodNotAllowed(viewer, allowed));  // as above
  } else {
    ReplyFailure(viewer, {.code = sdk::Errc::kNotFound, .message = "no pipeline serves this path"});
  }
  if (snapshot->config.log.access) LogAccess(Describe(viewer, *snapshot));
}

void Engine::HandleLink(http::ServerExchange& viewer, const std::shared_ptr<const Snapshot>& snapshot) {
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  auto link = state::OpenLink(context_.secrets, viewer.path(), now);
  const auto* const pipeline = link ? snapshot->FindPipeline(link->pipeline) : nullptr;
  const auto& method = viewer.request().getMethod();
  if (!link) {
    ReplyFailure(viewer, link.error());
  } else if (pipeline == nullptr || !MatchesOrigin(pipeline->config.match, viewer)) {
    ReplyFailure(viewer, {.code = sdk::Errc::kNotFound, .message = "no such link"});
  } else if (method != "GET" && method != "HEAD") {
    AllowedMethods allowed;
    allowed.Add("GET");
    static_cast<void>(ReplyMethodNotAllowed(viewer, allowed));
  } else {
    Exchange exchange(viewer, snapshot, *pipeline);
    exchange.link = std::move(*link);
    // A link belongs to one pipeline: there is no next.
    if (Run(exchange) == Outcome::kNextPipeline) ReplyFailure(viewer, *exchange.failure);
    return Complete(exchange);
  }
  if (snapshot->config.log.access) LogAccess(Describe(viewer, *snapshot));
}

Engine::Outcome Engine::Run(Exchange& exchange) {
  for (const auto& step : exchange.pipeline.steps) {
    const auto flow = RunStep(step, exchange);
    if (flow) {
      if (*flow == Flow::kReplied) return Outcome::kDone;
      continue;
    }
    // A filter may fail long after its step, when the response has come.
    const auto& failed = exchange.failed_filter == nullptr ? step.config : exchange.failed_filter->config;
    ReportFailure(exchange, NameOf(failed.kind), flow.error());
    exchange.failure = flow.error();
    if (exchange.viewer.started()) return Outcome::kDone;  // half an answer was sent: the connection is broken off
    if (failed.on_error == config::OnError::kSkip) continue;
    if (failed.on_error == config::OnError::kNext) return Outcome::kNextPipeline;
    ReplyFailure(exchange.viewer, flow.error());
    return Outcome::kDone;
  }
  // An endpoint may hand back a source in a pipeline without fetch. A fetch that failed and was skipped stays so.
  if (!exchange.response && exchange.source && exchange.fetch_step == nullptr) {
    if (const auto fetched = Fetch(context_, exchange, Part::kAsAsked); !fetched) {
      ReportFailure(exchange, "fetch", fetched.error());
      ReplyFailure(exchange.viewer, fetched.error());
      return Outcome::kDone;
    }
  }
  if (!exchange.response) {
    static const sdk::Error kNoAnswer{.code = sdk::Errc::kInternal,
                                      .message = "no step of the pipeline gave an answer"};
    ReplyFailure(exchange.viewer, exchange.failure.value_or(kNoAnswer));
    return Outcome::kDone;
  }
  if (const auto delivered = Deliver(context_, exchange); !delivered) {
    exchange.failure = delivered.error();
    const auto* const failed = exchange.failed_filter;
    ReportFailure(exchange, failed == nullptr ? "deliver" : NameOf(failed->config.kind), delivered.error());
    if (failed != nullptr && failed->config.on_error == config::OnError::kNext) return Outcome::kNextPipeline;
    ReplyFailure(exchange.viewer, delivered.error());
  }
  return Outcome::kDone;
}

sdk::Result<Flow> Engine::RunStep(const Step& step, Exchange& exchange) {
  switch (step.config.kind) {
    case Kind::kAuthenticate:
      return Authenticate(step, exchange);
    case Kind::kResolve:
      return Resolve(step, exchange);
    case Kind::kFetch:
      if (!exchange.source) return Flow::kContinue;
      exchange.fetch_step = &step;
      return Fetch(context_, exchange, Part::kAsAsked);
    case Kind::kRewrite:
      return Rewrite(context_, step, exchange);
    case Kind::kServe:
      return Serve(step, exchange);
    case Kind::kFilter:
      return Filter(step, exchange);
  }
  return Flow::kContinue;
}

void Engine::CountBytes(Exchange& exchange) {
  if (!exchange.principal) return;
  auto& counted = exchange.counted;
  if (!counted) {
    counted = context_.principals.Enter(exchange.pipeline.config.name, exchange.principal->subject, 0);
  }
  counted->Reach(exchange.viewer.body_bytes_sent());
}

void Engine::Complete(Exchange& exchange) {
  if (exchange.handed_over) return;  // the relay does, when the body has ended
  auto& viewer = exchange.viewer;
  auto& metrics = *exchange.pipeline.metrics;
  const auto took = viewer.started() ? std::optional(viewer.head_sent_at() - viewer.received_at()) : std::nullopt;
  metrics.Count(viewer.request().getMethod(), viewer.status(), took);
  metrics.Relayed(relay::Mode::kBuffered).Increment(static_cast<double>(viewer.body_bytes_sent()));
  CountBytes(exchange);
  if (exchange.snapshot->config.log.access) LogAccess(Describe(viewer, exchange));
}

}  // namespace sluice::pipeline
