// SPDX-License-Identifier: MIT
// Slow, absent, greedy and vanishing clients; descriptors that run out; stopping.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <condition_variable>
#include <ctime>
#include <future>
#include <mutex>
#include <thread>
#include <vector>

#include "core/http/error_reply.hpp"
#include "tests/core/http/server_fixture.hpp"

namespace sluice::http {
namespace {

using namespace std::chrono_literals;
using testing::Eventually;
using testing::RawClient;
using testing::ReplyText;
using testing::SmallOptions;
using testing::TestServer;

void Hello(ServerExchange& exchange) { ReplyText(exchange, "hello"); }

/// Opens once; waiting has a limit.
class Gate {
 public:
  void Open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  bool Wait() {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, 10s, [this] { return open_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
};

/// \returns what ended it.
sdk::Errc WriteUntilError(ServerExchange& exchange) {
  Poco::Net::HTTPResponse response;
  const std::string chunk(256 * 1024, 'x');
  auto status = exchange.Start(response);
  while (status) status = exchange.Write(sdk::AsBytes(chunk));
  return status.error().code;
}

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

TEST(SlowClientTest, ABodyThatStopsComingFailsItsRead) {
  auto options = SmallOptions();
  options.body_timeout = 80ms;
  TestServer server(
      [](ServerExchange& exchange) {
        const auto body = exchange.ReadBody(std::size_t{100});
        ASSERT_FALSE(body);
        EXPECT_EQ(body.error().code, sdk::Errc::kDeadlineExceeded);
        ASSERT_TRUE(ReplyError(exchange, body.error()));
      },
      options);
  auto client = server.Connect();

  client.Send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n12345");

  EXPECT_EQ(client.Read().Field("connection"), "close");
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
  const auto processor_seconds = [] {
    timespec now{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
  };
  auto queued = RawClient::Unconnected();
  {
    const DescriptorLimit limit(1);  // below all that are open: closing one makes no room
    ASSERT_TRUE(queued.ConnectTo(server.port())) << "the kernel does this alone";
    queued.Send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    const auto before = processor_seconds();
    EXPECT_FALSE(queued.ReadableWithin(400ms)) << "it can be neither accepted nor refused";
    EXPECT_LT(processor_seconds() - before, 0.2) << "waiting must not spin";
  }

  EXPECT_EQ(queued.Read().body, "hello");
}

TEST(StopTest, DrainLetsADownloadFinishAndRefusesTheRest) {
  Gate halfway;
  Gate go_on;
  TestServer server([&](ServerExchange& exchange) {
    if (exchange.path() != "/download") return Hello(exchange);
    Poco::Net::HTTPResponse response;
    response.setContentLength64(2'000'000);
    ASSERT_TRUE(exchange.Start(response));
    ASSERT_TRUE(exchange.Write(sdk::AsBytes(std::string(1'000'000, 'a'))));
    halfway.Open();
    ASSERT_TRUE(go_on.Wait());
    ASSERT_TRUE(exchange.Write(sdk::AsBytes(std::string(1'000'000, 'b'))));
    ASSERT_TRUE(exchange.Finish());
  });
  const auto port = server.port();
  auto idle = server.Connect();
  ASSERT_EQ(idle.Get("/").status, 200);
  auto download = std::async(std::launch::async, [&] { return server.Connect().Get("/download"); });
  ASSERT_TRUE(halfway.Wait());

  auto drained = std::async(std::launch::async, [&] { return server.server.Drain(10s); });
  EXPECT_TRUE(idle.ReadsEnd());
  EXPECT_TRUE(Eventually([&] { return !RawClient(port).connected(); }));
  go_on.Open();

  const auto reply = download.get();
  EXPECT_TRUE(reply.complete);
  EXPECT_EQ(reply.body.size(), 2'000'000U);
  EXPECT_TRUE(drained.get());
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
