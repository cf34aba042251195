// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Engine: takes each request through the first pipeline that matches it.

#include <memory>
#include <mutex>

#include "core/pipeline/exchange.hpp"
#include "core/pipeline/snapshot.hpp"
#include "core/pipeline/steps.hpp"

namespace sluice::pipeline {

/// Threads: [any].
class Engine {
 public:
  explicit Engine(StepContext context) : context_(context) {}

  /// Later requests use `snapshot`; those under way keep theirs.
  void Swap(std::shared_ptr<const Snapshot> snapshot) { snapshot_.store(std::move(snapshot)); }
  std::shared_ptr<const Snapshot> snapshot() const { return snapshot_.load(); }

  /// Serves one request to its end: reply, log line, metrics.
  void Handle(http::ServerExchange& viewer);

 private:
  /// How an attempt with one pipeline ended.
  enum class Outcome { kDone, kNextPipeline };

  void HandleLink(http::ServerExchange& viewer, const std::shared_ptr<const Snapshot>& snapshot);
  Outcome Run(Exchange& exchange);
  sdk::Result<Flow> RunStep(const Step& step, Exchange& exchange);
  /// For the principal's account: what had no stream as well, such as manifests and answers of endpoints.
  void CountBytes(Exchange& exchange);
  void Complete(Exchange& exchange);

  const StepContext context_;
  std::atomic<std::shared_ptr<const Snapshot>> snapshot_;
};

}  // namespace sluice::pipeline
