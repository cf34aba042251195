// SPDX-License-Identifier: MIT
// The feed by the server's own HTTP client, from a pool on a real socket: what is on its way, and what never comes.
#include <gtest/gtest.h>
#include <prometheus/registry.h>

#include <atomic>
#include <chrono>
#include <sluice/sdk/detail/service_tables.hpp>
#include <sluice/sdk/testing/calls.hpp>
#include <sluice/sdk/testing/fake_services.hpp>
#include <string>
#include <thread>

#include "core/upstream/http_service.hpp"
#include "feed.hpp"
#include "tests/fakes/faulty_origin.hpp"

namespace sluice::plugins::chillstreams {
namespace {

using namespace std::chrono_literals;
using fakes::FaultyOrigin;

constexpr const char* kHead =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n";
constexpr const char* kRevocation =
    "53\r\nid: 1\r\nevent: revoked\r\ndata: {\"userId\": \"3f2b1c00-aaaa-4bbb-8ccc-0123456789ab\"}\r\n\r\n\r\n";

struct Arrivals final : sdk::RevocationSink {
  bool Put(std::string_view, bool) override {
    ++count;
    count.notify_all();
    return true;
  }
  std::atomic<int> count = 0;
};

class FeedOverHttpTest : public ::testing::Test {
 protected:
  FeedOverHttpTest()
      : client_({.trusted = {"127.0.0.1"}}, registry_),
        http_(client_),
        tables_({.log = &log_, .metrics = &metrics_, .http = &http_, .clock = &clock_}, "1.0.0"),
        host_(tables_.host(), "test") {}

  /// Follows the feed of `origin` until `is_time` has come back, then cancels. \returns  how long that took to be
  /// heeded.
  template <typename Function>
  std::chrono::steady_clock::duration CancelAfter(const FaultyOrigin& origin, Function is_time) {
    const Options options{.url = origin.url(), .key = "k", .store = "torbox"};
    const PoolClient pool(host_, options);
    GrantCache grants(host_, 10s, 10);
    Feed feed(host_, pool, grants);
    sdk::testing::TestCall call({.timeout = std::chrono::nanoseconds::max()});
    std::thread watcher([&] { EXPECT_EQ(feed.Watch(call, news_).error().code, sdk::Errc::kCancelled); });
    is_time();
    const auto begin = std::chrono::steady_clock::now();
    call.Cancel();
    watcher.join();
    return std::chrono::steady_clock::now() - begin;
  }

  prometheus::Registry registry_;
  upstream::Client client_;
  upstream::HttpService http_;
  sdk::testing::FakeLog log_;
  sdk::testing::FakeMetrics metrics_;
  sdk::testing::FakeClock clock_;
  const sdk::detail::ServiceTables tables_;
  const sdk::Host host_;
  Arrivals news_;
};

TEST_F(FeedOverHttpTest, HandsOnAnEventWhileTheFeedStaysOpenAndLeavesWithinASecond) {
  FaultyOrigin origin([](FaultyOrigin::Peer& peer) {
    peer.ReadHead();
    peer.Send(std::string(kHead) + kRevocation);
    peer.WaitForHangUp();
  });

  const auto taken = CancelAfter(origin, [&] { news_.count.wait(0); });

  EXPECT_EQ(news_.count, 1);
  EXPECT_LT(taken, 1s);
}

TEST_F(FeedOverHttpTest, LeavesAPoolThatNeverAnswersWithinASecond) {
  std::atomic<bool> is_asked = false;
  FaultyOrigin origin([&](FaultyOrigin::Peer& peer) {
    peer.ReadHead();
    is_asked = true;
    is_asked.notify_all();
    peer.WaitForHangUp();
  });

  EXPECT_LT(CancelAfter(origin, [&] { is_asked.wait(false); }), 1s);
}

}  // namespace
}  // namespace sluice::plugins::chillstreams
