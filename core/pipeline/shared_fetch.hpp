// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Fetching what many viewers ask for at one time: the small things around a stream, once for all of them.

#include "core/pipeline/steps.hpp"

namespace sluice::pipeline {

/// Whether the source is one that a step of the pipeline rewrites, as far as its link or its URL tells.
bool LooksLikeManifest(const Exchange& exchange);

/// Whether FetchShared asks the cache of small things.
bool IsShared(const Exchange& exchange);

/// As upstream::Client::Fetch, under `exchange.fetch_call`. In a pipeline with a rewrite step, manifests, keys and init
/// segments go through the cache of small things; what comes from there is a body in memory.
sdk::Result<upstream::Response> FetchShared(const StepContext& context, const Exchange& exchange,
                                            const upstream::Request& request);

}  // namespace sluice::pipeline
