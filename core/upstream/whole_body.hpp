// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Reading a body to its end, up to a limit.

#include <cstddef>
#include <string>
#include <string_view>

#include "core/upstream/client.hpp"

namespace sluice::upstream {

/// Reads until `text` holds `bytes` octets, or the body ends. \returns  as Body::Read.
sdk::Status ReadUpTo(Body& body, std::size_t bytes, std::string& text);

/// \param method  of the request: after HEAD the announced length is that of another body.
/// \returns  as Body::Read; kUpstreamFailed for more than `limit` octets.
sdk::Result<std::string> ReadWhole(Response& response, std::string_view method, std::size_t limit);

}  // namespace sluice::upstream
