// SPDX-License-Identifier: MIT
#include "core/pipeline/passage.hpp"

#include "core/http/error_reply.hpp"
#include "core/pipeline/access_log.hpp"
#include "core/pipeline/credentials.hpp"
#include "core/pipeline/match.hpp"
#include "core/pipeline/metrics.hpp"
#include "core/pipeline/own_requests.hpp"
#include "core/pipeline/report.hpp"
#include "core/pipeline/shared_fetch.hpp"
#include "core/upstream/target.hpp"

namespace sluice::pipeline {

using Kind = config::Step::Kind;

void ReplyFailure(http::ServerExchange& viewer, const sdk::Error& error) {
  static_cast<void>(http::ReplyError(viewer, error));
}

Passage::Passage(const StepContext& context, std::shared_ptr<const Snapshot> snapshot, http::ServerExchange& viewer)
    : context_(context), snapshot_(std::move(snapshot)), viewer_(viewer), ticket_(*context.admission) {}

Passage::Passage(const StepContext& context, std::shared_ptr<const Snapshot> snapshot, http::ServerExchange& viewer,
                 const Pipeline& pipeline, state::LinkTarget link)
    : Passage(context, std::move(snapshot), viewer) {
  next_pipeline_ = snapshot_->pipelines.size();
  auto& exchange = attempt_.emplace(viewer_, snapshot_, pipeline);
  exchange.home = link.home.empty() ? upstream::OriginOf(link.url) : std::move(link.home);
  exchange.link = std::move(link);
}

void Passage::Start(std::unique_ptr<Passage> self) {
  if (!self->attempt_ && !self->TakeNext()) return self->ReplyNothingMatches();
  Run(std::move(self));
}

void Passage::Resume(std::unique_ptr<http::Continuation> self) {
  self.release();
  Run(std::unique_ptr<Passage>(this));
}

void Passage::Queue(std::unique_ptr<Passage> self) {
  auto& viewer = self->viewer_;
  const auto now = std::chrono::steady_clock::now();
  if (!self->queued_until_) self->queued_until_ = now + Admission::kLongestWait;
  const auto until = *self->queued_until_;
  const int fd = self->ticket_.fd();
  if (fd >= 0 && until - now > http::kNextLook && viewer.CanSuspend() && !viewer.ClientGone()) {
    return viewer.Suspend(fd, until, std::move(self));
  }
  const auto error = viewer.ClientGone() ? sdk::Error{.code = sdk::Errc::kCancelled, .message = "the viewer is gone"}
                                         : sdk::Error{.code = http::kOverloaded,
                                                      .message = "too many requests at work",
                                                      .retry_after = Admission::kLongestWait};
  ReportFailure(*self->attempt_, "admission", error);
  ReplyFailure(viewer, error);
  self->Complete();
}

void Passage::Run(std::unique_ptr<Passage> self) {
  // Who has waited in the queue and can do so no more (the server stops) is refused. Who has not goes on regardless.
  const bool is_own = self->context_.own != nullptr && self->context_.own->IsMarked(self->viewer_);
  if (!self->ticket_.Enter(is_own) && (self->queued_until_ || self->viewer_.CanSuspend()))
    return Queue(std::move(self));
  self->queued_until_.reset();
  auto outcome = self->RunAttempt();
  while (outcome == Outcome::kNextPipeline) {
    if (!self->TakeNext()) {  // the last that was tried passed the request on, and there is nobody left
      ReplyFailure(self->viewer_, *self->attempt_->failure);
      break;
    }
    outcome = self->RunAttempt();
  }
  if (outcome != Outcome::kSuspended) return self->Complete();
  self->ticket_.Leave();
  auto& viewer = self->viewer_;
  const auto& attempt = *self->attempt_;
  if (!attempt.pending) return viewer.SuspendForBody(attempt.pipeline.max_body_bytes, std::move(self));
  const auto awaited = attempt.pending->fetching->awaited();
  viewer.Suspend(awaited.fd, awaited.until, std::move(self));
}

bool Passage::TakeNext() {
  while (next_pipeline_ < snapshot_->pipelines.size()) {
    const auto& pipeline = snapshot_->pipelines[next_pipeline_++];
    const auto& match = pipeline.config.match;
    if (!MatchesOrigin(match, viewer_)) continue;
    auto path = pipeline.path.Apply(viewer_.path());
    if (!path) continue;
    if (!MatchesMethod(match, viewer_.method())) {
      for (const auto& method : match.methods) allowed_.Add(method);
      if (match.exclusive) next_pipeline_ = snapshot_->pipelines.size();
      continue;
    }
    if (attempt_) tried_.push_back(&attempt_->pipeline);
    auto body = attempt_ ? std::move(attempt_->body) : std::nullopt;
    auto& exchange = attempt_.emplace(viewer_, snapshot_, pipeline);
    exchange.body = std::move(body);
    exchange.captures = std::move(path->captures);
    exchange.rest = path->rest;
    exchange.tried = tried_;
    if (pipeline.Find(Kind::kAuthenticate) == nullptr) DropCredentialsOfTried(exchange);
    next_step_ = 0;
    return true;
  }
  return false;
}

void Passage::ReplyNothingMatches() {
  if (!allowed_.empty()) {
    static_cast<void>(ReplyMethodNotAllowed(viewer_, allowed_));  // as in ReplyFailure
  } else {
    ReplyFailure(viewer_, {.code = sdk::Errc::kNotFound, .message = "no pipeline serves this path"});
  }
  ReportUnserved(viewer_, *snapshot_);
}

Passage::Outcome Passage::RunAttempt() {
  auto& exchange = *attempt_;
  for (const auto& steps = exchange.pipeline.steps; next_step_ < steps.size(); ++next_step_) {
    const auto& step = steps[next_step_];
    auto flow = RunStep(step);
    if (!flow) {
      if (const auto outcome = AfterFailure(step, std::move(flow).error())) return *outcome;
    } else if (*flow == Flow::kReplied) {
      return Outcome::kDone;
    } else if (*flow == Flow::kSuspended) {
      return Outcome::kSuspended;
    }
  }
  // An endpoint may hand back a source in a pipeline without fetch. A fetch that failed and was skipped stays so.
  if (!exchange.response && exchange.source && exchange.fetch_step == nullptr) {
    const auto fetched = FetchOrSuspend(context_, exchange);
    if (!fetched) {
      ReportFailure(exchange, "fetch", fetched.error());
      ReplyFailure(viewer_, fetched.error());
      return Outcome::kDone;
    }
    if (*fetched == Flow::kSuspended) return Outcome::kSuspended;
  }
  return DeliverResponse();
}

std::optional<Passage::Outcome> Passage::AfterFailure(const Step& step, sdk::Error error) {
  auto& exchange = *attempt_;
  // A filter may fail long after its step, when the response has come.
  const auto& failed = exchange.failed_filter == nullptr ? step.config : exchange.failed_filter->config;
  ReportFailure(exchange, NameOf(failed.kind), error);
  exchange.failure = std::move(error);
  if (viewer_.started()) return Outcome::kDone;  // half an answer was sent: the connection is broken off
  if (failed.on_error == config::OnError::kSkip) return std::nullopt;
  const bool gone = exchange.failure->code == sdk::Errc::kCancelled;  // nobody waits for another pipeline's answer
  if (failed.on_error == config::OnError::kNext && !gone) return Outcome::kNextPipeline;
  ReplyFailure(viewer_, *exchange.failure);
  return Outcome::kDone;
}

Passage::Outcome Passage::DeliverResponse() {
  auto& exchange = *attempt_;
  if (!exchange.response) {
    static const sdk::Error kNoAnswer{.code = sdk::Errc::kInternal,
                                      .message = "no step of the pipeline gave an answer"};
    ReplyFailure(viewer_, exchange.failure.value_or(kNoAnswer));
    return Outcome::kDone;
  }
  if (const auto delivered = Deliver(context_, exchange); !delivered) {
    exchange.failure = delivered.error();
    const auto* const failed = exchange.failed_filter;
    ReportFailure(exchange, failed == nullptr ? "deliver" : NameOf(failed->config.kind), delivered.error());
    if (failed != nullptr && failed->config.on_error == config::OnError::kNext) return Outcome::kNextPipeline;
    ReplyFailure(viewer_, delivered.error());
  }
  return Outcome::kDone;
}

sdk::Result<Flow> Passage::RunStep(const Step& step) {
  auto& exchange = *attempt_;
  switch (step.config.kind) {
    case Kind::kAuthenticate:
      return Authenticate(context_, step, exchange);
    case Kind::kResolve:
      return Resolve(step, exchange);
    case Kind::kFetch:
      if (!exchange.source) return Flow::kContinue;
      exchange.fetch_step = &step;
      return FetchOrSuspend(context_, exchange);
    case Kind::kRewrite:
      return Rewrite(context_, step, exchange);
    case Kind::kServe:
      return Serve(step, exchange);
    case Kind::kFilter:
      return Filter(step, exchange);
  }
  return Flow::kContinue;
}

void Passage::CountBytes() {
  auto& exchange = *attempt_;
  if (!exchange.principal) return;
  auto& counted = exchange.counted;
  if (!counted) {
    counted = context_.principals.Enter(exchange.pipeline.config.name, exchange.principal->subject, 0);
  }
  counted->Reach(viewer_.body_bytes_sent());
}

void Passage::Complete() {
  auto& exchange = *attempt_;
  if (exchange.handed_over) return;  // the relay does, when the body has ended
  auto& metrics = *exchange.pipeline.metrics;
  const auto took = viewer_.started() ? std::optional(viewer_.head_sent_at() - viewer_.received_at()) : std::nullopt;
  metrics.Count(viewer_.method(), viewer_.status(), took);
  metrics.Relayed(relay::Mode::kBuffered).Increment(static_cast<double>(viewer_.body_bytes_sent()));
  CountBytes();
  if (snapshot_->config.log.access) LogAccess(Describe(viewer_, exchange));
}

}  // namespace sluice::pipeline
