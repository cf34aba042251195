// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Reading bodies to their end, up to a limit.

#include <chrono>
#include <cstddef>
#include <optional>
#include <sluice/sdk/services.hpp>
#include <string>
#include <string_view>

#include "core/upstream/client.hpp"

namespace sluice::upstream {

/// Longest that a whole body may take to come: a thread waits for it. Streams have no such limit.
inline constexpr std::chrono::seconds kLongestRead{60};

/// What is said of a body that takes longer than that.
sdk::Error TooLate();

/// Reads until `text` holds `bytes` octets, or the body ends. \returns  as Body::Read; kDeadlineExceeded past
/// `longest`.
sdk::Status ReadUpTo(Body& body, std::size_t bytes, std::string& text,
                     std::chrono::milliseconds longest = kLongestRead);
/// As ReadUpTo, but waits for nobody, and for as long as you like. \returns  nothing: wait for the body's awaited().
std::optional<sdk::Status> ReadNowUpTo(Body& body, std::size_t bytes, std::string& text);

/// The response with its body. \param method  of the request: after HEAD the announced length is that of another body.
/// \returns  as Body::Read; kUpstreamFailed for more than `limit` octets.
sdk::Result<sdk::HttpResponse> ReadWhole(Response response, std::string_view method, std::size_t limit);

}  // namespace sluice::upstream
