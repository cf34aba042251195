// SPDX-License-Identifier: MIT
#include "core/pipeline/access_log.hpp"

#include <algorithm>

#include "core/http/server.hpp"
#include "core/pipeline/exchange.hpp"
#include "core/telemetry/log.hpp"

namespace sluice::pipeline {
namespace {

constexpr std::string_view kLeftOut = "…";

bool HasSecrets(const EndpointRoute& route) { return route.path.has_secrets(); }

/// Parts of `path` that must not be logged: views into it, in any order.
std::vector<std::string_view> SecretParts(std::string_view path, const Snapshot& snapshot) {
  std::vector<std::string_view> parts;
  const auto add = [&](const config::PathTemplate& of, std::string_view where) {
    for (const auto part : of.SecretParts(where)) parts.push_back(part);
  };
  for (const auto& pipeline : snapshot.pipelines) {
    add(pipeline.path, path);
    const auto* const serve = pipeline.Find(config::Step::Kind::kServe);
    if (serve == nullptr || std::none_of(serve->routes.begin(), serve->routes.end(), HasSecrets)) continue;
    const auto match = pipeline.path.Apply(path);
    if (!match) continue;
    for (const auto& route : serve->routes) add(route.path, match->rest.empty() ? path : match->rest);
  }
  return parts;
}

}  // namespace

std::string LoggablePath(std::string_view path, const Snapshot& snapshot) {
  if (const auto link = snapshot.LinkIn(path)) {
    const auto rest = *state::AfterLinkPrefix(*link);
    const auto name = std::min(rest.find('/'), rest.size());
    return std::string(path.substr(0, path.size() - link->size()))
        .append(state::kLinkPrefix)
        .append(kLeftOut)
        .append(rest.substr(name));
  }
  auto parts = SecretParts(path, snapshot);
  std::sort(parts.begin(), parts.end(), [](auto a, auto b) { return a.data() < b.data(); });
  std::string out;
  std::size_t copied = 0;
  for (const auto part : parts) {
    const auto begin = static_cast<std::size_t>(part.data() - path.data());
    if (begin >= copied) out.append(path.substr(copied, begin - copied)).append(kLeftOut);
    copied = std::max(copied, begin + part.size());
  }
  return out.append(path.substr(copied));
}

AccessRecord Describe(const http::ServerExchange& viewer, const Snapshot& snapshot) {
  return {.request_id = std::string(viewer.request_id()),
          .listener = std::string(viewer.listener()),
          .pipeline = {},
          .principal = {},
          .client = std::string(viewer.client_ip()),
          .method = viewer.method(),
          .host = std::string(viewer.host()),
          .path = LoggablePath(viewer.path(), snapshot),
          .status = viewer.status(),
          .bytes = viewer.body_bytes_sent(),
          .received_at = viewer.received_at()};
}

AccessRecord Describe(const http::ServerExchange& viewer, const Exchange& exchange) {
  auto record = Describe(viewer, *exchange.snapshot);
  record.pipeline = exchange.pipeline.config.name;
  if (exchange.principal) record.principal = exchange.principal->subject;
  record.resolve = exchange.timings.resolve;
  record.upstream = exchange.timings.upstream;
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
