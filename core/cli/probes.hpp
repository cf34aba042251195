// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// /health, /ready and /metrics.

#include <functional>
#include <string>
#include <vector>

namespace sluice::http {
class ServerExchange;
}

namespace sluice::cli {

/// Answers a probe.
/// \param listeners  where probes are answered; empty: on every listener.
/// \param scrape     the metrics in Prometheus' text format 0.0.4.
/// \param not_ready  why the server is not ready, one reason each; none: it is. Anybody may read them.
/// \returns  whether the request was one.
bool HandleProbe(http::ServerExchange& exchange, const std::vector<std::string>& listeners,
                 const std::function<std::string()>& scrape,
                 const std::function<std::vector<std::string>()>& not_ready);

}  // namespace sluice::cli
