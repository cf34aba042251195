// SPDX-License-Identifier: MIT
#include "core/http/acceptor.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <prometheus/registry.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <chrono>
#include <string>
#include <vector>

#include "core/http/client_address.hpp"
#include "core/net/file_descriptor.hpp"
#include "tests/core/http/raw_client.hpp"

namespace sluice::http {
namespace {

using testing::RawClient;

constexpr std::uint64_t kListenerToken = 3;

ConnectionTable::Limits Patient() {
  ConnectionTable::Limits limits;
  limits.fill(std::chrono::minutes(1));
  return limits;
}

int Option(int fd, int level, int name) {
  int value = -1;
  socklen_t size = sizeof value;
  EXPECT_EQ(::getsockopt(fd, level, name, &value, &size), 0);
  return value;
}

/// An acceptor with an address of its own, and a worker's part played by the test.
class AcceptorTest : public ::testing::TestWithParam<const char*> {
 protected:
  AcceptorTest() {
    std::vector<StartFault> faults;
    acceptor_.Bind(faults);
    for (const auto& fault : faults) ADD_FAILURE() << fault.message;
    acceptor_.Arm();
  }
  /// The next event's token; 0: none came.
  std::uint64_t Next() const {
    epoll_event event{};
    return ::epoll_wait(epoll_.get(), &event, 1, 10'000) == 1 ? event.data.u64 : 0;
  }

  prometheus::Registry registry_;
  Metrics metrics_{registry_};
  const net::FileDescriptor epoll_{::epoll_create1(EPOLL_CLOEXEC)};
  ConnectionTable table_{epoll_.get(), 1, Patient()};
  Acceptor acceptor_{
      {.name = "main", .address = std::string(GetParam()) + ":0"}, 0, kListenerToken, epoll_.get(), metrics_};
};

TEST_P(AcceptorTest, ConnectionsSendWithoutDelayAndNoticePeersThatVanish) {
  const std::string host = GetParam();
  RawClient client(acceptor_.port(), {}, 0, host.front() == '[' ? host.substr(1, host.size() - 2) : host);
  ASSERT_EQ(Next(), kListenerToken);
  acceptor_.Accept(table_, TrustedProxies());
  client.Send("GET");

  auto* const connection = table_.Claim(Next());

  ASSERT_NE(connection, nullptr);
  EXPECT_EQ(Option(connection->fd, IPPROTO_TCP, TCP_NODELAY), 1);
  EXPECT_EQ(Option(connection->fd, SOL_SOCKET, SO_KEEPALIVE), 1);
  EXPECT_EQ(Option(connection->fd, IPPROTO_TCP, TCP_KEEPIDLE), 60);
  EXPECT_EQ(Option(connection->fd, IPPROTO_TCP, TCP_KEEPINTVL), 15);
  EXPECT_EQ(Option(connection->fd, IPPROTO_TCP, TCP_KEEPCNT), 4);
  EXPECT_NE(::fcntl(connection->fd, F_GETFL) & O_NONBLOCK, 0);
  EXPECT_NE(::fcntl(connection->fd, F_GETFD) & FD_CLOEXEC, 0);
  table_.Close(*connection);
}

INSTANTIATE_TEST_SUITE_P(Addresses, AcceptorTest, ::testing::Values("127.0.0.1", "[::1]"));

}  // namespace
}  // namespace sluice::http
