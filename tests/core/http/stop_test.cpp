// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <future>
#include <string>
#include <vector>

#include "tests/core/http/server_fixture.hpp"

namespace sluice::http {
namespace {

using namespace std::chrono_literals;
using testing::Eventually;
using testing::Gate;
using testing::Hello;
using testing::RawClient;
using testing::SmallOptions;
using testing::TestServer;
using testing::WriteUntilError;

TEST(StopTest, DrainLetsADownloadFinishAndRefusesTheRest) {
  Gate halfway;
  Gate go_on;
  TestServer server([&](ServerExchange& exchange) {
    if (exchange.path() != "/download") return Hello(exchange);
    ASSERT_TRUE(exchange.Start({.length = 2'000'000}));
    ASSERT_TRUE(exchange.Write(sdk::AsBytes(std::string(1'000'000, 'a'))));
    halfway.Open();
    ASSERT_TRUE(go_on.Wait());
    ASSERT_TRUE(exchange.Write(sdk::AsBytes(std::string(1'000'000, 'b'))));
    ASSERT_TRUE(exchange.Finish());
  });
  const auto port = server.port();
  auto idle = server.Connect();
  ASSERT_EQ(idle.Get("/").status, 200);
  auto client = server.Connect();  // stays open: the server has to end it
  auto download = std::async(std::launch::async, [&] { return client.Get("/download"); });
  ASSERT_TRUE(halfway.Wait());

  auto drained = std::async(std::launch::async, [&] { return server.server.Drain(10s); });
  EXPECT_TRUE(idle.ReadsEnd());
  EXPECT_TRUE(Eventually([&] { return !RawClient(port).connected(); }));
  go_on.Open();

  const auto reply = download.get();
  EXPECT_TRUE(reply.complete);
  EXPECT_EQ(reply.body.size(), 2'000'000U);
  EXPECT_TRUE(drained.get());
  EXPECT_TRUE(client.ReadsEnd());
  EXPECT_EQ(server.server.connections(), 0U);
}

TEST(StopTest, RequestsInFlightEndTheirConnection) {
  Gate in_handler;
  Gate go_on;
  TestServer server([&](ServerExchange& exchange) {
    in_handler.Open();
    ASSERT_TRUE(go_on.Wait());
    Hello(exchange);
  });
  auto client = server.Connect();
  client.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_TRUE(in_handler.Wait());

  auto drained = std::async(std::launch::async, [&] { return server.server.Drain(10s); });
  ASSERT_TRUE(Eventually([&] { return !RawClient(server.port()).connected(); }));
  go_on.Open();

  EXPECT_EQ(client.Read().Field("connection"), "close");
  EXPECT_TRUE(drained.get());
}

TEST(StopTest, AHeadThatHasBegunIsStillServedWhileDraining) {
  TestServer server(Hello);
  auto client = server.Connect();
  client.Send("GET / HTTP/1.1\r\n");
  // One more connection, served after the octets above were read: they are parked by then.
  ASSERT_TRUE(Eventually([&] {
    auto other = server.Connect();
    return other.Get("/").complete && server.server.parked() == server.server.connections();
  }));

  auto drained = std::async(std::launch::async, [&] { return server.server.Drain(10s); });
  ASSERT_TRUE(Eventually([&] { return !RawClient(server.port()).connected(); }));
  client.Send("Host: a\r\n\r\n");

  EXPECT_EQ(client.Read().body, "hello");
  EXPECT_TRUE(drained.get());
}

TEST(StopTest, DrainSaysWhenGraceWasTooShortAndStopCutsTheRest) {
  std::promise<sdk::Errc> ended;
  Gate in_handler;
  TestServer server([&](ServerExchange& exchange) {
    in_handler.Open();
    ended.set_value(WriteUntilError(exchange));
  });
  RawClient client(server.port(), {}, 4096);
  client.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_TRUE(in_handler.Wait());

  EXPECT_FALSE(server.server.Drain(50ms));
  server.server.Stop();

  EXPECT_EQ(ended.get_future().get(), sdk::Errc::kCancelled);
  EXPECT_EQ(server.server.connections(), 0U);
}

TEST(StopTest, StopsWithParkedConnectionsAndMayBeRepeated) {
  TestServer server(Hello);
  auto client = server.Connect();
  ASSERT_EQ(client.Get("/").status, 200);

  server.server.Stop();
  server.server.Stop();

  EXPECT_TRUE(client.ReadsEnd());
  EXPECT_EQ(server.server.parked(), 0U);
}

TEST(StopTest, ManyClientsAtOnceAreAllAnswered) {
  TestServer server(Hello, SmallOptions(8));
  std::vector<std::future<int>> clients;

  for (int i = 0; i < 16; ++i) {
    clients.push_back(std::async(std::launch::async, [&] {
      int answered = 0;
      for (int round = 0; round < 10; ++round) {
        auto client = server.Connect();
        for (int request = 0; request < 20; ++request) answered += client.Get("/").body == "hello" ? 1 : 0;
      }
      return answered;
    }));
  }

  for (auto& client : clients) EXPECT_EQ(client.get(), 200);
}

}  // namespace
}  // namespace sluice::http
