// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Passage: the way of one request, from pipeline to pipeline and from step to step, with or without a thread.

#include <memory>
#include <optional>
#include <vector>

#include "core/http/server.hpp"
#include "core/pipeline/admission.hpp"
#include "core/pipeline/allowed_methods.hpp"
#include "core/pipeline/exchange.hpp"
#include "core/pipeline/snapshot.hpp"
#include "core/pipeline/steps.hpp"

namespace sluice::pipeline {

/// Belongs to the worker that runs it, and while the request is suspended to the HTTP server. Threads: one at a time.
class Passage final : public http::Continuation {
 public:
  /// Through whichever pipelines match. \param context  outlives this, and so does `viewer`.
  Passage(const StepContext& context, std::shared_ptr<const Snapshot> snapshot, http::ServerExchange& viewer);
  /// By a link, which belongs to one pipeline.
  Passage(const StepContext& context, std::shared_ptr<const Snapshot> snapshot, http::ServerExchange& viewer,
          const Pipeline& pipeline, state::LinkTarget link);

  /// Goes as far as it can: to the reply, or until the request is suspended.
  static void Start(std::unique_ptr<Passage> self);
  void Resume(std::unique_ptr<http::Continuation> self) override;

 private:
  /// How an attempt with one pipeline ended.
  enum class Outcome { kDone, kNextPipeline, kSuspended };

  static void Run(std::unique_ptr<Passage> self);
  /// Lets it wait until fewer requests are at work, or refuses it when it has waited for long.
  static void Queue(std::unique_ptr<Passage> self);
  /// Turns to the next pipeline that takes the request. \returns false: there is none, and `attempt_` is the last.
  bool TakeNext();
  Outcome RunAttempt();
  /// \returns  nothing: the attempt goes on.
  std::optional<Outcome> AfterFailure(const Step& step, sdk::Error error);
  sdk::Result<Flow> RunStep(const Step& step);
  Outcome DeliverResponse();
  /// For the principal's account: what had no stream as well, such as manifests and answers of endpoints.
  void CountBytes();
  void ReplyNothingMatches();
  void Complete();

  const StepContext& context_;
  const std::shared_ptr<const Snapshot> snapshot_;
  http::ServerExchange& viewer_;
  std::size_t next_pipeline_ = 0;
  Admission::Ticket ticket_;
  std::optional<std::chrono::steady_clock::time_point> queued_until_;
  AllowedMethods allowed_;  ///< By pipelines that take the path, but not the method.
  std::vector<const Pipeline*> tried_;
  std::optional<Exchange> attempt_;
  std::size_t next_step_ = 0;
};

/// The error's reply. A viewer that is gone needs none.
void ReplyFailure(http::ServerExchange& viewer, const sdk::Error& error);

}  // namespace sluice::pipeline
