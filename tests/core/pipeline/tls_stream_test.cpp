// SPDX-License-Identifier: MIT
// Bodies that come over TLS, to viewers with TLS and without: through the relay, by a real server.
#include <gmock/gmock.h>
#include <openssl/ssl.h>

#include <cstdio>
#include <future>
#include <random>

#include "core/pipeline/leaving.hpp"
#include "tests/core/pipeline/gate.hpp"
#include "tests/core/pipeline/served_fixture.hpp"
#include "tests/fakes/nginx.hpp"

namespace sluice::pipeline::testing {
namespace {

using fakes::FaultyOrigin;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using namespace std::chrono_literals;
using Peer = FaultyOrigin::Peer;

constexpr std::size_t kFilmBytes = 5'000'000;
constexpr std::size_t kPartBytes = 1'234'567;

const fakes::Certificates& Made() {
  static const fakes::TempFolder folder;
  static const auto made = fakes::MakeCertificates(folder, "DNS:localhost,IP:127.0.0.1");
  return made;
}

const std::string& Film() {
  static const auto made = [] {
    std::string octets(kFilmBytes, '\0');
    std::mt19937 random(1);  // NOLINT(cert-msc32-c,cert-msc51-cpp): each run the same
    for (auto& octet : octets) octet = static_cast<char>(random());
    return octets;
  }();
  return made;
}

/// How an origin frames its bodies. The film stands at "/" and the name.
struct Framing {
  std::string name;
  std::string fields;
  std::string (*coded)(std::string_view octets);
  std::string end;
};

const std::vector<Framing>& Framings() {
  static const auto kAsItIs = [](std::string_view octets) { return std::string(octets); };
  static const auto kChunks = [](std::string_view octets) {
    constexpr std::size_t kChunkBytes = 20'011;
    std::string coded;
    for (std::size_t at = 0; at < octets.size(); at += kChunkBytes) {
      const auto chunk = octets.substr(at, kChunkBytes);
      char size[20];
      std::snprintf(size, sizeof size, "%zx\r\n", chunk.size());
      coded.append(size).append(chunk).append("\r\n");
    }
    return coded;
  };
  static const std::vector<Framing> kFramings = {
      {"length", "Content-Length: " + std::to_string(kFilmBytes) + "\r\n", kAsItIs, ""},
      {"chunked", "Transfer-Encoding: chunked\r\n", kChunks, "0\r\n\r\n"},
      {"close", "", kAsItIs, ""}};
  return kFramings;
}

/// Null: the client hung up.
const Framing* AskedFor(Peer& peer) {
  const auto head = peer.ReadHead();
  for (const auto& framing : Framings()) {
    if (head.starts_with("GET /" + framing.name + " ")) return &framing;
  }
  return nullptr;
}

/// Head and the first `size` octets.
bool Begin(Peer& peer, const Framing& framing, std::size_t size) {
  return peer.Send("HTTP/1.1 200 OK\r\n" + framing.fields + "\r\n" +
                   framing.coded(std::string_view(Film()).substr(0, size)));
}

/// The film, over and over.
void SayAll(Peer& peer) {
  for (const auto* framing = AskedFor(peer); framing != nullptr; framing = AskedFor(peer)) {
    if (!Begin(peer, *framing, kFilmBytes) || !peer.Send(framing->end) || framing->name == "close") return;
  }
}

struct Viewer {
  std::string name;
  int tls;           ///< TLS1_…_VERSION; 0: plain.
  bool old = false;  ///< HTTP/1.0: without a length, only the close tells that the body is whole.
};
const std::vector<Viewer> kViewers = {{"plain", 0}, {"TLS 1.2", TLS1_2_VERSION}, {"TLS 1.3", TLS1_3_VERSION}};

class TlsStreamTest : public Served<PipelineTest> {
 protected:
  TlsStreamTest() : Served(WithTls()) {}

  static http::ServerOptions WithTls() {
    auto options = Workers(2);
    options.listeners = {
        {.name = "tls",
         .address = "127.0.0.1:0",
         .tls = net::CertificateFiles{.certificate = Made().certificate.string(), .private_key = Made().key.string()}}};
    return options;
  }

  void ServeFrom(const std::string& origin, config::FetchStep how = {}, bool resumable = false) {
    how.tls.ca_file = Made().ca;
    how.retry.attempts = 1;
    auto fetch = Fetch(how);
    auto profile = MakeProfile(how, {}, "test");
    ASSERT_TRUE(profile) << profile.error().message;
    fetch.profile = std::move(*profile);
    pipelines_.clear();
    Add({Resolve(ResolverBy([=](const sdk::Call&, const sdk::RequestHead& head) {
           return sdk::Source{.url = origin + std::string(head.path), .resumable = resumable};
         })),
         std::move(fetch)});
    Use();
  }

  RawClient Connect(const Viewer& viewer) {
    RawClient client(server_.Port(viewer.tls == 0 ? "main" : "tls"));
    if (viewer.tls != 0) {
      EXPECT_TRUE(client.StartTls(viewer.tls == TLS1_2_VERSION ? tls12_ : tls13_)) << viewer.name;
    }
    return client;
  }
  RawClient Ask(const Viewer& viewer, const std::string& path) {
    auto client = Connect(viewer);
    client.Send("GET " + path + (viewer.old ? " HTTP/1.0" : " HTTP/1.1") + "\r\nHost: h\r\n\r\n");
    return client;
  }

  double Relayed(const std::string& mode) const { return Metric("sluice_relayed_bytes_total", {{"mode", mode}}); }
  double Reused() const { return Metric("sluice_upstream_connections_total", {{"reused", "1"}}); }
  bool Streams(int count) {
    return Eventually([&] { return Metric("sluice_streams_active") == count; });
  }
  bool Failed(const std::string& code, std::size_t count) {
    return Eventually([&] {
      return Metric("sluice_step_failures_total", {{"step", "deliver"}, {"code", code}}) == static_cast<double>(count);
    });
  }

 private:
  http::testing::TlsClients tls12_{Made().ca, TLS1_2_VERSION};
  http::testing::TlsClients tls13_{Made().ca, TLS1_3_VERSION};
};

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

// ---- Bodies that break off ----

/// What an origin does in the middle of a body, or, where only its close ends the body, behind the last octet.
struct Fault {
  std::string name;
  void (*happen)(Peer& peer);
  bool orderly = false;  ///< Which is no fault where the close ends the body.
};

const std::vector<Fault>& Faults() {
  static const std::vector<Fault> kFaults = {
      {"a close without close_notify", [](Peer& peer) { peer.Cut(); }},
      {"a close_notify", [](Peer&) {}, true},
      {"a reset", [](Peer& peer) { peer.Reset(); }},
      {"a record cut short",
       [](Peer& peer) {
         peer.SendRaw(std::string("\x17\x03\x03\x40\x00torn", 9));
         peer.Cut();
       }},
      {"a record that nobody sealed", [](Peer& peer) {
         peer.SendRaw(std::string("\x17\x03\x03\x00\x20", 5) + std::string(32, 'x'));
         peer.WaitForHangUp();
       }}};
  return kFaults;
}

TEST_F(TlsStreamTest, ABodyThatBreaksOffNeverLooksWhole) {
  std::vector<Viewer> viewers = {{"plain", 0}, {"plain and old", 0, true}};
  viewers.push_back({"TLS", TLS1_3_VERSION});
  viewers.push_back({"TLS and old", TLS1_3_VERSION, true});
  std::size_t broken = 0;
  for (const auto& fault : Faults()) {
    for (const auto& framing : Framings()) {
      for (const std::size_t size : {kPartBytes, kFilmBytes}) {
        const bool by_close = framing.name == "close";
        if (by_close ? fault.orderly : size == kFilmBytes) continue;
        for (const auto& viewer : viewers) {
          const auto which = fault.name + " after " + std::to_string(size) + ", " + framing.name + ", " + viewer.name;
          Gate under_way;
          const FaultyOrigin origin(
              [&](Peer& peer) {
                AskedFor(peer);
                Begin(peer, framing, size);
                under_way.Wait();
                fault.happen(peer);
              },
              &Made());
          ServeFrom(origin.url());

          auto client = Ask(viewer, "/" + framing.name);
          EXPECT_TRUE(Streams(1)) << which;
          under_way.Open();
          const auto reply = client.Read();

          EXPECT_EQ(reply.status, 200) << which;
          EXPECT_FALSE(reply.complete && !client.was_reset()) << which;
          EXPECT_TRUE(Film().starts_with(reply.body)) << which;
          ASSERT_TRUE(Streams(0)) << which;
          ++broken;
        }
      }
    }
  }
  EXPECT_TRUE(Failed("upstream_failed", broken));
}

TEST_F(TlsStreamTest, ASilentUpstreamIsGivenUp) {
  config::FetchStep hasty;
  hasty.read_timeout = 200ms;
  std::size_t silent = 0;
  for (const bool torn : {false, true}) {
    for (const auto& framing : Framings()) {
      for (const auto& viewer : {kViewers.front(), kViewers.back()}) {
        const auto which = framing.name + ", " + viewer.name + (torn ? ", within a record" : "");
        std::promise<void> hung_up;
        const FaultyOrigin origin(
            [&](Peer& peer) {
              AskedFor(peer);
              Begin(peer, framing, kPartBytes);
              if (torn) peer.SendRaw(std::string("\x17\x03\x03\x40\x00torn", 9));
              peer.WaitForHangUp();
              hung_up.set_value();
            },
            &Made());
        ServeFrom(origin.url(), hasty);

        const auto reply = Ask(viewer, "/" + framing.name).Read();

        EXPECT_EQ(reply.status, 200) << which;
        EXPECT_FALSE(reply.complete) << which;
        ASSERT_EQ(hung_up.get_future().wait_for(10s), std::future_status::ready) << which;
        ++silent;
      }
    }
  }
  EXPECT_TRUE(Failed("deadline_exceeded", silent));
}

TEST_F(TlsStreamTest, AViewerWhoLeavesFreesTheUpstream) {
  for (const bool silent : {true, false}) {
    for (const auto& viewer : kViewers) {
      std::promise<void> hung_up;
      const FaultyOrigin origin(
          [&](Peer& peer) {
            peer.ReadHead();
            peer.Send("HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\nfirst");
            if (silent) peer.WaitForHangUp();
            while (!silent && peer.Send(Film())) continue;
            hung_up.set_value();
          },
          &Made());
      ServeFrom(origin.url());
      auto client = Ask(viewer, "/");
      ASSERT_THAT(client.ReadSome(), HasSubstr(" 200 ")) << viewer.name;
      ASSERT_TRUE(Streams(1)) << viewer.name;

      client.Close();

      ASSERT_EQ(hung_up.get_future().wait_for(10s), std::future_status::ready) << viewer.name;
      EXPECT_TRUE(Streams(0)) << viewer.name;
    }
  }
}

/// Breaks the film off, and answers ranges as they are asked for; each time on whatever connection.
class ResumedTest : public TlsStreamTest {
 protected:
  void Answer(Peer& peer, const Fault& fault, Gate& under_way) {
    for (auto head = peer.ReadHead(); !head.empty(); head = peer.ReadHead()) {
      const auto range = head.find("Range: bytes=");
      if (range == std::string::npos) {
        peer.Send("HTTP/1.1 200 OK\r\nETag: \"one\"\r\n" + Framings().front().fields + "\r\n" +
                  Film().substr(0, kPartBytes));
        under_way.Wait();
        return fault.happen(peer);
      }
      const auto first = std::stoul(head.substr(range + 13));
      const auto rest = Film().substr(first);
      firsts_.push_back(first);
      peer.Send("HTTP/1.1 206 Partial Content\r\nETag: \"one\"\r\nContent-Length: " + std::to_string(rest.size()) +
                "\r\nContent-Range: bytes " + std::to_string(first) + "-" + std::to_string(kFilmBytes - 1) + "/" +
                std::to_string(kFilmBytes) + "\r\n\r\n" + rest);
    }
  }

  std::vector<std::size_t> firsts_;  ///< Of the ranges. One connection at a time.
};

TEST_F(ResumedTest, TheRestComesOverTlsToo) {
  std::size_t resumed = 0;
  for (const auto& fault : Faults()) {
    for (const auto& viewer : kViewers) {
      const auto which = fault.name + ", " + viewer.name;
      Gate under_way;
      firsts_.clear();
      const FaultyOrigin origin([&](Peer& peer) { Answer(peer, fault, under_way); }, &Made());
      ServeFrom(origin.url(), {}, true);
      auto client = Ask(viewer, "/");
      EXPECT_TRUE(Streams(1)) << which;
      under_way.Open();

      const auto reply = client.Read();
      Request(client, "/", "Range: bytes=" + std::to_string(kFilmBytes - 5) + "-\r\n");
      const auto next = client.Read();

      ASSERT_TRUE(reply.complete) << which;
      ASSERT_TRUE(reply.body == Film()) << which;
      EXPECT_EQ(next.body, Film().substr(kFilmBytes - 5)) << which;
      EXPECT_EQ(origin.connections(), 2) << which << ": that of the rest is used again";
      ASSERT_EQ(firsts_.size(), 2U) << which;
      const bool destroys = fault.name == "a reset";  // what has not been read yet
      EXPECT_TRUE(destroys ? firsts_.front() <= kPartBytes : firsts_.front() == kPartBytes) << which;
      ASSERT_TRUE(Streams(0)) << which;
      ++resumed;
    }
  }
  EXPECT_EQ(Metric("sluice_resumes_total", {{"result", "resumed"}}), resumed);
  EXPECT_EQ(Relayed("tls"), static_cast<double>(resumed * kFilmBytes)) << "the last five octets came with their head";
}

// ---- What only TLS does ----

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
