// SPDX-License-Identifier: MIT
#include "core/pipeline/access_log.hpp"

#include <algorithm>

#include "core/http/server.hpp"
#include "core/pipeline/exchange.hpp"
#include "core/telemetry/log.hpp"

namespace sluice::pipeline {

std::string LoggablePath(std::string_view path) {
  const auto rest = state::AfterLinkPrefix(path);
  if (!rest) return std::string(path);
  const auto name = std::min(rest->find('/'), rest->size());
  return std::string(state::kLinkPrefix) + "…" + std::string(rest->substr(name));
}

void LogAccess(const http::ServerExchange& viewer, const Exchange* exchange) {
  const auto total =
      std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - viewer.received_at());
  const bool matched = exchange != nullptr;
  const auto path = LoggablePath(viewer.path());
  const auto status = std::to_string(viewer.status());
  const auto bytes = std::to_string(viewer.body_bytes_sent());
  const auto total_us = std::to_string(total.count());
  const auto resolve_us = std::to_string(matched ? exchange->timings.resolve.count() : 0);
  const auto upstream_us = std::to_string(matched ? exchange->timings.upstream.count() : 0);
  telemetry::Log(telemetry::Level::kInfo, "request",
                 {{"request_id", viewer.request_id()},
                  {"listener", viewer.listener()},
                  {"pipeline", matched ? std::string_view(exchange->pipeline.config.name) : std::string_view()},
                  {"principal", matched && exchange->principal ? std::string_view(exchange->principal->subject)
                                                               : std::string_view()},
                  {"client", viewer.client_ip()},
                  {"method", viewer.request().getMethod()},
                  {"host", viewer.host()},
                  {"path", path},
                  {"status", status},
                  {"bytes", bytes},
                  {"total_us", total_us},
                  {"resolve_us", resolve_us},
                  {"upstream_us", upstream_us}});
}

}  // namespace sluice::pipeline
