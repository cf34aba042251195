// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// An upstream's whole answer, or the knowledge that it is too long.

#include <optional>
#include <sluice/sdk/host.hpp>

namespace sluice::plugins::store {

/// As HttpService::Send, which cannot tell an answer that is too long from an upstream that is away.
/// \returns  nothing: it is longer than `max_body_bytes`, and was not read further; otherwise as HttpService says.
sdk::Result<std::optional<sdk::HttpResponse>> FetchWhole(const sdk::Host& host, const sdk::Call& call,
                                                         const sdk::HttpRequest& request);

}  // namespace sluice::plugins::store
