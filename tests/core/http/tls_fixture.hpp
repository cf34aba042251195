// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// A certificate for "localhost", and servers that have it.

#include <string_view>

#include "tests/core/http/server_fixture.hpp"
#include "tests/fakes/nginx.hpp"

namespace sluice::http::testing {

constexpr std::string_view kRequest = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

inline const fakes::Certificates& Made() {
  static const fakes::TempFolder folder;
  static const auto made = fakes::MakeCertificates(folder, "DNS:localhost,IP:127.0.0.1");
  return made;
}

inline ServerOptions TlsOptions(std::uint32_t workers = 2) {
  auto options = SmallOptions(workers);
  options.listeners[0].tls = {.certificate = Made().certificate.string(), .private_key = Made().key.string()};
  return options;
}

/// A client whose handshake is done.
inline RawClient ConnectTls(const TestServer& server, TlsClients& clients, int receive_bytes = 0) {
  RawClient client(server.port(), {}, receive_bytes);
  EXPECT_TRUE(client.StartTls(clients));
  return client;
}

/// A handler that tells how the viewer came.
inline void SaySecure(ServerExchange& exchange) { ReplyText(exchange, exchange.secure() ? "secure" : "plain"); }

}  // namespace sluice::http::testing
