// SPDX-License-Identifier: MIT
// Bodies that come over TLS and break off, whoever is at fault.
#include <gmock/gmock.h>

#include <future>

#include "tests/core/pipeline/gate.hpp"
#include "tests/core/pipeline/tls_stream_fixture.hpp"

namespace sluice::pipeline::testing {
namespace {

using ::testing::HasSubstr;
using namespace std::chrono_literals;

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

}  // namespace
}  // namespace sluice::pipeline::testing
