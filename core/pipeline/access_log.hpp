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

/// `path` as it may stand in a log: the token of a link is a capability, and is left out.
std::string LoggablePath(std::string_view path);

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

/// \param exchange  null when no pipeline matched.
AccessRecord Describe(const http::ServerExchange& viewer, const Exchange* exchange);

void LogAccess(const AccessRecord& record);

}  // namespace sluice::pipeline
