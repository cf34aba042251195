// SPDX-License-Identifier: MIT
#include "core/http/detached_response.hpp"

#include <gtest/gtest.h>
#include <poll.h>

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
using testing::TestServer;

void SendAll(DetachedResponse& response, std::string_view text) {
  while (!text.empty()) {
    const iovec part = PartOf(text);
    const auto sent = response.Send({&part, 1});
    ASSERT_NE(sent.state, SendState::kBroken);
    text.remove_prefix(sent.size);
    pollfd entry{.fd = response.fd(), .events = POLLOUT, .revents = 0};
    if (sent.state != SendState::kSent) {
      ASSERT_EQ(::poll(&entry, 1, 10'000), 1);
    }
  }
}

/// Answers "/detached" from another thread, in two halves around `pause`.
class DetachTest : public ::testing::Test {
 protected:
  void Handle(ServerExchange& exchange) {
    if (exchange.path() != "/detached") return Hello(exchange);
    ASSERT_TRUE(exchange.Start({.length = announces_ ? std::optional<std::uint64_t>(8) : std::nullopt}));
    ASSERT_TRUE(exchange.CanDetach());
    auto detached = exchange.Detach();
    sender_ = std::async(std::launch::async, [this, held = std::move(detached)]() mutable {
      SendAll(*held, std::string(held->head()) + "half");
      halfway_.Open();
      ASSERT_TRUE(go_on_.Wait());
      if (!whole_) return held.reset();
      SendAll(*held, "half");
      held->Complete();
    });
  }

  Gate halfway_;
  Gate go_on_;
  bool announces_ = true;
  bool whole_ = true;
  std::future<void> sender_;  // before the server: its Stop waits for what the sender holds
  TestServer server_{[this](ServerExchange& exchange) { Handle(exchange); }, testing::SmallOptions(1)};
};

TEST_F(DetachTest, TheOnlyWorkerServesOthersMeanwhile) {
  auto client = server_.Connect();
  auto download = std::async(std::launch::async, [&] { return client.Get("/detached"); });
  ASSERT_TRUE(halfway_.Wait());

  EXPECT_EQ(server_.Connect().Get("/").body, "hello");

  go_on_.Open();
  const auto reply = download.get();
  EXPECT_TRUE(reply.complete);
  EXPECT_EQ(reply.body, "halfhalf");
  EXPECT_EQ(client.Get("/").body, "hello") << "the connection goes on";
}

TEST_F(DetachTest, AnswersWhatWasSentBehindTheRequest) {
  auto client = server_.Connect();
  go_on_.Open();

  client.Send("GET /detached HTTP/1.1\r\nHost: h\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n");

  EXPECT_EQ(client.Read().body, "halfhalf");
  EXPECT_EQ(client.Read().body, "hello");
}

TEST_F(DetachTest, ClosesInOrderWhenTheClientAskedForIt) {
  auto client = server_.Connect();
  go_on_.Open();

  client.Send("GET /detached HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");

  EXPECT_EQ(client.Read().body, "halfhalf");
  EXPECT_TRUE(client.ReadsEnd());
  EXPECT_TRUE(Eventually([&] { return server_.server.connections() == 0; }));
}

TEST_F(DetachTest, WhoeverGivesUpBreaksTheConnectionOff) {
  whole_ = false;
  auto client = server_.Connect();
  go_on_.Open();

  EXPECT_FALSE(client.Get("/detached").complete);

  EXPECT_TRUE(Eventually([&] { return server_.server.connections() == 0; }));
  EXPECT_EQ(server_.Metric("sluice_http_broken_responses_total"), 1);
}

TEST_F(DetachTest, StopWaitsForWhatIsDetached) {
  auto client = server_.Connect();
  auto download = std::async(std::launch::async, [&] { return client.Get("/detached"); });
  ASSERT_TRUE(halfway_.Wait());

  auto stopped = std::async(std::launch::async, [&] { server_.server.Stop(); });
  EXPECT_FALSE(download.get().complete) << "Stop cuts the socket";
  EXPECT_EQ(server_.server.connections(), 1U);
  whole_ = false;
  go_on_.Open();

  EXPECT_EQ(stopped.wait_for(10s), std::future_status::ready);
  EXPECT_EQ(server_.server.connections(), 0U);
}

TEST_F(DetachTest, ABodyThatNobodyWantsEndsTheConnectionAfterwards) {
  auto client = server_.Connect();
  client.Send("GET /detached HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\n");
  ASSERT_TRUE(halfway_.Wait());

  EXPECT_EQ(server_.Connect().Get("/").body, "hello");

  go_on_.Open();
  const auto reply = client.Read();
  EXPECT_EQ(reply.body, "halfhalf");
  EXPECT_EQ(reply.Field("connection"), "close");
  EXPECT_TRUE(client.ReadsEnd());
}

TEST_F(DetachTest, ABodyThatNobodyWantsAndThatIsThereIsDropped) {
  auto client = server_.Connect();
  go_on_.Open();

  client.Send(
      "GET /detached HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc"
      "GET /other HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n"
      "GET / HTTP/1.1\r\nHost: h\r\n\r\n");

  EXPECT_EQ(client.Read().body, "halfhalf");
  EXPECT_EQ(client.Read().body, "hello");
  EXPECT_EQ(client.Read().body, "hello");
}

TEST(DetachRefusalTest, NothingIsDetachedWithoutABodyOrOnceItIsSent) {
  TestServer server([](ServerExchange& exchange) {
    EXPECT_FALSE(exchange.CanDetach()) << "before Start";
    ASSERT_TRUE(exchange.Start({.length = 2}));
    const bool head = exchange.method() == "HEAD";
    EXPECT_EQ(exchange.CanDetach(), !head);
    ASSERT_TRUE(exchange.Write(sdk::AsBytes(head ? std::string() : "ok")));
    EXPECT_FALSE(exchange.CanDetach());
    ASSERT_TRUE(exchange.Finish());
  });
  auto client = server.Connect();

  client.Send("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(client.Read(true).status, 200);
  client.Send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc");
  EXPECT_EQ(client.Read().body, "ok");
}

}  // namespace
}  // namespace sluice::http
