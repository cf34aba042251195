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

AccessRecord Describe(const http::ServerExchange& viewer, const Exchange* exchange) {
  AccessRecord record{.request_id = std::string(viewer.request_id()),
                      .listener = std::string(viewer.listener()),
                      .pipeline = {},
                      .principal = {},
                      .client = std::string(viewer.client_ip()),
                      .method = viewer.request().getMethod(),
                      .host = std::string(viewer.host()),
                      .path = LoggablePath(viewer.path()),
                      .status = viewer.status(),
                      .bytes = viewer.body_bytes_sent(),
                      .received_at = viewer.received_at()};
  if (exchange == nullptr) return record;
  record.pipeline = exchange->pipeline.config.name;
  if (exchange->principal) record.principal = exchange->principal->subject;
  record.resolve = exchange->timings.resolve;
  record.upstream = exchange->timings.upstream;
  return record;
}

void LogAccess(const AccessRecord& record) {
  const auto total =
      std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - record.received_at);
  const auto status = std::to_string(record.status);
  const auto bytes = std::to_string(record.bytes);
  const auto total_us = std::to_string(total.count());
  const auto resolve_us = std::to_string(record.resolve.count());
  const auto upstream_us = std::to_string(record.upstream.count());
  telemetry::Log(telemetry::Level::kInfo, "request",
                 {{"request_id", record.request_id},
                  {"listener", record.listener},
                  {"pipeline", record.pipeline},
                  {"principal", record.principal},
                  {"client", record.client},
                  {"method", record.method},
                  {"host", record.host},
                  {"path", record.path},
                  {"status", status},
                  {"bytes", bytes},
                  {"end", record.end},
                  {"total_us", total_us},
                  {"resolve_us", resolve_us},
                  {"upstream_us", upstream_us}});
}

}  // namespace sluice::pipeline
