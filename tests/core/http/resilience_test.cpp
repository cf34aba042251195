// SPDX-License-Identifier: MIT
// Slow, absent, greedy and vanishing clients; descriptors that run out.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <future>
#include <vector>

#include "core/http/error_reply.hpp"
#include "core/http/unsent.hpp"
#include "tests/core/http/server_fixture.hpp"

namespace sluice::http {
namespace {

using namespace std::chrono_literals;
using testing::Eventually;
using testing::Gate;
using testing::Greed;
using testing::Hello;
using testing::RawClient;
using testing::SmallOptions;
using testing::TestServer;
using testing::WriteUntilError;

TEST(SlowClientTest, HeadsSentOctetByOctetTakeNoWorker) {
  constexpr std::size_t kSlow = 200;
  const std::string request = "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n";
  TestServer server(Hello, SmallOptions(2));
  std::vector<RawClient> slow;
  for (std::size_t i = 0; i < kSlow; ++i) slow.push_back(server.Connect());
  auto normal = server.Connect();

  for (std::size_t at = 0; at + 1 < request.size(); ++at) {
    for (auto& client : slow) ASSERT_TRUE(client.Send(request.substr(at, 1)));
    ASSERT_EQ(normal.Get("/").body, "hello") << "with " << at << " octets of each slow head";
  }

  EXPECT_EQ(server.handled, static_cast<int>(request.size()) - 1);
  for (auto& client : slow) client.Send(request.substr(request.size() - 1));
  for (auto& client : slow) EXPECT_EQ(client.Read().body, "hello");
}

TEST(SlowClientTest, AHeadHasOneTimeLimitHoweverBusyItIs) {
  auto options = SmallOptions();
  options.head_timeout = 100ms;
  TestServer server(Hello, options);
  auto client = server.Connect();

  client.Send("GET / HTTP/1.1\r\nX: ");
  EXPECT_TRUE(Eventually([&] {
    client.Send("a");
    return client.ReadableWithin(5ms);
  }));

  EXPECT_EQ(client.Read().status, 408);
  EXPECT_EQ(server.Metric("sluice_http_timeouts_total", "head"), 1);
  EXPECT_EQ(server.handled, 0);
}

TEST(SlowClientTest, EveryHeadOfAConnectionHasItsOwnTimeLimit) {
  auto options = SmallOptions();
  options.head_timeout = 100ms;
  TestServer server(
      [](ServerExchange& exchange) {
        // Longer than a head may take: what counts for the head must not count on.
        const auto until = std::chrono::steady_clock::now() + 300ms;
        while (std::chrono::steady_clock::now() < until) ASSERT_FALSE(exchange.ClientGone());
        Hello(exchange);
      },
      options);
  auto client = server.Connect();
  const std::string head = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

  client.Send(head.substr(0, 5));
  ASSERT_TRUE(Eventually([&] { return server.server.parked() == 1; }));
  client.Send(head.substr(5) + head.substr(0, 5));
  EXPECT_EQ(client.Read().status, 200);
  client.Send(head.substr(5));

  EXPECT_EQ(client.Read().status, 200);
}

TEST(SlowClientTest, IdleConnectionsAreClosed) {
  auto options = SmallOptions();
  options.idle_timeout = 80ms;
  TestServer server(Hello, options);
  auto fresh = server.Connect();
  auto used = server.Connect();

  EXPECT_EQ(used.Get("/").status, 200);

  EXPECT_TRUE(used.ReadsEnd());
  EXPECT_TRUE(fresh.ReadsEnd());
  EXPECT_EQ(server.Metric("sluice_http_timeouts_total", "idle"), 2);
  EXPECT_TRUE(Eventually([&] { return server.server.connections() == 0; }));
}

TEST(SlowClientTest, ABodyThatStopsComingIsARequestTimeout) {
  auto options = SmallOptions();
  options.body_timeout = 80ms;
  TestServer server(
      [](ServerExchange& exchange) {
        const auto body = exchange.ReadBody(std::size_t{100});
        ASSERT_FALSE(body);
        EXPECT_EQ(body.error().code, kBodyTooSlow);
        ASSERT_TRUE(ReplyError(exchange, body.error()));
      },
      options);
  auto client = server.Connect();

  client.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n12345");

  const auto reply = client.Read();
  EXPECT_EQ(reply.status, 408);
  EXPECT_NE(reply.body.find("\"deadline_exceeded\""), std::string::npos);
  EXPECT_EQ(reply.Field("connection"), "close");
  EXPECT_TRUE(client.ReadsEnd());
  EXPECT_EQ(server.Metric("sluice_http_timeouts_total", "body"), 1);
}

TEST(SlowClientTest, ABodyThatNobodyWantsIsNotWaitedForLong) {
  auto options = SmallOptions(1);
  options.body_timeout = 80ms;
  TestServer server(Hello, options);
  auto client = server.Connect();
  auto other = server.Connect();

  client.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n12345");
  EXPECT_EQ(client.Read().status, 200);
  EXPECT_EQ(other.Get("/").status, 200) << "the one worker is free meanwhile";

  EXPECT_TRUE(client.ReadsEnd());
}

TEST(SlowClientTest, AClientThatNeverReadsTimesOut) {
  auto options = SmallOptions();
  options.write_timeout = 100ms;
  std::promise<sdk::Errc> ended;
  TestServer server([&](ServerExchange& exchange) { ended.set_value(WriteUntilError(exchange)); }, options);
  RawClient client(server.port(), {}, 4096);

  client.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  auto result = ended.get_future();

  ASSERT_EQ(result.wait_for(10s), std::future_status::ready);
  EXPECT_EQ(result.get(), sdk::Errc::kDeadlineExceeded);
  EXPECT_TRUE(Eventually([&] { return server.server.connections() == 0; }));
  EXPECT_EQ(server.Metric("sluice_http_timeouts_total", "write"), 1);
}

class GreedyClientTest : public ::testing::Test {
 protected:
  /// Until the replies fill the sockets.
  RawClient Ask(TestServer& server) {
    RawClient client(server.port(), {}, 4096);
    EXPECT_TRUE(client.Send(Greed::Requests()));
    EXPECT_TRUE(Eventually([&] { return server.handled > 0 && server.server.parked() == 1; }));
    EXPECT_LT(server.handled, Greed::kRequests);
    return client;
  }
  const Greed greed_{};
};

TEST_F(GreedyClientTest, HoldsNoWorkerAndLosesNothing) {
  TestServer server(greed_.handler(), SmallOptions(1));
  auto greedy = Ask(server);

  EXPECT_EQ(server.Connect().Get("/").body, "hello") << "by the only worker";

  EXPECT_EQ(greed_.Read(greedy), Greed::kRequests);
  EXPECT_TRUE(greedy.ReadsEnd());
}

TEST_F(GreedyClientTest, IsGivenUpInTheEnd) {
  auto options = SmallOptions();
  options.write_timeout = 100ms;
  TestServer server(greed_.handler(), options);
  const auto greedy = Ask(server);

  EXPECT_TRUE(Eventually([&] { return server.server.connections() == 0; }));
  EXPECT_EQ(server.Metric("sluice_http_timeouts_total", "write"), 1);
  EXPECT_EQ(server.Metric("sluice_http_broken_responses_total"), 1);
}

TEST_F(GreedyClientTest, GetsWhatIsOwedToItFromAServerThatDrains) {
  TestServer server(greed_.handler(), SmallOptions(1));
  auto greedy = Ask(server);
  const int owed = server.handled;

  auto drained = std::async(std::launch::async, [&] { return server.server.Drain(10s); });

  EXPECT_GE(greed_.Read(greedy), owed);
  EXPECT_TRUE(drained.get());
}

TEST_F(GreedyClientTest, MayHangUp) {
  TestServer server(greed_.handler(), SmallOptions(1));
  auto greedy = Ask(server);

  greedy.Close();

  EXPECT_TRUE(Eventually([&] { return server.server.connections() == 0; }));
}

TEST(LongReplyTest, HoldsNoWorkerForAClientThatDoesNotRead) {
  const std::string film(8'000'000, 'f');
  TestServer server(
      [&](ServerExchange& exchange) { testing::ReplyText(exchange, exchange.path() == "/film" ? film : "hello"); },
      SmallOptions(1));
  RawClient slow(server.port(), {}, 4096);
  slow.Send("GET /film HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_TRUE(Eventually([&] { return server.handled == 1 && server.server.parked() == 1; }));

  EXPECT_EQ(server.Connect().Get("/").body, "hello") << "by the only worker";

  const auto reply = slow.Read();
  EXPECT_TRUE(reply.complete);
  EXPECT_TRUE(reply.body == film);
  EXPECT_EQ(slow.Get("/").body, "hello") << "and the connection goes on";
}

TEST(UnsentTest, AllConnectionsCountTogether) {
  std::atomic<std::size_t> total = 0;
  {
    Unsent first;
    Unsent second;
    EXPECT_TRUE(first.Reserve(Unsent::kMaxTotalBytes + 1, total)) << "alone, one may be longer";
    EXPECT_FALSE(second.Reserve(1, total));
    EXPECT_EQ(total, Unsent::kMaxTotalBytes + 1);
    first.Append(std::string(Unsent::kMaxTotalBytes + 1, 'x'));
    first.Consume(10);
    EXPECT_TRUE(second.Reserve(3, total));
    second.Append("abc");
    second.Consume(1);
    EXPECT_EQ(second.view(), "bc");
    EXPECT_EQ(second.size(), 2U);
  }
  EXPECT_EQ(total, 0U) << "who ends takes nothing along";
}

TEST(VanishingClientTest, TheHandlerCanSeeIt) {
  Gate in_handler;
  std::promise<sdk::Errc> ended;
  TestServer server([&](ServerExchange& exchange) {
    EXPECT_FALSE(exchange.ClientGone());
    in_handler.Open();
    EXPECT_TRUE(Eventually([&] { return exchange.ClientGone(); }));
    ended.set_value(WriteUntilError(exchange));
  });
  auto client = server.Connect();

  client.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_TRUE(in_handler.Wait());
  client.Close();

  auto result = ended.get_future();
  ASSERT_EQ(result.wait_for(10s), std::future_status::ready);
  EXPECT_EQ(result.get(), sdk::Errc::kCancelled);
}

TEST(VanishingClientTest, ABodyThatBreaksOffIsAnError) {
  std::promise<sdk::Errc> ended;
  TestServer server([&](ServerExchange& exchange) {
    const auto body = exchange.ReadBody(std::size_t{100});
    ended.set_value(body ? sdk::Errc::kInternal : body.error().code);
  });
  auto client = server.Connect();

  client.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n12345");
  client.Close();

  EXPECT_EQ(ended.get_future().get(), sdk::Errc::kCancelled);
  EXPECT_TRUE(Eventually([&] { return server.server.connections() == 0; }));
}

TEST(VanishingClientTest, AClientThatOnlyStopsSendingIsAnswered) {
  TestServer server(Hello);
  auto client = server.Connect();

  client.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  client.CloseSending();

  EXPECT_EQ(client.Read().body, "hello");
  EXPECT_TRUE(client.ReadsEnd());
}

TEST(LimitTest, ConnectionsPastTheLimitAreToldSo) {
  auto options = SmallOptions();
  options.listeners[0].max_connections = 2;
  TestServer server(Hello, options);
  auto first = server.Connect();
  auto second = server.Connect();
  ASSERT_EQ(first.Get("/").status, 200);
  ASSERT_EQ(second.Get("/").status, 200);

  auto third = server.Connect();
  const auto refusal = third.Read();
  EXPECT_EQ(refusal.status, 503);
  EXPECT_NE(refusal.body.find("\"overloaded\""), std::string::npos);
  EXPECT_TRUE(third.ReadsEnd());
  EXPECT_EQ(server.Metric("sluice_http_connections_refused_total", "connection_limit"), 1);

  first.Close();
  ASSERT_TRUE(Eventually([&] { return server.server.connections() == 1; }));
  auto fourth = server.Connect();
  EXPECT_EQ(fourth.Get("/").status, 200);
}

/// Lowers the limit on descriptors until destroyed.
class DescriptorLimit {
 public:
  explicit DescriptorLimit(rlim_t limit) {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    const rlimit lowered{.rlim_cur = limit, .rlim_max = before_.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &lowered);
  }
  ~DescriptorLimit() { ::setrlimit(RLIMIT_NOFILE, &before_); }
  DescriptorLimit(const DescriptorLimit&) = delete;
  DescriptorLimit& operator=(const DescriptorLimit&) = delete;

 private:
  rlimit before_{};
};

TEST(LimitTest, RunningOutOfDescriptorsRefusesConnectionsAndEndsNothing) {
  TestServer server(Hello);
  auto old = server.Connect();
  ASSERT_EQ(old.Get("/").status, 200);
  std::vector<int> fillers;
  {
    const DescriptorLimit limit(200);
    for (int fd = ::open("/dev/null", O_RDONLY); fd >= 0; fd = ::open("/dev/null", O_RDONLY)) fillers.push_back(fd);
    ASSERT_FALSE(fillers.empty());
    for (int i = 0; i < 20; ++i) {
      ::close(fillers.back());  // for the client's own end; none is left for the server's
      fillers.pop_back();
      auto refused = server.Connect();
      ASSERT_TRUE(refused.connected());
      EXPECT_TRUE(refused.ReadsEnd());
      EXPECT_EQ(old.Get("/").status, 200);
      refused.Close();
      fillers.push_back(::open("/dev/null", O_RDONLY));
    }
    EXPECT_GE(server.Metric("sluice_http_connections_refused_total", "descriptors"), 20);
  }
  for (const int fd : fillers) ::close(fd);

  auto fresh = server.Connect();
  EXPECT_EQ(fresh.Get("/").status, 200);
}

TEST(LimitTest, AcceptingRestsWhenNotEvenTheReserveHelps) {
  TestServer server(Hello);
  auto queued = RawClient::Unconnected();
  {
    const DescriptorLimit limit(1);  // below all that are open: closing one makes no room
    ASSERT_TRUE(queued.ConnectTo(server.port())) << "the kernel does this alone";
    queued.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_FALSE(queued.ReadableWithin(400ms)) << "it can be neither accepted nor refused";
    const auto pauses = server.Metric("sluice_http_accept_pauses_total");
    EXPECT_GE(pauses, 1);
    EXPECT_LE(pauses, 4) << "one a tick of 250 ms";
  }

  EXPECT_EQ(queued.Read().body, "hello");
}

}  // namespace
}  // namespace sluice::http
