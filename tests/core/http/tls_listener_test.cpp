// SPDX-License-Identifier: MIT
// Listeners with a certificate: what they start with, whom they take, what they tell; real clients.
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <utility>

#include "tests/core/http/tls_fixture.hpp"

namespace sluice::http::testing {
namespace {

/// A certificate file that is many times as long as what a small socket takes.
std::string WithLongChain(const fakes::TempFolder& folder) {
  const auto text_of = [](const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
  };
  auto text = text_of(Made().certificate);
  const auto ca = text_of(Made().ca);
  for (int i = 0; i < 200; ++i) text += ca;
  return folder.Write("chain.pem", text).string();
}

/// The descriptor at the other end, which is in this process. \returns -1 when there is none.
int ServerEndOf(const RawClient& client) {
  const auto same = [](const sockaddr_in& a, const sockaddr_in& b) {
    return a.sin_port == b.sin_port && a.sin_addr.s_addr == b.sin_addr.s_addr;
  };
  sockaddr_in own{};
  socklen_t size = sizeof own;
  ::getsockname(client.fd(), reinterpret_cast<sockaddr*>(&own), &size);
  for (int fd = 0; fd < 1024; ++fd) {
    sockaddr_in peer{};
    size = sizeof peer;
    if (::getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &size) == 0 && same(own, peer)) return fd;
  }
  return -1;
}

TEST(TlsListenerTest, AFlightThatDoesNotFitIsSentWhenThereIsRoom) {
  const fakes::TempFolder folder;
  auto options = TlsOptions(1);
  options.listeners[0].tls->certificate = WithLongChain(folder);
  TestServer server(Hello, options);
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    TlsClients clients(Made().ca.string(), version);
    ::SSL_CTX_set_max_cert_list(clients.context(), 16 << 20);
    RawClient slow(server.port(), {}, 4096);
    ASSERT_TRUE(Eventually([&] { return ServerEndOf(slow) >= 0; }));
    const int small = 4096;
    ASSERT_EQ(::setsockopt(ServerEndOf(slow), SOL_SOCKET, SO_SNDBUF, &small, sizeof small), 0);
    EXPECT_TRUE(slow.StartTls(clients));
    EXPECT_EQ(slow.Get("/").body, "hello");
  }
}

TEST(TlsListenerTest, AClientThatAsksAndDoesNotReadHoldsNoWorker) {
  const Greed greed;
  TestServer server(greed.handler(), TlsOptions(1));
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    TlsClients clients(Made().ca.string(), version);
    RawClient greedy(server.port(), {}, 4096);
    ASSERT_TRUE(greedy.StartTls(clients));
    const int before = server.handled;
    ASSERT_TRUE(greedy.Send(Greed::Requests()));
    ASSERT_TRUE(Eventually([&] { return server.handled > before && server.server.parked() == 1; }));
    EXPECT_LT(server.handled - before, Greed::kRequests);

    EXPECT_EQ(ConnectTls(server, clients).Get("/").body, "hello") << "by the only worker";

    EXPECT_EQ(greed.Read(greedy), Greed::kRequests);
    EXPECT_TRUE(greedy.ReadsEnd());
  }
}

TEST(TlsListenerTest, TakesKeyUpdatesInTheMiddleOfAConnection) {
  TlsClients clients(Made().ca.string(), TLS1_3_VERSION);
  TestServer server(Hello, TlsOptions());
  auto client = ConnectTls(server, clients);

  EXPECT_EQ(client.Get("/").body, "hello");
  ASSERT_EQ(::SSL_key_update(client.ssl(), SSL_KEY_UPDATE_REQUESTED), 1);
  EXPECT_EQ(client.Get("/").body, "hello");
}

TEST(TlsListenerTest, DoesNotRenegotiate) {
  TlsClients clients(Made().ca.string(), TLS1_2_VERSION);
  TestServer server(Hello, TlsOptions());
  auto client = ConnectTls(server, clients);

  ASSERT_EQ(::SSL_renegotiate(client.ssl()), 1);

  EXPECT_NE(::SSL_do_handshake(client.ssl()), 1);
  EXPECT_EQ(server.handled, 0);
}

TEST(TlsListenerTest, ClosesOnWhoeverSpeaksNoTls) {
  TestServer server(Hello, TlsOptions());
  auto client = server.Connect();

  client.Send(kRequest);
  bool closed = false;
  client.ReadToEnd(closed);

  EXPECT_TRUE(closed);
  EXPECT_EQ(server.handled, 0);
  EXPECT_TRUE(Eventually([&] { return server.Metric("sluice_http_tls_handshakes_total", "failed") == 1; }));
}

TEST(TlsListenerTest, ConnectionsPastTheLimitAreClosed) {
  TlsClients clients(Made().ca.string(), TLS1_3_VERSION);
  auto options = TlsOptions();
  options.listeners[0].max_connections = 1;
  TestServer server(Hello, options);
  auto first = ConnectTls(server, clients);

  auto second = server.Connect();

  EXPECT_TRUE(second.ReadsEnd()) << "plain text would be nonsense to it";
  EXPECT_EQ(first.Get("/").body, "hello");
}

TEST(TlsListenerTest, StandsBesideAPlainOne) {
  auto options = TlsOptions();
  options.listeners.push_back({.name = "plain", .address = "127.0.0.1:0"});
  TestServer server(SaySecure, options);

  EXPECT_EQ(RawClient(server.server.Port("plain")).Get("/").body, "plain");
}

TEST(TlsListenerTest, DoesNotStartWithoutItsCertificateAndItsKey) {
  auto options = TlsOptions();
  options.listeners[0].tls = {.certificate = "/nowhere/at/all.pem", .private_key = "/nowhere/at/all.key"};
  prometheus::Registry registry;
  Server server(options, Hello, registry);

  const auto faults = server.Start();

  ASSERT_EQ(faults.size(), 2U);
  EXPECT_EQ(faults[0].at, StartFault::At::kCertificate);
  EXPECT_EQ(faults[1].at, StartFault::At::kPrivateKey);
  for (const auto& fault : faults) {
    EXPECT_EQ(fault.listener, "main");
    EXPECT_EQ(fault.message, "cannot be read: No such file or directory");
  }
}

TEST(SecureTest, ATrustedProxyTellsHowTheViewerCame) {
  auto options = SmallOptions();
  options.trusted_proxies = {"127.0.0.1"};
  TestServer server(SaySecure, options);
  const auto ask = [&](const std::string& source, const std::string& fields) {
    RawClient client(server.port(), source);
    client.Send("GET / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n");
    return client.Read().body;
  };

  EXPECT_EQ(ask("127.0.0.1", "X-Forwarded-Proto: https\r\n"), "secure");
  EXPECT_EQ(ask("127.0.0.1", "X-Forwarded-Proto: HTTPS , https\r\n"), "secure");
  EXPECT_EQ(ask("127.0.0.1", "X-Forwarded-Proto: https, http\r\n"), "plain") << "one hop was not";
  EXPECT_EQ(ask("127.0.0.1", "X-Forwarded-Proto: https\r\nX-Forwarded-Proto: http\r\n"), "plain");
  EXPECT_EQ(ask("127.0.0.1", ""), "plain");
  EXPECT_EQ(ask("127.0.0.2", "X-Forwarded-Proto: https\r\n"), "plain") << "anybody can say so";
}

/// What a program writes, and its exit code.
std::pair<std::string, int> OutputOf(const std::string& command) {
  auto* const pipe = ::popen(command.c_str(), "r");
  std::string output;
  std::array<char, 4096> octets;
  for (std::size_t got = 0; (got = std::fread(octets.data(), 1, octets.size(), pipe)) > 0;) {
    output.append(octets.data(), got);
  }
  return {output, ::pclose(pipe)};
}

TEST(RealTlsClientTest, CurlAndOpensslAreServed) {
  TestServer server(
      [](ServerExchange& exchange) {
        const auto body = exchange.ReadBody(std::size_t{1} << 24U);
        ReplyText(exchange, body ? "got " + std::to_string(body->size()) : body.error().message);
      },
      TlsOptions());
  const auto port = std::to_string(server.port());
  const auto curl = "curl -sS --max-time 20 --cacert " + Made().ca.string() + " --resolve localhost:" + port +
                    ":127.0.0.1 https://localhost:" + port + "/ ";

  EXPECT_EQ(OutputOf(curl + "--tlsv1.3").first, "got 0");
  EXPECT_EQ(OutputOf(curl + "--tls-max 1.2").first, "got 0");
  EXPECT_EQ(OutputOf("head -c 2000000 /dev/zero | " + curl + "--data-binary @-").first, "got 2000000");
  EXPECT_NE(OutputOf(curl + "--tls-max 1.1 2>&1").second, 0);
  const auto shaken = OutputOf("echo | openssl s_client -connect 127.0.0.1:" + port + " -CAfile " + Made().ca.string() +
                               " -verify_hostname localhost -tls1_3 2>&1");
  EXPECT_NE(shaken.first.find("Verify return code: 0 (ok)"), std::string::npos) << shaken.first;
}

}  // namespace
}  // namespace sluice::http::testing
