// SPDX-License-Identifier: MIT
// Bodies that come over TLS, to viewers with TLS and without: through the relay, by a real server.
#include <gmock/gmock.h>

#include "tests/core/pipeline/tls_stream_fixture.hpp"

namespace sluice::pipeline::testing {
namespace {

TEST_F(TlsStreamTest, EveryOctetPasses) {
  const FaultyOrigin origin(SayAll, &Made());
  ServeFrom(origin.url());

  for (const auto& viewer : kViewers) {
    for (const auto& framing : Framings()) {
      const auto reply = Ask(viewer, "/" + framing.name).Read();

      EXPECT_EQ(reply.status, 200) << viewer.name << ", " << framing.name;
      ASSERT_TRUE(reply.complete) << viewer.name << ", " << framing.name;
      ASSERT_TRUE(reply.body == Film()) << viewer.name << ", " << framing.name;
    }
  }
}

TEST_F(TlsStreamTest, AnOldViewerSeesAnOrderlyEnd) {
  const FaultyOrigin origin(SayAll, &Made());
  ServeFrom(origin.url());

  for (const Viewer& viewer : {Viewer{"plain", 0, true}, Viewer{"TLS", TLS1_3_VERSION, true}}) {
    for (const auto* const path : {"/chunked", "/close"}) {
      auto client = Ask(viewer, path);
      const auto reply = client.Read();

      ASSERT_TRUE(reply.body == Film()) << viewer.name << path;
      EXPECT_FALSE(client.was_reset()) << viewer.name << path;
    }
  }
}

TEST_F(TlsStreamTest, ACipherOnEitherSideIsModeTls) {
  const FaultyOrigin secure(SayAll, &Made());
  const FaultyOrigin plain(SayAll);
  struct Way {
    std::string origin;
    Viewer viewer;
    std::string mode;
  };
  const std::vector<Way> ways = {{secure.url(), kViewers.front(), "tls"},
                                 {secure.url(), kViewers.back(), "tls"},
                                 {plain.url(), kViewers.back(), "tls"},
                                 {plain.url(), kViewers.front(), "splice"}};
  for (const auto& way : ways) {
    ServeFrom(way.origin);
    const auto before = Relayed(way.mode);

    ASSERT_TRUE(Ask(way.viewer, "/length").Read().complete);

    EXPECT_TRUE(Eventually([&] { return Relayed(way.mode) - before == kFilmBytes; }))
        << way.origin << " to " << way.viewer.name;
  }
  EXPECT_EQ(Relayed("tls"), 3 * kFilmBytes);
}

TEST_F(TlsStreamTest, BothConnectionsGoOnAfterTheBody) {
  constexpr int kTimes = 3;
  for (const auto& viewer : kViewers) {
    for (const auto& framing : Framings()) {
      const bool closes = framing.name == "close";
      const FaultyOrigin origin(SayAll, &Made());
      ServeFrom(origin.url());
      const auto before = Reused();
      auto client = Connect(viewer);

      for (int i = 0; i < kTimes; ++i) {
        Request(client, "/" + framing.name);
        ASSERT_TRUE(client.Read().complete) << viewer.name << ", " << framing.name << ", time " << i;
      }

      EXPECT_EQ(origin.connections(), closes ? kTimes : 1) << viewer.name << ", " << framing.name;
      EXPECT_EQ(Reused() - before, closes ? 0 : kTimes - 1) << viewer.name << ", " << framing.name;
    }
  }
}

TEST_F(TlsStreamTest, NewKeysAndTicketsInMidBodyDisturbNothing) {
  const FaultyOrigin origin(
      [](Peer& peer) {
        while (AskedFor(peer) != nullptr) {
          Begin(peer, Framings().front(), kPartBytes);
          for (auto at = kPartBytes; at < kFilmBytes; at += kPartBytes) {
            ::SSL_key_update(peer.ssl(), SSL_KEY_UPDATE_REQUESTED);
            ::SSL_new_session_ticket(peer.ssl());
            peer.Send(Film().substr(at, kPartBytes));
          }
        }
      },
      &Made());
  ServeFrom(origin.url());

  for (const auto& viewer : kViewers) ASSERT_TRUE(Ask(viewer, "/length").Read().body == Film()) << viewer.name;
  EXPECT_EQ(origin.connections(), 1);
}

/// epoll knows nothing of octets that OpenSSL holds.
TEST_F(TlsStreamTest, WhatOpenSslHoldsIsNotForgottenOverAPause) {
  constexpr std::size_t kBytes = 400'000;
  const FaultyOrigin origin(
      [](Peer& peer) {
        while (!peer.ReadHead().empty()) {
          peer.Send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(kBytes) + "\r\n\r\n" +
                    Film().substr(0, kBytes));
        }
      },
      &Made());
  config::FetchStep slow;
  slow.max_rate = 1'000'000;
  ServeFrom(origin.url(), slow);

  for (const auto& viewer : {kViewers.front(), kViewers.back()})
    ASSERT_TRUE(Ask(viewer, "/").Read().body == Film().substr(0, kBytes)) << viewer.name;
}

}  // namespace
}  // namespace sluice::pipeline::testing
