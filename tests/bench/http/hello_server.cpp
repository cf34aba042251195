// SPDX-License-Identifier: MIT
// The HTTP server with the shortest handler, for load generators: `http_hello <address> <workers>`, until stdin ends.
#include <prometheus/registry.h>

#include <cstdio>
#include <cstdlib>

#include "core/http/server.hpp"

int main(int argc, char** argv) {
  sluice::http::ServerOptions options;
  options.listeners = {{.name = "main", .address = argc > 1 ? argv[1] : "127.0.0.1:0"}};
  options.workers = argc > 2 ? static_cast<std::uint32_t>(std::strtoul(argv[2], nullptr, 10)) : 8;
  prometheus::Registry registry;
  const auto hello = [](sluice::http::ServerExchange& exchange) {
    const std::array fields{sluice::sdk::Header{"Content-Type", "text/plain"}};
    // A client that is gone needs no answer.
    [[maybe_unused]] const auto status = exchange.Reply({.fields = fields}, "hello\n");
  };
  sluice::http::Server server(options, hello, registry);
  if (const auto faults = server.Start(); !faults.empty()) {
    std::fprintf(stderr, "%s\n", faults.front().message.c_str());
    return 2;
  }
  std::printf("%d\n", server.Port("main"));
  std::fflush(stdout);
  while (std::getchar() != EOF) continue;
  return server.Drain(std::chrono::seconds(5)) ? 0 : 1;
}
