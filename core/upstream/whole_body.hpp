// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Reading bodies to their end, up to a limit.

#include <chrono>
#include <cstddef>
#include <sluice/sdk/services.hpp>
#include <string>
#include <string_view>

#include "core/upstream/client.hpp"

namespace sluice::upstream {

/// Longest that a whole body may take to come: a thread waits for it. Streams have no such limit.
inline constexpr std::chrono::seconds kLongestRead{60};

/// Reads until `text` holds `bytes` octets, or the body ends. \returns  as Body::Read; kDeadlineExceeded past
/// `longest`.
sdk::Status ReadUpTo(Body& body, std::size_t bytes, std::string& text,
                     std::chrono::milliseconds longest = kLongestRead);

/// The response with its body. \param method  of the request: after HEAD the announced length is that of another body.
/// \returns  as Body::Read; kUpstreamFailed for more than `limit` octets.
sdk::Result<sdk::HttpResponse> ReadWhole(Response response, std::string_view method, std::size_t limit);

}  // namespace sluice::upstream
