// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Engine: takes each request through the first pipeline that matches it.

#include <memory>
#include <mutex>
#include <string_view>

#include "core/pipeline/admission.hpp"
#include "core/pipeline/snapshot.hpp"
#include "core/pipeline/steps.hpp"

namespace sluice::pipeline {

/// Threads: [any].
class Engine {
 public:
  /// Lives as long as the last request.
  explicit Engine(StepContext context) : context_(context) { context_.admission = &admission_; }

  /// Later requests use `snapshot`; those under way keep theirs.
  /// The first one says how many workers there are.
  void Swap(std::shared_ptr<const Snapshot> snapshot);
  /// Null before the first Swap and after Close.
  std::shared_ptr<const Snapshot> snapshot() const;
  /// Lets go of the snapshot, while what its components may still ask for is there. \pre  no request is under way.
  void Close();

  /// Serves one request: reply, log line, metrics. It may be suspended meanwhile.
  void Handle(http::ServerExchange& viewer);

  /// Log line and metrics of what the HTTP server has refused.
  void Refused(const http::RefusedRequest& refused) const;

 private:
  /// \param path  of the link.
  void HandleLink(http::ServerExchange& viewer, const std::shared_ptr<const Snapshot>& snapshot, std::string_view path);

  Admission admission_;
  StepContext context_;
  // Not atomic<shared_ptr>: load() of libstdc++ 12 lets go of its lock with relaxed order, which is a data race.
  mutable std::mutex mutex_;
  std::shared_ptr<const Snapshot> snapshot_;
};

}  // namespace sluice::pipeline
