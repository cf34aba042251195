// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <future>

#include "tests/core/http/raw_client.hpp"
#include "tests/core/relay/gateway.hpp"
#include "tests/fakes/faulty_origin.hpp"
#include "tests/fakes/nginx.hpp"

namespace sluice::relay {
namespace {

using namespace std::chrono_literals;
using fakes::FaultyOrigin;
using http::testing::RawClient;
using testing::Gateway;
using testing::Head;
using testing::Pattern;

TEST(RelayTlsTest, AClientThatSendsButDoesNotReadIsGivenUp) {
  const fakes::TempFolder folder;
  const auto made = fakes::MakeCertificates(folder, "DNS:localhost,IP:127.0.0.1");
  FaultyOrigin origin([](FaultyOrigin::Peer& peer) {
    peer.ReadHead();
    if (!peer.Send(Head(1'000'000'000))) return;
    const auto piece = Pattern(1'000'000);
    while (peer.Send(piece)) {
    }
  });
  Gateway gateway(
      {.origin = origin.url(),
       .write_timeout = 300ms,
       .tls = net::CertificateFiles{.certificate = made.certificate.string(), .private_key = made.key.string()}});
  http::testing::TlsClients clients(made.ca.string(), TLS1_3_VERSION);
  RawClient client(gateway.port(), {}, 4096);
  ASSERT_TRUE(client.StartTls(clients));
  client.Send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");

  auto ended = std::async(std::launch::async, [&] { return gateway.ResultOf(0).end; });
  while (ended.wait_for(20ms) != std::future_status::ready) client.Send("x");  // which is progress of nothing

  EXPECT_EQ(ended.get(), End::kClientStalled);
}

}  // namespace
}  // namespace sluice::relay
