// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// One log line a request.

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace sluice::http {
class ServerExchange;
}

namespace sluice::pipeline {

struct Exchange;
struct Snapshot;

/// `path` as it may stand in a log. Left out are the token of a link, which is a capability, and what a pipeline or a
/// route of its endpoint captures under a name that says that it is secret (config::PathTemplate::SecretParts), whoever
/// serves the request in the end.
std::string LoggablePath(std::string_view path, const Snapshot& snapshot);

/// What the log line says; its own copy, because a body may outlive its exchange.
struct AccessRecord {
  std::string request_id;
  std::string listener;
  std::string pipeline;   ///< Empty: none matched.
  std::string principal;  ///< Empty: nobody was authenticated.
  std::string client;
  std::string method;
  std::string host;
  std::string path;
  int status = 0;
  std::uint64_t bytes = 0;            ///< Of the body, that were sent.
  std::string_view end = "complete";  ///< A constant: how the body ended (relay::NameOf).
  std::chrono::steady_clock::time_point received_at;
  std::chrono::microseconds resolve{};
  std::chrono::microseconds upstream{};
};

/// For a request that no pipeline served.
AccessRecord Describe(const http::ServerExchange& viewer, const Snapshot& snapshot);
AccessRecord Describe(const http::ServerExchange& viewer, const Exchange& exchange);

void LogAccess(const AccessRecord& record);

}  // namespace sluice::pipeline
