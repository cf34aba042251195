// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Which requests a pipeline takes, their path apart.

#include <string>

#include "core/config/config.hpp"

namespace sluice::http {
class ServerExchange;
}

namespace sluice::pipeline {

/// By where the request came in: listener, protocol, host.
bool MatchesOrigin(const config::Match& match, const http::ServerExchange& viewer);

/// GET stands for HEAD too.
bool MatchesMethod(const config::Match& match, const std::string& method);

}  // namespace sluice::pipeline
