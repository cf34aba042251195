// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Accounting: for whom something is fetched, what they get of it, and that they may be cut off.

#include <cstdint>
#include <sluice/sdk/result.hpp>
#include <string>
#include <string_view>

namespace sluice::pipeline {

struct Exchange;
struct StepContext;

/// What the path captured as {hash}: an info hash, 40 lower-case hex digits. Empty: nothing of the kind.
std::string HashOf(const Exchange& exchange);

/// What a revoked principal is told.
sdk::Error Revoked();

/// What is said of the stream that is one too many. \param whose  behind "streams at once".
sdk::Error TooManyStreams(std::uint32_t limit, std::string_view whose = {});

/// Counts the response as one of its principal's, once, if it has one.
/// \returns  kRateLimited: they have as many as they may; kPermissionDenied: they were revoked.
sdk::Status CountResponse(const StepContext& context, Exchange& exchange);

/// The body is about to be sent: begins the record of it, if the principal's auth backend wants one.
void RecordUsage(const StepContext& context, Exchange& exchange);

}  // namespace sluice::pipeline
