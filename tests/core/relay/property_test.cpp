// SPDX-License-Identifier: MIT
// Whatever an origin sends, in whatever pieces, wherever it stops, and however a client reads: the client gets exactly
// the origin's octets, or notices that it does not.
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <cstdio>
#include <memory>
#include <mutex>
#include <random>
#include <thread>

#include "tests/core/http/raw_client.hpp"
#include "tests/core/relay/gateway.hpp"
#include "tests/fakes/faulty_origin.hpp"
#include "tests/fakes/nginx.hpp"

// ThreadSanitizer sees what OpenSSL reads of a TLS session that several connections resume, and that the last of them
// frees it, but not the count of references in between.
extern "C" const char* __tsan_default_suppressions();  // NOLINT(bugprone-reserved-identifier): its name
extern "C" const char* __tsan_default_suppressions() { return "race:OPENSSL_sk_free\n"; }

namespace sluice::relay {
namespace {

using fakes::FaultyOrigin;
using http::testing::RawClient;
using testing::Gateway;

constexpr unsigned kCases = 10'000;
constexpr unsigned kClients = 8;
constexpr unsigned kMaxBody = 8 * 1024 * 1024;

enum class Framing { kLength, kChunked, kClose };
enum class Ending {
  kOrderly,  ///< FIN, under TLS behind a close_notify.
  kSilent,   ///< FIN alone, under TLS only.
  kReset,
};
/// The most octets of one read.
enum class Reading { kAll, kFew, kSome, kMixed };

/// Bodies are cut out of it: to make octets one by one takes longer than to relay them.
const std::string& Noise() {
  static const auto made = [] {
    std::string octets(2 * std::size_t{kMaxBody}, '\0');
    std::mt19937 random(1);  // each run the same
    for (auto& octet : octets) octet = static_cast<char>(random());
    return octets;
  }();
  return made;
}

/// One response and how it is read, all of it decided by its number.
struct Case {
  explicit Case(unsigned number) : random(number * 2654435761U + 1) {
    framing = static_cast<Framing>(Below(3));
    secure_origin = Below(100) < 8;
    secure_client = Below(100) < (secure_origin ? 40 : 8);
    const bool holds = Below(100) < 8;
    if (holds) holds_at = Below(Below(2) == 0 ? 1 : 20);
    const auto size = Size(holds);
    body = Noise().substr(Below(kMaxBody), size);
    wire = Head() + Coded();
    const auto head = wire.find("\r\n\r\n") + 4;
    const bool cut = Below(100) < 40;
    // Never in the head: that is no body's fault.
    if (cut) wire.resize(head + Below(static_cast<unsigned>(wire.size() - head) + 1));
    closes = cut || framing == Framing::kClose;
    if (cut && Below(2) == 0) ending = Ending::kReset;
    if (secure_origin && closes && ending == Ending::kOrderly && Below(2) == 0) ending = Ending::kSilent;
    whole = wire.size() == head + coded_size;
    // Nobody can tell that there was more behind an orderly end, nor that there was not behind another.
    if (framing == Framing::kClose) whole = ending == Ending::kOrderly;
    if (framing == Framing::kClose && whole) body.resize(wire.size() - head);
    reading = static_cast<Reading>(Below(4));
    receive_bytes = std::array{0, 0, 2048, 16'384}[Below(4)];
    small_segments = holds || Below(4) == 0;
  }

  unsigned Below(unsigned limit) { return limit == 0 ? 0 : static_cast<unsigned>(random() % limit); }
  unsigned Size(bool holds) {
    const auto kind = Below(100);
    if (holds && kind < 70) return 200'000 + Below(1'500'000);  // more than fits between origin and client
    if (kind >= 98) return 1024 * 1024 + Below(kMaxBody - 1024 * 1024);
    return Below(std::array{200U, 20'000U, 80'000U, 600'000U}[kind < 88 ? Below(3) : 3]);
  }
  std::string Head() const {
    std::string head = "HTTP/1.1 200 OK\r\n";
    if (framing == Framing::kLength) head += "Content-Length: " + std::to_string(body.size()) + "\r\n";
    if (framing == Framing::kChunked) head += "Transfer-Encoding: chunked\r\n";
    return head + "\r\n";
  }
  std::string Coded() {
    std::string coded = framing == Framing::kChunked ? "" : body;
    for (std::size_t at = 0; framing == Framing::kChunked && at < body.size();) {
      const auto size = std::min<std::size_t>(body.size() - at, 1 + Below(Below(2) == 0 ? 10 : 70'000));
      std::array<char, 24> line{};
      std::snprintf(line.data(), line.size(), "%zX%s\r\n", size, Below(4) == 0 ? ";x=1" : "");
      coded.append(line.data()).append(body, at, size).append("\r\n");
      at += size;
    }
    if (framing == Framing::kChunked) coded += Below(3) == 0 ? "0\r\nX-T: t\r\n\r\n" : "0\r\n\r\n";
    coded_size = coded.size();
    return coded;
  }
  /// Of the client's next read.
  std::size_t ReadSize() {
    constexpr unsigned kMost = 256 * 1024;
    constexpr unsigned kSmallReads = 500;  // a large body read by the octet would take all day
    if (reading == Reading::kAll || ++reads > kSmallReads) return kMost;
    if (reading == Reading::kFew) return 1 + Below(16);
    if (reading == Reading::kSome) return 1 + Below(4'000);
    return 1 + Below(std::array{1U, 100U, 20'000U, kMost}[Below(4)]);
  }

  static constexpr unsigned kNever = ~0U;

  std::mt19937 random;
  Framing framing{};
  bool secure_origin = false;
  bool secure_client = false;
  std::string body;  ///< What a client is to have if the answer is whole; else what comes is the front of it.
  std::string wire;
  std::size_t coded_size = 0;
  bool closes = false;
  Ending ending = Ending::kOrderly;
  bool whole = false;
  Reading reading{};
  int receive_bytes = 0;        ///< As of RawClient.
  bool small_segments = false;  ///< As a network has them: much less fits into sockets than on loopback.
  unsigned holds_at = kNever;   ///< The read before which the client stops, until the origin can send no more.
  unsigned reads = 0;
};

/// Who has sent all that it could.
class Stalls {
 public:
  void Note(unsigned number) {
    const std::lock_guard lock(mutex_);
    stalled_[number] = true;
    changed_.notify_all();
  }
  /// \returns  whether it came to that in time.
  bool Wait(unsigned number) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(20), [&] { return stalled_[number]; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<bool> stalled_ = std::vector<bool>(kCases);
};

/// \returns  whether the connection goes on.
bool AnswerOne(FaultyOrigin::Peer& peer, Case& one) {
  std::string_view left = one.wire;
  while (!left.empty()) {
    const auto piece = left.substr(0, 1 + one.Below(one.Below(2) == 0 ? 50 : 100'000));
    if (!peer.Send(piece)) return false;
    left.remove_prefix(piece.size());
  }
  if (one.ending == Ending::kReset) peer.Reset();
  if (one.ending == Ending::kSilent) peer.Cut();
  return !one.closes;
}

FaultyOrigin::Script AnswerAll(Stalls& stalls) {
  return [&stalls](FaultyOrigin::Peer& peer) {
    for (auto head = peer.ReadHead(); !head.empty(); head = peer.ReadHead()) {
      const auto number = static_cast<unsigned>(std::stoul(head.substr(head.find('/') + 1)));
      Case one(number);
      if (one.holds_at != Case::kNever) peer.OnStall([&stalls, number] { stalls.Note(number); });
      const bool goes_on = AnswerOne(peer, one);
      stalls.Note(number);
      if (!goes_on) return;
    }
  };
}

/// Gateways of every kind, in front of one origin without TLS and one with.
class Ways {
 public:
  Ways() {
    for (const bool secure_origin : {false, true}) {
      for (const bool secure_client : {false, true}) {
        testing::GatewayOptions options{.origin = secure_origin ? secure_.url() : plain_.url(),
                                        .origin_ca = made_.ca.string(),
                                        .workers = kClients};
        if (secure_client) {
          options.tls =
              net::CertificateFiles{.certificate = made_.certificate.string(), .private_key = made_.key.string()};
        }
        gateways_.push_back(std::make_unique<Gateway>(std::move(options)));
      }
    }
  }
  std::uint16_t PortFor(const Case& one) const {
    return gateways_[(one.secure_origin ? 2 : 0) + (one.secure_client ? 1 : 0)]->port();
  }
  std::string ca() const { return made_.ca.string(); }
  Stalls& stalls() { return stalls_; }

 private:
  const fakes::TempFolder folder_;
  const fakes::Certificates made_ = fakes::MakeCertificates(folder_, "DNS:localhost,IP:127.0.0.1");
  Stalls stalls_;
  FaultyOrigin plain_{AnswerAll(stalls_)};
  FaultyOrigin secure_{AnswerAll(stalls_), &made_};
  std::vector<std::unique_ptr<Gateway>> gateways_;
};

bool Connect(RawClient& client, std::uint16_t port, const Case& one, http::testing::TlsClients& tls) {
  constexpr int kSegmentBytes = 1'400;
  if (one.receive_bytes > 0)
    ::setsockopt(client.fd(), SOL_SOCKET, SO_RCVBUF, &one.receive_bytes, sizeof one.receive_bytes);
  if (one.small_segments) ::setsockopt(client.fd(), IPPROTO_TCP, TCP_MAXSEG, &kSegmentBytes, sizeof kSegmentBytes);
  return client.ConnectTo(port) && (!one.secure_client || client.StartTls(tls));
}

/// \returns  what is wrong; empty: nothing.
std::string Check(Ways& ways, http::testing::TlsClients& tls, unsigned number) {
  Case one(number);
  auto client = RawClient::Unconnected();
  if (!Connect(client, ways.PortFor(one), one, tls)) return "the gateway does not listen";
  bool held_for_ever = false;
  unsigned reads = 0;
  client.ReadBy([&] {
    if (reads++ == one.holds_at) held_for_ever = !ways.stalls().Wait(number);
    return one.ReadSize();
  });
  client.Send("GET /" + std::to_string(number) + " HTTP/1." + (one.Below(5) == 0 ? "0" : "1") + "\r\nHost: h\r\n\r\n");
  const auto reply = client.Read();
  const bool reset = one.ending == Ending::kReset;
  if (held_for_ever) return "the origin did not come to an end";
  // What the handshake left may fill a small buffer: then the break overtakes even the head.
  const bool overtaken = reply.status == 0 && one.secure_client && !one.whole;
  if (reply.status != 200) return reset || overtaken ? "" : "status " + std::to_string(reply.status);
  if (reply.complete && !client.was_reset()) {
    if (!one.whole) return "a part was taken for the whole";
    return reply.body == one.body ? "" : "other octets";
  }
  // A reset destroys what the gateway has not read yet, even behind a whole body.
  if (one.whole && !reset) return "a whole body was broken off";
  return one.body.starts_with(reply.body) ? "" : "other octets before the break";
}

TEST(RelayPropertyTest, AClientGetsExactlyTheOriginsOctetsOrAnError) {
  Ways ways;
  std::atomic<unsigned> next = 0;
  std::atomic<unsigned> done = 0;

  std::vector<std::jthread> clients;
  for (unsigned i = 0; i < kClients; ++i) {
    clients.emplace_back([&] {
      http::testing::TlsClients tls(ways.ca(), TLS1_3_VERSION);
      for (unsigned number = next++; number < kCases && !::testing::Test::HasFailure(); number = next++) {
        const auto wrong = Check(ways, tls, number);
        EXPECT_EQ(wrong, "") << "case " << number;
        ++done;
      }
    });
  }
  clients.clear();

  EXPECT_EQ(done, kCases);
}

}  // namespace
}  // namespace sluice::relay
