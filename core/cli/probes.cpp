// SPDX-License-Identifier: MIT
#include "core/cli/probes.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "core/http/server.hpp"
#include "core/telemetry/log.hpp"

namespace sluice::cli {
namespace {

void Reply(http::ServerExchange& exchange, int status, const std::string& content_type, std::string_view body) {
  const std::array fields{sdk::Header{"Content-Type", content_type}, sdk::Header{"Cache-Control", "no-store"}};
  // A prober that is gone needs no answer.
  static_cast<void>(exchange.Reply({.status = status, .fields = fields}, body));
}

void ReplyState(http::ServerExchange& exchange, const std::vector<std::string>& not_ready) {
  if (not_ready.empty()) return Reply(exchange, 200, "application/json", R"({"status":"ok"})");
  nlohmann::ordered_json body = {{"status", "unavailable"}, {"reasons", nlohmann::ordered_json::array()}};
  for (const auto& reason : not_ready) body["reasons"].push_back(telemetry::Redact(reason));
  // What a server behind this one says may be no UTF-8.
  Reply(exchange, 503, "application/json", body.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
}

}  // namespace

bool HandleProbe(http::ServerExchange& exchange, const std::vector<std::string>& listeners,
                 const std::function<std::string()>& scrape,
                 const std::function<std::vector<std::string>()>& not_ready) {
  const auto path = exchange.path();
  if (path != "/health" && path != "/ready" && path != "/metrics") return false;
  if (!listeners.empty() && std::find(listeners.begin(), listeners.end(), exchange.listener()) == listeners.end()) {
    return false;
  }
  const auto& method = exchange.method();
  if (method != "GET" && method != "HEAD") return false;
  if (path == "/metrics") {
    Reply(exchange, 200, "text/plain; version=0.0.4; charset=utf-8", scrape());
  } else {
    // A process that answers is alive, and it only binds its listeners when everything it needs is loaded.
    ReplyState(exchange, path == "/ready" ? not_ready() : std::vector<std::string>());
  }
  return true;
}

}  // namespace sluice::cli
