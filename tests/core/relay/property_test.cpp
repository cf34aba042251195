// SPDX-License-Identifier: MIT
// Whatever an origin sends, in whatever pieces, wherever it stops, and however a client reads: the client gets exactly
// the origin's octets, or notices that it does not.
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <cstdio>
#include <random>
#include <thread>

#include "tests/core/http/raw_client.hpp"
#include "tests/core/relay/gateway.hpp"
#include "tests/fakes/faulty_origin.hpp"

namespace sluice::relay {
namespace {

using fakes::FaultyOrigin;
using http::testing::RawClient;
using testing::Gateway;

constexpr unsigned kCases = 10'000;
constexpr unsigned kClients = 8;

enum class Framing { kLength, kChunked, kClose };

/// One response, all of it decided by its number.
struct Case {
  explicit Case(unsigned number) : random(number * 2654435761U + 1) {
    framing = static_cast<Framing>(Below(3));
    constexpr std::array<unsigned, 4> kSizes{200, 20'000, 80'000, 600'000};
    body.resize(Below(kSizes[Below(100) < 90 ? Below(3) : 3]));
    for (auto& octet : body) octet = static_cast<char>(random());
    wire = Head() + Coded();
    const auto head = wire.find("\r\n\r\n") + 4;
    cut = Below(100) < 40;
    // Never in the head: that is no body's fault.
    if (cut) wire.resize(head + Below(static_cast<unsigned>(wire.size() - head) + 1));
    whole = wire.size() == head + coded_size;
    resets = cut && Below(2) == 0;
    if (framing == Framing::kClose && !resets) body.resize(wire.size() - head);
    if (framing == Framing::kClose && !resets) whole = true;  // nobody can tell that there was more
    if (framing == Framing::kClose && resets) whole = false;
  }

  unsigned Below(unsigned limit) { return limit == 0 ? 0 : static_cast<unsigned>(random() % limit); }
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

  std::mt19937 random;
  Framing framing{};
  std::string body;  ///< What a client is to have if the answer is whole; else what comes is the front of it.
  std::string wire;
  std::size_t coded_size = 0;
  bool cut = false;
  bool whole = false;
  bool resets = false;
};

void Answer(FaultyOrigin::Peer& peer) {
  for (auto head = peer.ReadHead(); !head.empty(); head = peer.ReadHead()) {
    Case one(static_cast<unsigned>(std::stoul(head.substr(head.find('/') + 1))));
    std::string_view left = one.wire;
    while (!left.empty()) {
      const auto piece = left.substr(0, 1 + one.Below(one.Below(2) == 0 ? 50 : 100'000));
      if (!peer.Send(piece)) return;
      left.remove_prefix(piece.size());
    }
    if (one.resets) return peer.Reset();
    if (one.cut || one.framing == Framing::kClose) return;
  }
}

/// \returns  what is wrong; empty: nothing.
std::string Check(std::uint16_t port, unsigned number) {
  Case one(number);
  constexpr std::array<int, 4> kReceiveBytes{0, 0, 2048, 16'384};
  RawClient client(port, {}, kReceiveBytes[one.Below(4)]);
  if (!client.Send("GET /" + std::to_string(number) + " HTTP/1." + (one.Below(5) == 0 ? "0" : "1") +
                   "\r\nHost: h\r\n\r\n")) {
    return "the gateway does not listen";
  }
  const auto reply = client.Read();
  if (reply.status != 200) return one.resets ? "" : "status " + std::to_string(reply.status);
  if (reply.complete && !client.was_reset()) {
    if (!one.whole) return "a part was taken for the whole";
    return reply.body == one.body ? "" : "other octets";
  }
  // A reset destroys what the gateway has not read yet, even behind a whole body.
  if (one.whole && !one.resets) return "a whole body was broken off";
  return one.body.starts_with(reply.body) ? "" : "other octets before the break";
}

TEST(RelayPropertyTest, AClientGetsExactlyTheOriginsOctetsOrAnError) {
  FaultyOrigin origin(Answer);
  Gateway gateway({.origin = origin.url(), .workers = 8});
  std::atomic<unsigned> next = 0;
  std::atomic<unsigned> done = 0;

  std::vector<std::jthread> clients;
  for (unsigned i = 0; i < kClients; ++i) {
    clients.emplace_back([&] {
      for (unsigned number = next++; number < kCases && !::testing::Test::HasFailure(); number = next++) {
        const auto wrong = Check(gateway.port(), number);
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
