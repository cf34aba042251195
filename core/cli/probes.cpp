// SPDX-License-Identifier: MIT
#include "core/cli/probes.hpp"

#include <Poco/Net/HTTPResponse.h>

#include <algorithm>

#include "core/http/server.hpp"

namespace sluice::cli {
namespace {

void Reply(http::ServerExchange& exchange, const std::string& content_type, std::string_view body) {
  Poco::Net::HTTPResponse head(Poco::Net::HTTPResponse::HTTP_OK);
  head.setContentType(content_type);
  head.set("Cache-Control", "no-store");
  static_cast<void>(exchange.Reply(head, body));  // a prober that is gone needs no answer
}

}  // namespace

bool HandleProbe(http::ServerExchange& exchange, const std::vector<std::string>& listeners,
                 const std::function<std::string()>& scrape) {
  const auto path = exchange.path();
  if (path != "/health" && path != "/ready" && path != "/metrics") return false;
  if (!listeners.empty() && std::find(listeners.begin(), listeners.end(), exchange.listener()) == listeners.end()) {
    return false;
  }
  const auto& method = exchange.request().getMethod();
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
