// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// One log line a request.

#include <string>
#include <string_view>

namespace sluice::http {
class ServerExchange;
}

namespace sluice::pipeline {

struct Exchange;

/// `path` as it may stand in a log: the token of a link is a capability, and is left out.
std::string LoggablePath(std::string_view path);

/// \param exchange  null when no pipeline matched.
void LogAccess(const http::ServerExchange& viewer, const Exchange* exchange);

}  // namespace sluice::pipeline
