// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Fetching what many viewers ask for at one time: the small things around a stream, once for all of them.

#include <memory>
#include <optional>

#include "core/pipeline/steps.hpp"
#include "core/upstream/fetching.hpp"
#include "core/upstream/small_fetching.hpp"

namespace sluice::pipeline {

/// Whether the source is one that a step of the pipeline rewrites, as far as its link or its URL tells.
bool LooksLikeManifest(const Exchange& exchange);

/// A request under way, of the exchange's own or along with others'. In a pipeline with a rewrite step, manifests, keys
/// and init segments go through the cache of small things; what comes from there is a body in memory.
/// Threads: one at a time.
class Fetching {
 public:
  /// Under `exchange.fetch_call`. \param request  outlives this, and so does everything else.
  Fetching(const StepContext& context, const Exchange& exchange, const upstream::Request& request);

  /// As upstream::Fetching::Advance.
  std::optional<sdk::Result<upstream::Response>> Advance(upstream::Wait wait = upstream::Wait::kReady);
  /// \pre  the last Advance returned nothing.
  upstream::Awaited awaited() const { return own_ ? own_->awaited() : shared_->awaited(); }

 private:
  // One of them.
  std::unique_ptr<upstream::Fetching> own_;
  std::unique_ptr<upstream::SmallFetching> shared_;
};

}  // namespace sluice::pipeline
