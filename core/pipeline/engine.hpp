// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Engine: takes each request through the first pipeline that matches it.

#include <atomic>
#include <memory>

#include "core/pipeline/snapshot.hpp"
#include "core/pipeline/steps.hpp"

namespace sluice::pipeline {

/// Threads: [any].
class Engine {
 public:
  /// Lives as long as the last request.
  explicit Engine(StepContext context) : context_(context) {}

  /// Later requests use `snapshot`; those under way keep theirs.
  void Swap(std::shared_ptr<const Snapshot> snapshot) { snapshot_.store(std::move(snapshot)); }
  std::shared_ptr<const Snapshot> snapshot() const { return snapshot_.load(); }

  /// Serves one request: reply, log line, metrics. It may be suspended meanwhile.
  void Handle(http::ServerExchange& viewer);

 private:
  void HandleLink(http::ServerExchange& viewer, const std::shared_ptr<const Snapshot>& snapshot);

  const StepContext context_;
  std::atomic<std::shared_ptr<const Snapshot>> snapshot_;
};

}  // namespace sluice::pipeline
