// SPDX-License-Identifier: MIT
// Ten thousand idle connections. The clients live in a child process: each side needs a descriptor for every one.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

#include "tests/core/http/server_fixture.hpp"

namespace sluice::http {
namespace {

using testing::Eventually;
using testing::RawClient;
using testing::ReplyText;
using testing::SmallOptions;
using testing::TestServer;

constexpr std::size_t kWanted = 10'000;
constexpr std::size_t kPerSource = 5'000;  // of the ephemeral ports of one source address
constexpr rlim_t kOtherDescriptors = 100;

/// Raises the soft limit to the hard one. \returns how many connections fit.
std::size_t RaiseDescriptorLimit() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
  return std::min<std::size_t>(kWanted, static_cast<std::size_t>(limit.rlim_cur - kOtherDescriptors));
}

/// A process that is told a port, opens `count` connections, uses each once, answers how many worked, and holds them
/// until its pipe closes.
class Crowd {
 public:
  explicit Crowd(std::size_t count) {
    if (::pipe(to_child_.data()) != 0 || ::pipe(from_child_.data()) != 0) return;
    pid_ = ::fork();
    if (pid_ != 0) return;
    ::close(to_child_[1]);
    std::uint16_t port = 0;
    if (::read(to_child_[0], &port, sizeof port) != sizeof port) ::_exit(1);
    std::vector<RawClient> clients;
    clients.reserve(count);
    std::size_t worked = 0;
    for (std::size_t i = 0; i < count; ++i) {
      clients.emplace_back(port, "127.0.0." + std::to_string(2 + i / kPerSource));
      worked += clients.back().connected() && clients.back().Get("/").body == "hello" ? 1U : 0U;
    }
    if (::write(from_child_[1], &worked, sizeof worked) != sizeof worked) ::_exit(1);
    char octet = 0;
    while (::read(to_child_[0], &octet, 1) > 0) continue;
    ::_exit(0);
  }
  ~Crowd() {
    Leave();
    for (const int fd : {to_child_[0], from_child_[0], from_child_[1]}) ::close(fd);
  }
  Crowd(const Crowd&) = delete;
  Crowd& operator=(const Crowd&) = delete;

  /// \returns how many connections are open and were answered.
  std::size_t Come(std::uint16_t port) {
    std::size_t worked = 0;
    if (::write(to_child_[1], &port, sizeof port) != sizeof port) return 0;
    return ::read(from_child_[0], &worked, sizeof worked) == sizeof worked ? worked : 0;
  }
  void Leave() {
    if (pid_ <= 0) return;
    ::close(to_child_[1]);
    ::waitpid(std::exchange(pid_, -1), nullptr, 0);
  }

 private:
  std::array<int, 2> to_child_{-1, -1};
  std::array<int, 2> from_child_{-1, -1};
  pid_t pid_ = -1;
};

std::chrono::nanoseconds MedianLatency(RawClient& client) {
  std::vector<std::chrono::nanoseconds> times;
  for (int i = 0; i < 301; ++i) {
    const auto start = std::chrono::steady_clock::now();
    EXPECT_EQ(client.Get("/").body, "hello");
    times.push_back(std::chrono::steady_clock::now() - start);
  }
  std::nth_element(times.begin(), times.begin() + 150, times.end());
  return times[150];
}

std::size_t ResidentBytes() {
  std::size_t pages = 0;
  if (auto* const file = std::fopen("/proc/self/statm", "r")) {
    if (std::fscanf(file, "%*s %zu", &pages) != 1) pages = 0;
    std::fclose(file);
  }
  return pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

TEST(IdleTest, ThousandsOfIdleConnectionsSlowNobodyDown) {
  const auto count = RaiseDescriptorLimit();
  Crowd crowd(count);  // forked before there are threads
  TestServer server([](ServerExchange& exchange) { ReplyText(exchange, "hello"); }, SmallOptions(8));
  auto client = server.Connect();
  const auto alone = MedianLatency(client);
  const auto before = ResidentBytes();

  const auto open = crowd.Come(server.port());

  ASSERT_EQ(open, count);
  EXPECT_TRUE(Eventually([&] { return server.server.parked() == count + 1; }));
  const auto grown = ResidentBytes() - before;
  const auto crowded = MedianLatency(client);
  std::printf(
      "%zu idle connections: %zu bytes each in this process; median latency %lld ns alone, %lld ns among them\n", count,
      grown / count, static_cast<long long>(alone.count()), static_cast<long long>(crowded.count()));
  EXPECT_LT(crowded, 5 * alone + std::chrono::milliseconds(1));
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && !defined(__clang__)
  EXPECT_LT(grown / count, 1024U);
#endif
  EXPECT_TRUE(
      Eventually([&] { return server.Metric("sluice_http_connections", "parked") > static_cast<double>(count); }));
  crowd.Leave();
  EXPECT_TRUE(Eventually([&] { return server.server.connections() == 1; }));
}

}  // namespace
}  // namespace sluice::http
