// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// How long a server wants to be left alone.

#include <chrono>
#include <sluice/sdk/host.hpp>

namespace sluice::plugins::store {

/// What Retry-After says, seconds or a date, by the host's clock. Zero: it is not there, or says nothing.
/// Source: RFC 9110 §10.2.3.
std::chrono::milliseconds RetryAfterOf(const sdk::HttpResponse& answer, const sdk::Host& host);

}  // namespace sluice::plugins::store
