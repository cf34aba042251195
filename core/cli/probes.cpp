// SPDX-License-Identifier: MIT
#include "core/cli/probes.hpp"

#include <algorithm>
#include <array>

#include "core/http/server.hpp"

namespace sluice::cli {
namespace {

void Reply(http::ServerExchange& exchange, const std::string& content_type, std::string_view body) {
  const std::array fields{sdk::Header{"Content-Type", content_type}, sdk::Header{"Cache-Control", "no-store"}};
  static_cast<void>(exchange.Reply({.status = 200, .fields = fields}, body));  // a prober that is gone needs no answer
}

}  // namespace

bool HandleProbe(http::ServerExchange& exchange, const std::vector<std::string>& listeners,
                 const std::function<std::string()>& scrape) {
  const auto path = exchange.path();
  if (path != "/health" && path != "/ready" && path != "/metrics") return false;
  if (!listeners.empty() && std::find(listeners.begin(), listeners.end(), exchange.listener()) == listeners.end()) {
    return false;
  }
  const auto& method = exchange.method();
  if (method != "GET" && method != "HEAD") return false;
  if (path == "/metrics") {
    Reply(exchange, "text/plain; version=0.0.4; charset=utf-8", scrape());
  } else {
    // A process that answers is alive, and it only binds its listeners when everything it needs is loaded.
    Reply(exchange, "application/json", R"({"status":"ok"})");
  }
  return true;
}

}  // namespace sluice::cli
