// SPDX-License-Identifier: MIT
// Request bodies that are collected without a worker.
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "core/http/error_reply.hpp"
#include "tests/core/http/server_fixture.hpp"

namespace sluice::http {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using testing::Eventually;
using testing::Hello;
using testing::ReplyText;
using testing::SmallOptions;
using testing::TestServer;

constexpr std::size_t kMaxBytes = 100'000;

/// Answers with the body of a request to "/collect", or with what was wrong with it.
struct Collecting final : Continuation {
  explicit Collecting(ServerExchange& exchange) : viewer(exchange) {}
  void Resume(std::unique_ptr<Continuation> self) override {
    if (!viewer.CollectBody(kMaxBytes)) return viewer.SuspendForBody(kMaxBytes, std::move(self));
    const auto body = viewer.ReadBody(kMaxBytes);
    if (body) return ReplyText(viewer, *body);
    static_cast<void>(ReplyError(viewer, body.error()));  // the client may be gone
  }
  ServerExchange& viewer;
};

void Handle(ServerExchange& exchange) {
  if (exchange.path() != "/collect") return Hello(exchange);
  auto collecting = std::make_unique<Collecting>(exchange);
  auto& self = *collecting;
  self.Resume(std::move(collecting));
}

std::string Post(const std::string& fields) { return "POST /collect HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n"; }

ServerOptions Impatient() {
  auto options = SmallOptions(1);
  options.body_timeout = 400ms;
  return options;
}

TEST(CollectTest, TricklingClientsHoldNoWorker) {
  constexpr std::size_t kClients = 64;
  TestServer server(Handle, SmallOptions(2));
  std::vector<testing::RawClient> clients;
  for (std::size_t i = 0; i < kClients; ++i) {
    clients.push_back(server.Connect());
    clients.back().Send(Post("Content-Length: 4\r\n") + "a");
  }
  ASSERT_TRUE(Eventually([&] { return server.server.parked() == kClients && server.handled == kClients; }));

  EXPECT_EQ(server.Connect().Get("/").body, "hello");

  for (auto& client : clients) client.Send("bcd");
  for (auto& client : clients) EXPECT_EQ(client.Read().body, "abcd");
}

TEST(CollectTest, ABodyThatIsThereIsNotWaitedFor) {
  TestServer server(Handle, SmallOptions(1));
  auto client = server.Connect();

  client.Send(Post("Content-Length: 5\r\n") + "whole" + Post("Content-Length: 0\r\n") + Post(""));

  EXPECT_EQ(client.Read().body, "whole");
  EXPECT_EQ(client.Read().body, "");
  EXPECT_EQ(client.Read().status, 200);
}

TEST(CollectTest, ChunksMayComeInPieces) {
  TestServer server(Handle, SmallOptions(1));
  auto client = server.Connect();
  for (const auto& piece : {Post("Transfer-Encoding: chunked\r\n"), "5\r"s, "\nhel"s, "lo\r\n6;x=y"s,
                            "\r\n world\r\n0\r"s, "\nName: value\r\n\r"s}) {
    client.Send(piece);
    ASSERT_TRUE(Eventually([&] { return server.handled == 1 && server.server.parked() == 1; }));
  }

  client.Send("\n");

  EXPECT_EQ(client.Read().body, "hello world");
}

TEST(CollectTest, ChunksThatAreBadLaterAreRefused) {
  TestServer server(Handle, SmallOptions(1));
  auto client = server.Connect();
  client.Send(Post("Transfer-Encoding: chunked\r\n") + "5\r\nhello\r\n");
  ASSERT_TRUE(Eventually([&] { return server.handled == 1 && server.server.parked() == 1; }));

  client.Send("0x5\r\n");

  EXPECT_EQ(client.Read().status, 400);
  EXPECT_TRUE(client.ReadsEnd());
}

TEST(CollectTest, WhatIsSentBehindTheBodyIsAnswered) {
  TestServer server(Handle, SmallOptions(1));
  auto client = server.Connect();
  client.Send(Post("Content-Length: 4\r\n") + "ab");
  ASSERT_TRUE(Eventually([&] { return server.handled == 1 && server.server.parked() == 1; }));

  client.Send("cd" + Post("Transfer-Encoding: chunked\r\n") + "1\r\ne");
  EXPECT_EQ(client.Read().body, "abcd");
  client.Send("\r\n0\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n");

  EXPECT_EQ(client.Read().body, "e");
  EXPECT_EQ(client.Read().body, "hello");
}

TEST(CollectTest, TellsAClientThatAsksToGoOn) {
  TestServer server(Handle, SmallOptions(1));
  auto client = server.Connect();

  client.Send(Post("Content-Length: 2\r\nExpect: 100-continue\r\n"));
  EXPECT_TRUE(client.ReadSome().starts_with("HTTP/1.1 100 "));
  client.Send("ok");

  EXPECT_EQ(client.Read().body, "ok");
}

TEST(CollectTest, WhatIsTooLongIsRefusedAtOnce) {
  TestServer server(Handle, SmallOptions(1));
  auto announced = server.Connect();
  auto chunked = server.Connect();

  announced.Send(Post("Content-Length: 100001\r\n"));
  chunked.Send(Post("Transfer-Encoding: chunked\r\n") + "186a1\r\n");
  chunked.Send(std::string(kMaxBytes + 1, 'x'));

  EXPECT_EQ(announced.Read().status, 413);
  EXPECT_EQ(chunked.Read().status, 413);
}

TEST(CollectTest, ABodyThatStopsIsGivenUp) {
  TestServer server(Handle, Impatient());
  auto client = server.Connect();

  client.Send(Post("Content-Length: 4\r\n") + "ab");

  EXPECT_EQ(client.Read().status, 408);
  EXPECT_TRUE(client.ReadsEnd());
  EXPECT_EQ(server.Metric("sluice_http_timeouts_total", "body"), 1);
}

TEST(CollectTest, ABodyThatTricklesIsGivenUp) {
  TestServer server(Handle, Impatient());
  auto client = server.Connect();
  client.Send(Post("Content-Length: 100000\r\n"));
  const auto deadline = std::chrono::steady_clock::now() + 10s;

  while (!client.ReadableWithin(50ms) && std::chrono::steady_clock::now() < deadline) client.Send("x");

  EXPECT_EQ(client.Read().status, 408);
  EXPECT_EQ(server.Metric("sluice_http_timeouts_total", "body"), 1);
}

TEST(CollectTest, AClientThatLeavesIsNotWaitedFor) {
  TestServer server(Handle, SmallOptions(1));
  auto client = server.Connect();
  client.Send(Post("Content-Length: 4\r\n") + "ab");
  ASSERT_TRUE(Eventually([&] { return server.handled == 1 && server.server.parked() == 1; }));

  client.Close();

  EXPECT_TRUE(Eventually([&] { return server.server.connections() == 0; }));
}

TEST(CollectTest, DrainingWaitsAndStoppingDoesNot) {
  TestServer server(Handle, SmallOptions(1));
  auto client = server.Connect();
  client.Send(Post("Content-Length: 4\r\n") + "ab");
  ASSERT_TRUE(Eventually([&] { return server.handled == 1 && server.server.parked() == 1; }));

  EXPECT_FALSE(server.server.Drain(100ms));
  server.server.Stop();

  EXPECT_EQ(server.server.connections(), 0U);
}

}  // namespace
}  // namespace sluice::http
