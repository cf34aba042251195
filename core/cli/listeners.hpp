// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// What the HTTP server is told of the configuration.

#include <vector>

#include "core/config/config.hpp"
#include "core/http/server.hpp"

namespace sluice::cli {

http::ServerOptions ServerOptionsOf(const config::Config& config);

/// Adds a fault for each certificate or key that its listener could not use if the server started now.
void CheckCertificates(const config::Config& config, config::Faults& faults);

/// Says where in the configuration it is that keeps a server made by ServerOptionsOf from starting.
void AddStartFaults(const config::Config& config, const std::vector<http::StartFault>& found, config::Faults& faults);

}  // namespace sluice::cli
