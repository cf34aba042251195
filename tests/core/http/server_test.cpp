// SPDX-License-Identifier: MIT
#include "core/http/server.hpp"

#include <gtest/gtest.h>

#include <array>
#include <random>
#include <set>
#include <string>

#include "core/http/error_reply.hpp"
#include "tests/core/http/server_fixture.hpp"

namespace sluice::http {
namespace {

using testing::Hello;
using testing::RawClient;
using testing::ReplyText;
using testing::SmallOptions;
using testing::TestServer;

/// Answers the body that it was sent.
void Echo(ServerExchange& exchange) {
  const auto body = exchange.ReadBody(std::size_t{1} << 20U);
  if (!body) {
    EXPECT_TRUE(ReplyError(exchange, body.error()) || exchange.ClientGone());
    return;
  }
  ReplyText(exchange, *body);
}

TEST(ServerTest, KeepsTheConnectionOfHttp11) {
  TestServer server(Hello);
  auto client = server.Connect();

  const auto first = client.Get("/");
  const auto second = client.Get("/");

  EXPECT_EQ(first.status, 200);
  EXPECT_EQ(first.body, "hello");
  EXPECT_EQ(second.body, "hello");
  EXPECT_EQ(server.server.connections(), 1U);
  EXPECT_EQ(server.Metric("sluice_http_connections_accepted_total"), 1);
}

TEST(ServerTest, ShowsTheRequestAsItCame) {
  std::string seen;
  TestServer server([&](ServerExchange& exchange) {
    seen = exchange.method() + " " + std::string(exchange.path()) + " " + std::string(exchange.query()) + " " +
           std::string(exchange.host()) + " " + std::string(exchange.listener()) + " " +
           std::string(exchange.client_ip()) + " " + *exchange.FindField("x-a");
    Hello(exchange);
  });
  auto client = server.Connect();

  client.Send("OPTIONS /a%20b/?c=d?e HTTP/1.1\r\nhost: Example.COM:8080\r\nX-A: b\r\n\r\n");

  EXPECT_EQ(client.Read().status, 200);
  EXPECT_EQ(seen, "OPTIONS /a%20b/ c=d?e example.com main 127.0.0.1 b");
}

TEST(ServerTest, CutsAnAbsoluteTargetDownToItsPath) {
  std::string seen;
  TestServer server([&](ServerExchange& exchange) {
    seen = std::string(exchange.path()) + "|" + std::string(exchange.query()) + "|" + std::string(exchange.host());
    Hello(exchange);
  });
  auto client = server.Connect();

  client.Send("GET http://Example.com/a?b HTTP/1.1\r\nHost: example.com:80\r\n\r\n");
  EXPECT_EQ(client.Read().status, 200);
  EXPECT_EQ(seen, "/a|b|example.com");

  client.Send("GET http://example.com?b HTTP/1.1\r\nHost: example.com\r\n\r\n");
  EXPECT_EQ(client.Read().status, 200);
  EXPECT_EQ(seen, "/|b|example.com");
}

TEST(ServerTest, AnswersPipelinedRequestsInOrder) {
  TestServer server([](ServerExchange& exchange) { ReplyText(exchange, exchange.path()); });
  auto client = server.Connect();

  std::string requests;
  for (int i = 0; i < 50; ++i) requests += "GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: a\r\n\r\n";
  client.Send(requests);

  for (int i = 0; i < 50; ++i) EXPECT_EQ(client.Read().body, "/" + std::to_string(i));
}

TEST(ServerTest, AnswersARequestPipelinedBehindABody) {
  TestServer server(Echo);
  auto client = server.Connect();

  client.Send(
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nde\r\n0\r\n\r\n"
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nf");

  EXPECT_EQ(client.Read().body, "abc");
  EXPECT_EQ(client.Read().body, "de");
  EXPECT_EQ(client.Read().body, "f");
}

TEST(ServerTest, ReadsChunkedBodiesHoweverTheyAreCut) {
  TestServer server(Echo);
  auto client = server.Connect();
  std::mt19937 random(3);

  for (int round = 0; round < 20; ++round) {
    std::string body;
    std::string coded = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (int chunk = 0; chunk < 8; ++chunk) {
      const std::string data(1 + random() % 5000, static_cast<char>('a' + chunk));
      char size[16];
      std::snprintf(size, sizeof size, "%zx", data.size());
      coded += std::string(size) + "\r\n" + data + "\r\n";
      body += data;
    }
    coded += "0\r\n\r\n";
    for (std::size_t at = 0; at < coded.size();) {
      const std::size_t size = 1 + random() % 3000;
      ASSERT_TRUE(client.Send(std::string_view(coded).substr(at, size)));
      at += size;
    }
    ASSERT_EQ(client.Read().body, body);
  }
}

TEST(ServerTest, ReadsBodiesInPieces) {
  TestServer server([](ServerExchange& exchange) {
    std::string body;
    std::array<std::byte, 7> piece;
    while (true) {
      const auto size = exchange.ReadBody(piece);
      ASSERT_TRUE(size);
      if (*size == 0) break;
      body.append(reinterpret_cast<const char*>(piece.data()), *size);
    }
    ReplyText(exchange, body);
  });
  auto client = server.Connect();

  client.Send(
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nA\r\n0123456789\r\n3\r\nabc\r\n0\r\n\r\n");

  EXPECT_EQ(client.Read().body, "0123456789abc");
}

TEST(ServerTest, RefusesABodyOverTheLimit) {
  std::string message;
  TestServer server([&](ServerExchange& exchange) {
    const auto body = exchange.ReadBody(std::size_t{4});
    ASSERT_FALSE(body);
    message = body.error().message;
    ASSERT_TRUE(ReplyError(exchange, body.error()));
  });
  auto client = server.Connect();

  client.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nabcde");
  EXPECT_EQ(client.Read().status, 413);
  EXPECT_EQ(message, "request body: want at most 4 bytes");

  message.clear();
  client.Send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n");
  EXPECT_EQ(client.Read().status, 413);
  EXPECT_EQ(message, "request body: want at most 4 bytes");
}

TEST(ServerTest, SendsContinueWhenTheBodyIsWanted) {
  TestServer server(Echo);
  auto client = server.Connect();

  client.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.Read().status, 100);
  client.Send("abc");

  EXPECT_EQ(client.Read().body, "abc");
  EXPECT_EQ(client.Get("/").status, 200);
}

TEST(ServerTest, SendsNoContinueWhenTheBodyIsNotWanted) {
  TestServer server(Hello);
  auto client = server.Connect();

  client.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-Continue\r\n\r\n");
  const auto reply = client.Read();

  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.Field("connection"), "close");
  EXPECT_TRUE(client.ReadsEnd());
}

TEST(ServerTest, DropsAnUnreadBodyAndGoesOn) {
  TestServer server(Hello);
  auto client = server.Connect();
  const std::string head = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 60000\r\n\r\n";

  client.Send(head);
  EXPECT_EQ(client.Read().body, "hello");
  client.Send(std::string(60000, 'x'));

  EXPECT_EQ(client.Get("/").body, "hello");
  EXPECT_EQ(server.server.connections(), 1U);
}

TEST(ServerTest, ClosesRatherThanDropALargeBody) {
  TestServer server(Hello);
  auto client = server.Connect();

  client.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n" + std::string(100000, 'x'));
  const auto reply = client.Read();

  EXPECT_EQ(reply.body, "hello");
  EXPECT_EQ(reply.Field("connection"), "close");
  EXPECT_TRUE(client.ReadsEnd());
}

TEST(ServerTest, ClosesAfterADroppedChunkedBodyGrewTooLarge) {
  TestServer server(Hello);
  auto client = server.Connect();

  client.Send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1ffff\r\n" + std::string(0x1ffff, 'x'));

  EXPECT_EQ(client.Read().body, "hello");
  EXPECT_TRUE(client.ReadsEnd());
}

TEST(ServerTest, TreatsHttp10AsItExpects) {
  TestServer server([](ServerExchange& exchange) {
    if (exchange.path() == "/reply") return ReplyText(exchange, "hello");
    ASSERT_TRUE(exchange.Start({}));
    ASSERT_TRUE(exchange.Write(sdk::AsBytes("until close")));
    ASSERT_TRUE(exchange.Finish());
  });
  auto plain = server.Connect();
  auto kept = server.Connect();

  plain.Send("GET /reply HTTP/1.0\r\n\r\n");
  EXPECT_EQ(plain.Read().body, "hello");
  EXPECT_TRUE(plain.ReadsEnd());

  kept.Send("GET /reply HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n");
  EXPECT_EQ(kept.Read().Field("connection"), "keep-alive");
  kept.Send("GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  const auto streamed = kept.Read();
  EXPECT_EQ(streamed.body, "until close");
  EXPECT_EQ(streamed.Field("connection"), "close");
  EXPECT_EQ(streamed.Field("transfer-encoding"), "");
}

TEST(ServerTest, ClosesWhenTheClientAsksForIt) {
  TestServer server(Hello);
  auto client = server.Connect();

  client.Send("GET / HTTP/1.1\r\nHost: a\r\nConnection: foo, Close\r\n\r\n");

  EXPECT_EQ(client.Read().Field("connection"), "close");
  EXPECT_TRUE(client.ReadsEnd());
}

TEST(ServerTest, ClosesWhenTheHandlerAsksForIt) {
  TestServer server([](ServerExchange& exchange) {
    exchange.CloseAfter();
    Hello(exchange);
  });
  auto client = server.Connect();

  EXPECT_EQ(client.Get("/").Field("connection"), "close");
  EXPECT_TRUE(client.ReadsEnd());
}

TEST(ServerTest, NamesEveryRequest) {
  TestServer server([](ServerExchange& exchange) { ReplyText(exchange, exchange.request_id()); });
  auto client = server.Connect();
  std::set<std::string> ids;

  for (int i = 0; i < 100; ++i) {
    const auto reply = client.Get("/");
    EXPECT_EQ(reply.body.size(), 32U);
    EXPECT_EQ(reply.Field("x-request-id"), reply.body);
    ids.insert(reply.body);
  }
  EXPECT_EQ(ids.size(), 100U);

  client.Send("GET / HTTP/1.1\r\nHost: a\r\nX-Request-Id: given-1.2_3\r\n\r\n");
  EXPECT_EQ(client.Read().body, "given-1.2_3");
  client.Send("GET / HTTP/1.1\r\nHost: a\r\nX-Request-Id: <script>\r\n\r\n");
  EXPECT_EQ(client.Read().body.size(), 32U);
  client.Send("GET / HTTP/1.1\r\nHost: a\r\nX-Request-Id: " + std::string(129, 'a') + "\r\n\r\n");
  EXPECT_EQ(client.Read().body.size(), 32U);
}

TEST(ServerTest, AQuestionAboutTheServerAsAWholeHasAStarForItsPath) {
  TestServer server([](ServerExchange& exchange) { ReplyText(exchange, exchange.path()); });
  auto client = server.Connect();

  client.Send("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n");

  EXPECT_EQ(client.Read().body, "*");
}

TEST(ServerTest, ListensOnIpv6) {
  auto options = SmallOptions();
  options.listeners = {{.name = "main", .address = "[::1]:0"}};
  TestServer server([](ServerExchange& exchange) { ReplyText(exchange, exchange.client_ip()); }, options);

  RawClient client(server.port(), {}, 0, "::1");

  EXPECT_EQ(client.Get("/").body, "::1");
}

TEST(ServerTest, BindsAllListenersOrNone) {
  TestServer first(Hello);
  const auto taken = "127.0.0.1:" + std::to_string(first.port());
  auto options = SmallOptions();
  options.listeners = {{.name = "second", .address = taken},
                       {.name = "main", .address = "127.0.0.1:0"},
                       {.name = "third", .address = "192.0.2.1:80"}};
  prometheus::Registry registry;
  Server server(options, Hello, registry);

  const auto faults = server.Start();

  ASSERT_EQ(faults.size(), 2U);
  EXPECT_EQ(faults[0].at, StartFault::At::kAddress);
  EXPECT_EQ(faults[0].listener, "second");
  EXPECT_EQ(faults[0].message, "cannot listen on " + taken + ": Address already in use");
  EXPECT_EQ(faults[1].at, StartFault::At::kAddress);
  EXPECT_EQ(faults[1].listener, "third");
  EXPECT_EQ(faults[1].message, "cannot listen on 192.0.2.1:80: Cannot assign requested address");
  EXPECT_EQ(server.Port("main"), 0);
}

TEST(ServerTest, NamesWhatIsWrongWithAnAddress) {
  for (const auto* address : {"127.0.0.1", "no.such.host.invalid:80", "192.0.2.1:80", "127.0.0.1:99999", ""}) {
    auto options = SmallOptions();
    options.listeners = {{.name = "main", .address = address}};
    prometheus::Registry registry;
    Server server(options, Hello, registry);

    const auto faults = server.Start();

    ASSERT_EQ(faults.size(), 1U) << address;
    const auto prefix = "cannot listen on " + std::string(address) + ": ";
    EXPECT_TRUE(faults[0].message.starts_with(prefix)) << faults[0].message;
    EXPECT_GT(faults[0].message.size(), prefix.size());
  }
}

TEST(ServerTest, RefusesABadTrustedProxy) {
  auto options = SmallOptions();
  options.trusted_proxies = {"10.0.0.0/8", "10.0.0.0/33"};
  prometheus::Registry registry;
  Server server(options, Hello, registry);

  const auto faults = server.Start();

  ASSERT_EQ(faults.size(), 1U);
  EXPECT_EQ(faults[0].at, StartFault::At::kServer);
  EXPECT_EQ(faults[0].message, "trusted proxy \"10.0.0.0/33\": want an address or a CIDR such as 10.0.0.0/8");
}

TEST(ServerTest, BelievesTrustedProxiesOnly) {
  const auto client_ip = [](ServerExchange& exchange) { ReplyText(exchange, exchange.client_ip()); };
  auto options = SmallOptions();
  TestServer distrusting(client_ip, options);
  options.trusted_proxies = {"127.0.0.0/8", "10.0.0.0/8", "fd00::/8"};
  TestServer trusting(client_ip, options);
  const auto ask = [](TestServer& server, const std::string& fields) {
    auto client = server.Connect();
    client.Send("GET / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n");
    return client.Read().body;
  };

  EXPECT_EQ(ask(distrusting, "X-Forwarded-For: 1.2.3.4\r\n"), "127.0.0.1");
  EXPECT_EQ(ask(trusting, ""), "127.0.0.1");
  EXPECT_EQ(ask(trusting, "X-Forwarded-For: 1.2.3.4\r\n"), "1.2.3.4");
  EXPECT_EQ(ask(trusting, "X-Forwarded-For: 6.6.6.6, 1.2.3.4, 10.1.1.1\r\n"), "1.2.3.4");
  EXPECT_EQ(ask(trusting, "X-Forwarded-For: 6.6.6.6, 1.2.3.4\r\nX-Forwarded-For: 10.1.1.1\r\n"), "1.2.3.4");
  EXPECT_EQ(ask(trusting, "X-Forwarded-For: 1.2.3.4:5678\r\n"), "1.2.3.4");
  EXPECT_EQ(ask(trusting, "X-Forwarded-For: [2001:db8::1]:5678, fd00::1\r\n"), "2001:db8::1");
  EXPECT_EQ(ask(trusting, "X-Forwarded-For: 1.2.3.4, unknown, 10.1.1.1\r\n"), "10.1.1.1");
  EXPECT_EQ(ask(trusting, "X-Forwarded-For: 010.0.0.1\r\n"), "127.0.0.1");
  EXPECT_EQ(ask(trusting, "X-Forwarded-For: 10.2.2.2, 10.1.1.1\r\n"), "10.2.2.2");
}

}  // namespace
}  // namespace sluice::http
