// SPDX-License-Identifier: MIT
#include "core/relay/relay.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <future>
#include <thread>

#include "core/relay/rate.hpp"
#include "tests/core/http/raw_client.hpp"
#include "tests/core/relay/gateway.hpp"
#include "tests/fakes/faulty_origin.hpp"

namespace sluice::relay {
namespace {

using namespace std::chrono_literals;
using fakes::FaultyOrigin;
using http::testing::Eventually;
using http::testing::RawClient;
using testing::Gateway;
using testing::Head;
using testing::Pattern;

const std::string kChunkedHead = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
const std::string kCloseHead = "HTTP/1.1 200 OK\r\n\r\n";

std::string Chunked(std::string_view body, std::size_t size, std::string_view trailers = "X-Trailer: t\r\n") {
  std::string coded;
  for (std::size_t at = 0; at < body.size(); at += size) {
    const auto chunk = body.substr(at, size);
    std::array<char, 20> line{};
    std::snprintf(line.data(), line.size(), "%zx\r\n", chunk.size());
    coded.append(line.data()).append(chunk).append("\r\n");
  }
  return coded.append("0\r\n").append(trailers).append("\r\n");
}

/// Answers every request of a connection with the same.
FaultyOrigin::Script Always(std::string answer) {
  return [answer = std::move(answer)](FaultyOrigin::Peer& peer) {
    while (!peer.ReadHead().empty() && peer.Send(answer)) {
    }
  };
}

TEST(RelayTest, MovesABodyOfKnownLengthAndKeepsBothConnections) {
  const auto body = Pattern(3'000'000);
  FaultyOrigin origin(Always(Head(body.size()) + body));
  Gateway gateway({.origin = origin.url()});
  RawClient client(gateway.port());

  for (int i = 0; i < 3; ++i) {
    const auto reply = client.Get("/");

    EXPECT_TRUE(reply.complete);
    EXPECT_TRUE(reply.body == body);
  }

  EXPECT_EQ(origin.connections(), 1);
  const auto result = gateway.ResultOf(2);
  EXPECT_EQ(result.end, End::kComplete);
  EXPECT_EQ(result.mode, Mode::kSplice);
  EXPECT_EQ(result.bytes, body.size());
  EXPECT_EQ(gateway.progress(), 3 * body.size());
}

TEST(RelayTest, CopiesWhatFindsNoPipe) {
  const auto body = Pattern(3'000'000);
  FaultyOrigin origin(Always(Head(body.size()) + body));
  Gateway gateway({.origin = origin.url(), .pipes = 0});

  EXPECT_TRUE(RawClient(gateway.port()).Get("/").body == body);
}

TEST(RelayTest, MovesABodyThatEndsWithItsConnection) {
  const auto body = Pattern(1'000'000);
  FaultyOrigin origin(FaultyOrigin::Say(kCloseHead + body));
  Gateway gateway({.origin = origin.url()});

  const auto reply = RawClient(gateway.port()).Get("/");

  EXPECT_TRUE(reply.complete);
  EXPECT_EQ(reply.Field("Transfer-Encoding"), "chunked");
  EXPECT_TRUE(reply.body == body);
  EXPECT_EQ(gateway.ResultOf(0).mode, Mode::kSplice);
}

TEST(RelayTest, MovesChunks) {
  const auto body = Pattern(700'001);
  FaultyOrigin origin(Always(kChunkedHead + Chunked(body, 4001)));
  Gateway gateway({.origin = origin.url()});
  RawClient client(gateway.port());

  for (int i = 0; i < 2; ++i) EXPECT_TRUE(client.Get("/").body == body);

  EXPECT_EQ(origin.connections(), 1) << "a chunked body ends without its connection";
  EXPECT_EQ(gateway.ResultOf(1).mode, Mode::kBuffered);
}

http::testing::RawResponse GetWithTrailers(RawClient& client) {
  client.Send("GET / HTTP/1.1\r\nHost: h\r\nTE: deflate, trailers\r\nConnection: TE\r\n\r\n");
  return client.Read();
}

TEST(RelayTest, GivesTrailersToClientsThatReadThem) {
  const auto body = Pattern(700'001);
  FaultyOrigin origin(
      Always(kChunkedHead + Chunked(body, 4001, "X-Sum: 1\r\nX-Hidden: 2\r\nContent-Length: 3\r\nx-more:\r\n")));
  Gateway gateway({.origin = origin.url(), .trailer = [](std::string_view name) { return name != "X-Hidden"; }});
  RawClient client(gateway.port());

  for (int i = 0; i < 2; ++i) {
    const auto reply = GetWithTrailers(client);
    EXPECT_TRUE(reply.body == body);
    EXPECT_EQ(reply.trailers, "X-Sum: 1\r\nx-more: \r\n\r\n");
  }
  EXPECT_EQ(client.Get("/").trailers, "\r\n") << "it did not say that it reads them";
}

TEST(RelayTest, GivesNoTrailersThatNobodyAllowed) {
  FaultyOrigin origin(Always(kChunkedHead + Chunked("body", 4)));
  Gateway gateway({.origin = origin.url()});
  RawClient client(gateway.port());

  const auto reply = GetWithTrailers(client);

  EXPECT_EQ(reply.body, "body");
  EXPECT_EQ(reply.trailers, "\r\n");
}

TEST(RelayTest, GivesNoTrailersBehindABodyWithoutChunks) {
  FaultyOrigin origin(Always(kChunkedHead + Chunked("body", 4)));
  Gateway gateway({.origin = origin.url(), .trailer = [](std::string_view) { return true; }});
  RawClient client(gateway.port());

  client.Send("GET / HTTP/1.0\r\nTE: trailers\r\n\r\n");

  EXPECT_EQ(client.Read().body, "body");
}

TEST(RelayTest, MovesAnEmptyChunkedBody) {
  FaultyOrigin origin(Always(kChunkedHead + "0\r\n\r\n"));
  Gateway gateway({.origin = origin.url()});

  const auto reply = RawClient(gateway.port()).Get("/");

  EXPECT_TRUE(reply.complete);
  EXPECT_EQ(reply.body, "");
}

TEST(RelayTest, AnOldClientGetsABodyThatEndsWithTheConnection) {
  const auto body = Pattern(300'000);
  FaultyOrigin origin(Always(kChunkedHead + Chunked(body, 5000)));
  Gateway gateway({.origin = origin.url()});
  RawClient client(gateway.port());

  client.Send("GET / HTTP/1.0\r\n\r\n");
  const auto reply = client.Read();

  EXPECT_TRUE(reply.body == body);
  EXPECT_FALSE(client.was_reset());
}

TEST(RelayTest, MovesAFile) {
  const auto folder = std::filesystem::temp_directory_path() / ("relay_test_" + std::to_string(::getpid()));
  std::filesystem::create_directory(folder);
  const auto body = Pattern(2'500'000);
  std::ofstream(folder / "clip.ts") << body;
  Gateway gateway({.origin = "file://" + folder.string()});

  const auto reply = RawClient(gateway.port()).Get("/clip.ts");
  std::filesystem::remove_all(folder);

  EXPECT_TRUE(reply.complete);
  EXPECT_TRUE(reply.body == body);
}

TEST(RelayTest, AnUpstreamThatDiesLeavesABrokenBody) {
  const auto part = Pattern(500'000);
  for (const auto& head : {Head(600'000), kChunkedHead + "927C0\r\n"}) {
    FaultyOrigin origin(FaultyOrigin::Say(head + part));
    Gateway gateway({.origin = origin.url()});

    const auto reply = RawClient(gateway.port()).Get("/");

    EXPECT_FALSE(reply.complete);
    EXPECT_EQ(gateway.ResultOf(0).end, End::kUpstreamBroke);
  }
}

TEST(RelayTest, AResetIsNotTheEndOfABodyWithoutLength) {
  FaultyOrigin origin([](FaultyOrigin::Peer& peer) {
    peer.ReadHead();
    peer.Send(kCloseHead + Pattern(100'000));
    peer.Reset();
  });
  Gateway gateway({.origin = origin.url()});

  EXPECT_FALSE(RawClient(gateway.port()).Get("/").complete);
}

TEST(RelayTest, ABadChunkLeavesABrokenBody) {
  FaultyOrigin origin(FaultyOrigin::Say(kChunkedHead + "5\r\nhello\r\nzz\r\n"));
  Gateway gateway({.origin = origin.url()});

  EXPECT_FALSE(RawClient(gateway.port()).Get("/").complete);
  EXPECT_EQ(gateway.ResultOf(0).end, End::kUpstreamBroke);
}

TEST(RelayTest, FreesTheUpstreamWhenTheClientLeaves) {
  std::promise<void> hung_up;
  FaultyOrigin origin([&](FaultyOrigin::Peer& peer) {
    peer.ReadHead();
    peer.Send(Head(10'000'000) + Pattern(1000));  // then says nothing, and would for ever
    peer.WaitForHangUp();
    hung_up.set_value();
  });
  Gateway gateway({.origin = origin.url()});
  {
    RawClient client(gateway.port());
    client.Send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_NE(client.ReadSome(), "");
  }

  EXPECT_EQ(hung_up.get_future().wait_for(1s), std::future_status::ready);
  EXPECT_EQ(gateway.ResultOf(0).end, End::kClientGone);
}

TEST(RelayTest, GivesUpAnUpstreamThatFallsSilent) {
  FaultyOrigin origin([](FaultyOrigin::Peer& peer) {
    peer.ReadHead();
    peer.Send(Head(1000) + "some");
    peer.WaitForHangUp();
  });
  Gateway gateway({.origin = origin.url(), .read_timeout = 100ms});

  EXPECT_FALSE(RawClient(gateway.port()).Get("/").complete);
  EXPECT_EQ(gateway.ResultOf(0).end, End::kUpstreamStalled);
}

TEST(RelayTest, GivesUpAClientThatReadsNothingAndTakesNoMoreThanSocketsHold) {
  std::atomic<std::size_t> sent = 0;
  FaultyOrigin origin([&](FaultyOrigin::Peer& peer) {
    peer.ReadHead();
    if (!peer.Send(Head(1'000'000'000))) return;
    const auto piece = Pattern(1'000'000);
    while (peer.Send(piece)) sent += piece.size();
  });
  Gateway gateway({.origin = origin.url(), .write_timeout = 200ms});
  RawClient client(gateway.port(), {}, 4096);
  client.Send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");

  EXPECT_EQ(gateway.ResultOf(0).end, End::kClientStalled);
  EXPECT_LT(sent, 64'000'000U);
}

TEST(RateTest, ATimeBeforeTheLastEarnsNothing) {
  const Clock::time_point now{std::chrono::hours(1)};
  Rate rate(1000, now);

  EXPECT_EQ(rate.Allowed(now - 1ms), 0U);
  EXPECT_GT(rate.Allowed(now + 1s), 0U);
}

TEST(RelayTest, ABodyAtALimitedRateIsWhole) {
  const auto body = Pattern(300'000);
  FaultyOrigin origin(Always(Head(body.size()) + body));
  Gateway gateway({.origin = origin.url(), .bytes_per_second = 1'000'000});

  const auto reply = RawClient(gateway.port()).Get("/");

  EXPECT_TRUE(reply.complete);
  EXPECT_TRUE(reply.body == body);
  EXPECT_EQ(gateway.ResultOf(0).end, End::kComplete) << "whoever leaves with the last octet has got them all";
}

TEST(RelayTest, StopBreaksBodiesOff) {
  FaultyOrigin origin([](FaultyOrigin::Peer& peer) {
    peer.ReadHead();
    peer.Send(Head(1000) + "some");
    peer.WaitForHangUp();
  });
  Gateway gateway({.origin = origin.url()});
  RawClient client(gateway.port());
  client.Send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_NE(client.ReadSome(), "");

  gateway.relay().Stop();

  EXPECT_EQ(gateway.ResultOf(0).end, End::kStopped);
  bool closed = false;
  client.ReadToEnd(closed);
  EXPECT_TRUE(closed);
}

/// No thread of the relay runs any more: what the client gets came from the worker.
TEST(RelayTest, WhatCameWithTheUpstreamsHeadNeedNotWaitForAnotherThread) {
  FaultyOrigin origin(FaultyOrigin::Say(Head(1000) + "some"));
  Gateway gateway({.origin = origin.url()});
  gateway.relay().Stop();
  RawClient client(gateway.port());
  client.Send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");

  bool closed = false;
  const auto received = client.ReadToEnd(closed);

  EXPECT_TRUE(received.ends_with("\r\n\r\nsome")) << received;
  EXPECT_TRUE(closed);
  EXPECT_EQ(gateway.ResultOf(0).bytes, 4U);
}

TEST(RelayTest, ABodyThatComesAfterStopIsBrokenOffAndReported) {
  FaultyOrigin origin(FaultyOrigin::Say(kChunkedHead + "3e8\r\nsome"));
  Gateway gateway({.origin = origin.url()});
  gateway.relay().Stop();
  RawClient client(gateway.port());
  client.Send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");

  bool closed = false;
  client.ReadToEnd(closed);

  EXPECT_TRUE(closed);
  const auto result = gateway.ResultOf(0);
  EXPECT_EQ(result.end, End::kStopped);
  EXPECT_EQ(result.bytes, 0U);
}

TEST(RelayTest, OneThreadServesManyBodiesAtOnce) {
  const auto body = Pattern(400'000);
  FaultyOrigin origin(Always(Head(body.size()) + body));
  Gateway gateway({.origin = origin.url(), .relay_threads = 1});

  std::vector<std::future<bool>> clients;
  for (int i = 0; i < 16; ++i) {
    clients.push_back(std::async(std::launch::async, [&] {
      RawClient client(gateway.port());
      bool same = true;
      for (int k = 0; k < 5; ++k) same = client.Get("/").body == body && same;
      return same;
    }));
  }

  for (auto& client : clients) EXPECT_TRUE(client.get());
}

}  // namespace
}  // namespace sluice::relay
