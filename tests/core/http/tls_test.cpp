// SPDX-License-Identifier: MIT
// Connections that speak TLS: handshakes, records that arrive otherwise than requests, ends, sessions.
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>
#include <future>
#include <mutex>
#include <vector>

#include "core/http/detached_response.hpp"
#include "core/http/error_reply.hpp"
#include "tests/core/http/tls_fixture.hpp"

namespace sluice::http::testing {
namespace {

using namespace std::chrono_literals;

/// Every test in TLS 1.2 and in TLS 1.3.
class TlsTest : public ::testing::TestWithParam<int> {
 protected:
  RawClient Connect(const TestServer& server, int receive_bytes = 0) {
    return ConnectTls(server, clients_, receive_bytes);
  }

  TlsClients clients_{Made().ca.string(), GetParam()};
};

INSTANTIATE_TEST_SUITE_P(, TlsTest, ::testing::Values(TLS1_2_VERSION, TLS1_3_VERSION),
                         [](const ::testing::TestParamInfo<int>& version) {
                           return version.param == TLS1_2_VERSION ? "Tls12" : "Tls13";
                         });

/// Everything sent meanwhile leaves in one segment.
class Corked {
 public:
  explicit Corked(const RawClient& client) : fd_(client.fd()) { Set(1); }
  ~Corked() { Set(0); }
  Corked(const Corked&) = delete;
  Corked& operator=(const Corked&) = delete;

 private:
  void Set(int on) { ::setsockopt(fd_, IPPROTO_TCP, TCP_CORK, &on, sizeof on); }
  const int fd_;
};

TEST_P(TlsTest, ServesOneRequestAfterTheOther) {
  TestServer server(SaySecure, TlsOptions());
  auto client = Connect(server);

  EXPECT_EQ(client.Get("/").body, "secure");
  ASSERT_TRUE(Eventually([&] { return server.server.parked() == 1; }));
  EXPECT_EQ(client.Get("/").body, "secure");
  EXPECT_EQ(server.Metric("sluice_http_tls_handshakes_total", "full"), 1);
}

TEST_P(TlsTest, HandshakesThatStopHalfWayHoldNoWorker) {
  TestServer server(Hello, TlsOptions(1));
  std::vector<RawClient> stuck;
  for (int i = 0; i < 20; ++i) {
    stuck.push_back(server.Connect());
    stuck.back().Send("\x16\x03\x01\x02");  // the start of a record
  }

  EXPECT_EQ(Connect(server).Get("/").body, "hello");
}

TEST_P(TlsTest, AHandshakeHasATimeLimit) {
  auto options = TlsOptions();
  options.head_timeout = 100ms;
  TestServer server(Hello, options);
  auto silent = server.Connect();
  auto slow = server.Connect();
  EXPECT_TRUE(Eventually([&] {
    slow.Send("\x16");
    return slow.ReadableWithin(5ms);
  })) << "however busy it is";

  EXPECT_TRUE(silent.ReadsEnd());
  EXPECT_TRUE(Eventually([&] { return server.Metric("sluice_http_tls_handshakes_total", "timeout") == 1; }))
      << "the silent one; the other sent no TLS";
  EXPECT_EQ(server.Metric("sluice_http_timeouts_total", "handshake"), 1);
  EXPECT_EQ(server.handled, 0);
}

TEST_P(TlsTest, EveryHeadHasATimeLimitOfItsOwnAfterTheHandshake) {
  auto options = TlsOptions();
  options.head_timeout = 100ms;
  TestServer server(Hello, options);
  auto client = Connect(server);

  client.Send("GET / HTTP/1.1\r\n");

  EXPECT_EQ(client.Read().status, 408);
  EXPECT_TRUE(client.ReadsEnd());
  EXPECT_TRUE(client.ended_in_order());
}

TEST_P(TlsTest, AHeadInSeveralRecordsOfOneSegmentIsWhole) {
  TestServer server(Hello, TlsOptions());
  auto client = Connect(server);

  for (int i = 0; i < 3; ++i) {
    {
      const Corked corked(client);
      for (std::size_t at = 0; at < kRequest.size(); at += 5) client.Send(kRequest.substr(at, 5));
    }
    EXPECT_EQ(client.Read().body, "hello");
  }
}

TEST_P(TlsTest, RequestsInOneRecordAreAllServed) {
  TestServer server(Hello, TlsOptions());
  auto client = Connect(server);

  client.Send(std::string(kRequest) + std::string(kRequest) + std::string(kRequest.substr(0, 9)));
  EXPECT_EQ(client.Read().body, "hello");
  EXPECT_EQ(client.Read().body, "hello");
  client.Send(kRequest.substr(9));
  EXPECT_EQ(client.Read().body, "hello");
}

TEST_P(TlsTest, LargeBodiesPassBothWays) {
  TestServer server(
      [](ServerExchange& exchange) {
        const auto body = exchange.ReadBody(std::size_t{1} << 24U);
        ASSERT_TRUE(body) << body.error().message;
        ReplyText(exchange, *body);
      },
      TlsOptions());
  auto client = Connect(server, 4096);
  std::string body(3'000'000, 'x');
  for (std::size_t i = 0; i < body.size(); i += 1000) body[i] = static_cast<char>('a' + i / 1000 % 26);

  client.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n");
  client.Send(body);
  const auto reply = client.Read();

  EXPECT_TRUE(reply.complete);
  EXPECT_EQ(reply.body, body);
}

TEST_P(TlsTest, HeadAndShortBodyLeaveInOneRecord) {
  TestServer server(Hello, TlsOptions());
  auto client = Connect(server);

  client.Send(kRequest);

  EXPECT_TRUE(client.ReadSome().ends_with("hello"));
}

TEST_P(TlsTest, AChunkedBodyInManyRecordsIsWhole) {
  TestServer server(
      [](ServerExchange& exchange) {
        const auto body = exchange.ReadBody(std::size_t{1} << 20U);
        ReplyText(exchange, body ? *body : body.error().message);
      },
      TlsOptions());
  auto client = Connect(server);
  {
    const Corked corked(client);
    client.Send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < 100; ++i) client.Send("3\r\nabc\r\n");
    client.Send("0\r\n\r\n");
  }

  EXPECT_EQ(client.Read().body.size(), 300U);
}

TEST_P(TlsTest, AnUnwantedBodyIsDroppedAndTheConnectionKept) {
  TestServer server(Hello, TlsOptions());
  auto client = Connect(server);

  client.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 40000\r\n\r\n" + std::string(10, 'x'));
  EXPECT_EQ(client.Read().body, "hello");
  {
    const Corked corked(client);
    for (int i = 0; i < 39; ++i) client.Send(std::string(1000, 'x'));
    client.Send(std::string(990, 'x') + std::string(kRequest));
  }
  EXPECT_EQ(client.Read().body, "hello");
}

TEST_P(TlsTest, ClosesInOrder) {
  TestServer server(Hello, TlsOptions());
  auto asked = Connect(server);
  asked.Send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(asked.Read().body, "hello");
  EXPECT_TRUE(asked.ReadsEnd());
  EXPECT_TRUE(asked.ended_in_order());

  auto refused = Connect(server);
  refused.Send("GET / HTTP/1.1\nHost: a\n\n");
  EXPECT_EQ(refused.Read().status, 400);
  EXPECT_TRUE(refused.ReadsEnd());
  EXPECT_TRUE(refused.ended_in_order()) << "though octets may still come";
}

TEST_P(TlsTest, ABodyThatBreaksOffDoesNotEndInOrder) {
  TestServer server(
      [](ServerExchange& exchange) {
        ASSERT_TRUE(exchange.Start({}));
        ASSERT_TRUE(exchange.Write(sdk::AsBytes("half")));
      },
      TlsOptions());
  auto client = Connect(server);

  client.Send("GET / HTTP/1.0\r\n\r\n");
  bool closed = false;
  const auto received = client.ReadToEnd(closed);

  EXPECT_TRUE(closed);
  EXPECT_FALSE(client.ended_in_order()) << "the close is what ends this body";
}

TEST_P(TlsTest, AClientThatCutsItsBodyOffIsGone) {
  std::promise<sdk::Errc> ended;
  TestServer server(
      [&](ServerExchange& exchange) {
        const auto body = exchange.ReadBody(std::size_t{100});
        ended.set_value(body ? sdk::Errc::kInternal : body.error().code);
      },
      TlsOptions());
  auto client = Connect(server);

  client.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n12345");
  client.Close();

  EXPECT_EQ(ended.get_future().get(), sdk::Errc::kCancelled);
  EXPECT_TRUE(Eventually([&] { return server.server.connections() == 0; }));
}

TEST_P(TlsTest, AClientThatVanishesEndsNothingButItsResponse) {
  std::promise<sdk::Errc> ended;
  TestServer server([&](ServerExchange& exchange) { ended.set_value(WriteUntilError(exchange)); }, TlsOptions());
  auto client = Connect(server);

  client.Send(kRequest);
  EXPECT_FALSE(client.ReadSome().empty());
  client.Close();

  EXPECT_EQ(ended.get_future().get(), sdk::Errc::kCancelled);
}

TEST_P(TlsTest, AClientThatNeverReadsTimesOut) {
  auto options = TlsOptions();
  options.write_timeout = 100ms;
  std::promise<sdk::Errc> ended;
  TestServer server([&](ServerExchange& exchange) { ended.set_value(WriteUntilError(exchange)); }, options);
  auto client = Connect(server, 4096);

  client.Send(kRequest);

  EXPECT_EQ(ended.get_future().get(), sdk::Errc::kDeadlineExceeded);
}

TEST_P(TlsTest, ABodyThatComesTooSlowlyIsARequestTimeout) {
  auto options = TlsOptions();
  options.body_timeout = 80ms;
  TestServer server(
      [](ServerExchange& exchange) {
        const auto body = exchange.ReadBody(std::size_t{100});
        ASSERT_FALSE(body);
        ASSERT_TRUE(ReplyError(exchange, body.error()));
      },
      options);
  auto client = Connect(server);

  client.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n12345");

  EXPECT_EQ(client.Read().status, 408);
  EXPECT_TRUE(client.ReadsEnd());
}

TEST_P(TlsTest, ResumesSessions) {
  TestServer server(Hello, TlsOptions());
  auto first = Connect(server);
  EXPECT_EQ(first.Get("/").body, "hello");
  ::SSL_shutdown(first.ssl());  // the client's OpenSSL resumes no session that was cut

  auto again = server.Connect();
  ASSERT_TRUE(again.StartTls(clients_, true));

  EXPECT_EQ(again.Get("/").body, "hello");
  EXPECT_EQ(::SSL_session_reused(again.ssl()), 1);
  EXPECT_EQ(server.Metric("sluice_http_tls_handshakes_total", "resumed"), 1);
}

TEST_P(TlsTest, DrainingSaysGoodbyeToWhoIsIdle) {
  TestServer server(Hello, TlsOptions());
  auto idle = Connect(server);
  auto silent = server.Connect();
  EXPECT_EQ(idle.Get("/").body, "hello");
  ASSERT_TRUE(Eventually([&] { return server.server.parked() == 2; }));

  EXPECT_TRUE(server.server.Drain(10s));

  EXPECT_TRUE(idle.ReadsEnd());
  EXPECT_TRUE(idle.ended_in_order());
  EXPECT_TRUE(silent.ReadsEnd());
}

TEST_P(TlsTest, ADetachedResponseGoesThroughTheSession) {
  // Before the server: its Stop waits for what a sender holds. One may end before its worker has noted it.
  std::mutex mutex;
  std::vector<std::future<void>> senders;
  TestServer server(
      [&](ServerExchange& exchange) {
        ASSERT_TRUE(exchange.Start({.length = 4}));
        const std::lock_guard lock(mutex);
        senders.push_back(std::async(std::launch::async, [detached = exchange.Detach()] {
          ASSERT_TRUE(detached);
          EXPECT_TRUE(detached->secure());
          const std::array parts{PartOf(detached->head()), PartOf("body")};
          EXPECT_EQ(detached->Send(parts).size, detached->head().size() + 4);
          detached->Complete();
        }));
      },
      TlsOptions());
  auto client = Connect(server);

  EXPECT_EQ(client.Get("/").body, "body");
  EXPECT_EQ(client.Get("/").body, "body");
}

}  // namespace
}  // namespace sluice::http::testing
