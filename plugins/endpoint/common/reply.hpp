// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Reply: a whole answer of an endpoint's.

#include <sluice/sdk/endpoint.hpp>
#include <string_view>
#include <vector>

namespace sluice::plugins::endpoint {

/// Sends `body` under `headers`, with its length, and so that no browser takes it for another type.
/// \param headers  Content-Type and what else there is to say. \returns  as sdk::ResponseWriter.
sdk::Status Reply(sdk::ResponseWriter& response, int status, std::vector<sdk::Header> headers, std::string_view body);

/// The same for JSON. \param caching  the Cache-Control field.
sdk::Status ReplyJson(sdk::ResponseWriter& response, int status, std::string_view json,
                      std::string_view caching = "no-store");

}  // namespace sluice::plugins::endpoint
