// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>

#include "tests/core/http/raw_client.hpp"
#include "tests/core/relay/gateway.hpp"
#include "tests/fakes/faulty_origin.hpp"

namespace sluice::relay {
namespace {

using namespace std::chrono_literals;
using fakes::FaultyOrigin;
using http::testing::RawClient;
using testing::Gateway;
using testing::Head;
using testing::Pattern;

constexpr std::string_view kRequest = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

/// Asks the origin for the rest.
class ResumingGateway {
 public:
  explicit ResumingGateway(FaultyOrigin& origin)
      : gateway_({.origin = origin.url(), .resume = [this, &origin](const std::string& path) -> Resume {
                    return [this, url = origin.url() + path](std::uint64_t sent, const std::atomic<bool>&) {
                      ++asked_;
                      return testing::FetchRest(gateway_.client(), url, sent);
                    };
                  }}) {}
  Gateway& gateway() { return gateway_; }
  int asked() const { return asked_; }

 private:
  std::atomic<int> asked_ = 0;
  Gateway gateway_;
};

TEST(ResumeTest, GoesOnWhereAnUpstreamBrokeOff) {
  const auto body = Pattern(2'000'000);
  FaultyOrigin origin([&](FaultyOrigin::Peer& peer) {
    const auto head = peer.ReadHead();
    const auto range = head.find("Range: bytes=");
    if (range == std::string::npos) {
      peer.Send(Head(body.size()) + body.substr(0, 1'234'567));
      return;
    }
    const auto first = std::stoull(head.substr(range + 13));
    const auto rest = body.substr(first);
    peer.Send("HTTP/1.1 206 Partial Content\r\nContent-Length: " + std::to_string(rest.size()) + "\r\n\r\n" + rest);
  });
  ResumingGateway resuming(origin);
  auto& gateway = resuming.gateway();

  const auto reply = RawClient(gateway.port()).Get("/");

  EXPECT_TRUE(reply.complete);
  EXPECT_TRUE(reply.body == body);
  EXPECT_EQ(gateway.ResultOf(0).end, End::kComplete);
  EXPECT_EQ(gateway.ResultOf(0).bytes, body.size());
}

TEST(ResumeTest, BreaksTheBodyOffWhenThereIsNoRest) {
  FaultyOrigin origin(FaultyOrigin::Say(Head(5000) + "short"));
  Gateway gateway({.origin = origin.url(), .resume = [](const std::string&) -> Resume {
                     return [](std::uint64_t, const std::atomic<bool>&) { return std::nullopt; };
                   }});

  EXPECT_FALSE(RawClient(gateway.port()).Get("/").complete);
  EXPECT_EQ(gateway.ResultOf(0).end, End::kUpstreamBroke);
}

TEST(ResumeTest, GivesUpAnOriginThatAlwaysBreaksOffAtTheSamePlace) {
  FaultyOrigin origin([](FaultyOrigin::Peer& peer) {
    const bool whole = peer.ReadHead().find("Range: ") == std::string::npos;
    peer.Send(whole ? Head(500'000) + Pattern(100'000)
                    : "HTTP/1.1 206 Partial Content\r\nContent-Length: 400000\r\n\r\n");
  });
  ResumingGateway resuming(origin);
  auto& gateway = resuming.gateway();

  const auto reply = RawClient(gateway.port()).Get("/");

  EXPECT_FALSE(reply.complete);
  EXPECT_TRUE(reply.body == Pattern(100'000));
  EXPECT_EQ(gateway.ResultOf(0).end, End::kUpstreamBroke);
  EXPECT_GE(resuming.asked(), 2) << "once is bad luck";
  EXPECT_LE(resuming.asked(), 5);
}

/// Asks for a rest that does not come.
class EndlessRest {
 public:
  std::function<Resume(const std::string&)> resume() {
    return [this](const std::string&) -> Resume {
      return [this](std::uint64_t, const std::atomic<bool>& cancelled) -> std::optional<Body> {
        begun_.set_value();
        const auto limit = std::chrono::steady_clock::now() + 20s;
        while (!cancelled && std::chrono::steady_clock::now() < limit) std::this_thread::yield();
        was_cancelled_.set_value(cancelled);
        return std::nullopt;
      };
    };
  }
  void WaitUntilBegun() { begun_.get_future().wait(); }
  bool WasCancelled() { return was_cancelled_.get_future().get(); }

 private:
  std::promise<void> begun_;
  std::promise<bool> was_cancelled_;
};

TEST(ResumeTest, NobodyAsksForTheRestOfAClientThatHasLeft) {
  EndlessRest rest;
  FaultyOrigin origin(FaultyOrigin::Say(Head(5000) + "short"));
  Gateway gateway({.origin = origin.url(), .resume = rest.resume()});
  RawClient client(gateway.port());
  client.Send(kRequest);
  rest.WaitUntilBegun();

  client.Close();

  EXPECT_EQ(gateway.ResultOf(0).end, End::kClientGone);
  EXPECT_TRUE(rest.WasCancelled());
}

TEST(ResumeTest, StopDoesNotWaitForTheRest) {
  EndlessRest rest;
  FaultyOrigin origin(FaultyOrigin::Say(Head(5000) + "short"));
  Gateway gateway({.origin = origin.url(), .resume = rest.resume()});
  RawClient client(gateway.port());
  client.Send(kRequest);
  rest.WaitUntilBegun();

  gateway.relay().Stop();

  EXPECT_TRUE(rest.WasCancelled());
  EXPECT_EQ(gateway.ResultOf(0).end, End::kStopped);
}

}  // namespace
}  // namespace sluice::relay
