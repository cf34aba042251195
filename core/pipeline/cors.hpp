// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Cors: which pages of other sites may read what is answered (Fetch standard, "CORS protocol").

#include <sluice/sdk/types.hpp>
#include <string_view>
#include <vector>

#include "core/config/config.hpp"

namespace sluice::http {
class ServerExchange;
}

namespace sluice::pipeline {

/// A field that only CORS knows: "Access-Control-…".
bool IsCorsField(std::string_view name);

/// Whether a browser asks what it may ask.
bool IsPreflight(const http::ServerExchange& viewer);

/// What an answer to `viewer` says.
std::vector<sdk::Header> CorsFields(const config::Cors& cors, const http::ServerExchange& viewer);

/// Answers a preflight. An origin that is not allowed is told nothing, and its browser refuses.
sdk::Status ReplyPreflight(const config::Cors& cors, http::ServerExchange& viewer);

}  // namespace sluice::pipeline
