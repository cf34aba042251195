// SPDX-License-Identifier: MIT
// Requests that hold no worker while they wait.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <future>
#include <mutex>
#include <string>
#include <vector>

#include "core/net/file_descriptor.hpp"
#include "tests/core/http/server_fixture.hpp"

namespace sluice::http {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;
using testing::Eventually;
using testing::Hello;
using testing::ReplyText;
using testing::SmallOptions;
using testing::TestServer;

/// Answers "/wait" with what comes through a socket that the test writes to.
class SuspendTest : public ::testing::Test {
 protected:
  SuspendTest() {
    std::array<int, 2> pair{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair.data()), 0);
    near_ = net::FileDescriptor(pair[0]);
    far_ = net::FileDescriptor(pair[1]);
  }

  struct Waiting final : Continuation {
    Waiting(SuspendTest& test, ServerExchange& exchange) : of(test), viewer(exchange) {}
    ~Waiting() override { --of.alive_; }
    void Resume(std::unique_ptr<Continuation> self) override { of.GoOn(viewer, std::move(self)); }
    SuspendTest& of;
    ServerExchange& viewer;
  };

  void Handle(ServerExchange& exchange) {
    if (exchange.path() != "/wait") return Hello(exchange);
    ++alive_;
    GoOn(exchange, std::make_unique<Waiting>(*this, exchange));
  }

  void GoOn(ServerExchange& viewer, std::unique_ptr<Continuation> self) {
    ++calls_;
    std::array<char, 64> text{};
    const auto got = ::read(near_.get(), text.data(), text.size());
    if (got > 0) return ReplyText(viewer, std::string(text.data(), static_cast<std::size_t>(got)));
    if (viewer.ClientGone()) return static_cast<void>(viewer.Reply({}, "gone"));  // nobody hears it
    if (until_ - steady_clock::now() < kNextLook) return ReplyText(viewer, "late", 504);
    if (!viewer.CanSuspend()) return ReplyText(viewer, "stopping", 503);
    viewer.Suspend(near_.get(), until_, std::move(self));
  }

  void Say(std::string_view text) {
    ASSERT_EQ(::write(far_.get(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  bool IsWaiting() {
    return Eventually([this] { return calls_ >= 1 && server_.server.parked() == 1; });
  }

  net::FileDescriptor near_;
  net::FileDescriptor far_;
  steady_clock::time_point until_ = steady_clock::now() + 1h;
  std::atomic<int> calls_ = 0;
  std::atomic<int> alive_ = 0;
  TestServer server_{[this](ServerExchange& exchange) { Handle(exchange); }, SmallOptions(1)};
};

TEST_F(SuspendTest, TheOnlyWorkerServesOthersMeanwhile) {
  auto client = server_.Connect();
  client.Send("GET /wait HTTP/1.1\r\nHost: h\r\n\r\n");
  ASSERT_TRUE(IsWaiting());

  EXPECT_EQ(server_.Connect().Get("/").body, "hello");
  EXPECT_EQ(calls_, 1);

  Say("come");
  EXPECT_EQ(client.Read().body, "come");
  EXPECT_EQ(client.Get("/").body, "hello") << "the connection goes on";
  EXPECT_TRUE(Eventually([&] { return alive_ == 0; }));
}

TEST_F(SuspendTest, ABodyThatNobodyWantsDoesNotMatter) {
  auto client = server_.Connect();
  client.Send("GET /wait HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nab");
  ASSERT_TRUE(IsWaiting());
  EXPECT_EQ(server_.Connect().Get("/").body, "hello");

  Say("come");
  EXPECT_EQ(client.Read().body, "come");
  client.Send("cdGET / HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(client.Read().body, "hello");
}

TEST_F(SuspendTest, OneConnectionMayWaitAgainAndAgain) {
  auto client = server_.Connect();
  for (int i = 0; i < 3; ++i) {
    calls_ = 0;
    client.Send("GET /wait HTTP/1.1\r\nHost: h\r\n\r\n");
    ASSERT_TRUE(IsWaiting());
    Say("come");
    EXPECT_EQ(client.Read().body, "come");
  }
}

TEST_F(SuspendTest, AnswersWhatWasSentBehindTheRequest) {
  auto client = server_.Connect();
  client.Send("GET /wait HTTP/1.1\r\nHost: h\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n");
  ASSERT_TRUE(IsWaiting());
  client.Send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  Say("come");

  EXPECT_EQ(client.Read().body, "come");
  EXPECT_EQ(client.Read().body, "hello");
  EXPECT_EQ(client.Read().body, "hello");
}

TEST_F(SuspendTest, IsToldThatTheClientHasGone) {
  auto client = server_.Connect();
  client.Send("GET /wait HTTP/1.1\r\nHost: h\r\n\r\n");
  ASSERT_TRUE(IsWaiting());

  client.Close();

  EXPECT_TRUE(Eventually([&] { return server_.server.connections() == 0; }));
  EXPECT_TRUE(Eventually([&] { return alive_ == 0; }));
}

TEST_F(SuspendTest, IsToldThatItsTimeIsNearlyUp) {
  until_ = steady_clock::now() + 1s;
  const auto reply = server_.Connect().Get("/wait");

  EXPECT_EQ(reply.status, 504);
  EXPECT_EQ(reply.body, "late");
}

TEST_F(SuspendTest, GoesOnWithAWorkerWhereEpollCannotWait) {
  near_ = net::FileDescriptor(::open("/proc/self/exe", O_RDONLY | O_CLOEXEC));  // a file: EPERM
  auto options = SmallOptions(1);
  options.idle_timeout = 500ms;
  TestServer server(
      [&](ServerExchange& exchange) {
        if (exchange.path() != "/wait") return Hello(exchange);
        ++alive_;
        exchange.Suspend(near_.get(), until_, std::make_unique<Waiting>(*this, exchange));
      },
      std::move(options));
  auto client = server.Connect();

  EXPECT_EQ(client.Get("/wait").status, 200);
  EXPECT_TRUE(Eventually([&] { return alive_ == 0; }));
  EXPECT_EQ(client.Get("/").body, "hello");
  EXPECT_TRUE(client.ReadsEnd()) << "connections still expire";
}

TEST_F(SuspendTest, DrainingWaitsForIt) {
  auto client = server_.Connect();
  client.Send("GET /wait HTTP/1.1\r\nHost: h\r\n\r\n");
  ASSERT_TRUE(IsWaiting());

  auto drained = std::async(std::launch::async, [&] { return server_.server.Drain(10s); });
  EXPECT_EQ(drained.wait_for(300ms), std::future_status::timeout);
  Say("come");

  EXPECT_TRUE(drained.get());
  EXPECT_EQ(client.Read().body, "come");
}

TEST_F(SuspendTest, StoppingEndsItOnce) {
  auto client = server_.Connect();
  client.Send("GET /wait HTTP/1.1\r\nHost: h\r\n\r\n");
  ASSERT_TRUE(IsWaiting());

  server_.server.Stop();

  EXPECT_EQ(calls_, 2);
  EXPECT_TRUE(Eventually([&] { return alive_ == 0; }));
  EXPECT_EQ(server_.server.connections(), 0U);
}

TEST_F(SuspendTest, MayNotBeWhenTheResponseHasStarted) {
  std::vector<bool> may;
  TestServer server([&](ServerExchange& exchange) {
    may.push_back(exchange.CanSuspend());
    ASSERT_TRUE(exchange.ReadBody(100));
    may.push_back(exchange.CanSuspend());
    ASSERT_TRUE(exchange.Start({.length = 0}));
    may.push_back(exchange.CanSuspend());
    ASSERT_TRUE(exchange.Finish());
  });
  auto client = server.Connect();

  client.Send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nok");

  EXPECT_EQ(client.Read().status, 200);
  EXPECT_EQ(may, (std::vector{true, true, false}));
}

}  // namespace
}  // namespace sluice::http
