// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Redirects that the fetch step neither follows nor shows: where they lead may hold a key, as signed URLs do.

#include <sluice/sdk/result.hpp>

namespace sluice::pipeline {

struct Exchange;
struct StepContext;

/// Whether `exchange.response` redirects, and its fetch step's `response_headers` do not name Location.
bool HidesRedirect(const Exchange& exchange);

/// Sends the redirect without its body, which says once more where it leads, and without Location. In a pipeline that
/// rewrites manifests, a link that leads to the same takes Location's place, as in a manifest.
sdk::Status ReplyHiddenRedirect(const StepContext& context, Exchange& exchange);

}  // namespace sluice::pipeline
