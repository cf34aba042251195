// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Where a request leads whose query says more than its URL does.

#include <sluice/sdk/result.hpp>
#include <string>

#include "core/pipeline/exchange.hpp"

namespace sluice::pipeline {

/// Lets every rewriter of the pipeline in turn say what a request with a query leads to.
/// \param url  what would be fetched; replaced. `exchange.wait` becomes as long as the most patient of them wants.
/// \returns  as sdk::ManifestRewriter::Follow.
sdk::Status FollowQuery(const sdk::Call& call, Exchange& exchange, std::string& url);

}  // namespace sluice::pipeline
