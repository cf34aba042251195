// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Connection: one accepted socket, as small as it can be while it waits.

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "core/http/chunked.hpp"
#include "core/http/server.hpp"
#include "core/http/unsent.hpp"
#include "core/net/tls_session.hpp"

namespace sluice::http {

/// What a parked connection waits for; each has a time limit of its own.
enum class Phase : std::uint8_t {
  kIdle,       ///< The first octet of a request.
  kHead,       ///< The rest of a head. The limit counts from its first octet.
  kBody,       ///< More of a body that its request was suspended for. The limit is between two octets of it.
  kDrain,      ///< The rest of a body that no handler wanted.
  kLinger,     ///< The client's close, after ours: closing earlier could destroy a reply that it has not read.
  kHandshake,  ///< The rest of a TLS handshake. The limit counts from the connection's first moment.
  kFlush,      ///< The client's reading, for the rest of a response. The limit is between two writes with progress.
  kUpstream,   ///< What its request was suspended for. The limit is when to look whether the client is still there.
};
inline constexpr std::size_t kPhaseCount = 8;

/// How much is read and dropped in kLinger.
inline constexpr std::uint32_t kMaxLingerBytes = 256 * 1024;

/// How much of the present request's body is still to come.
struct BodyState {
  enum class Kind : std::uint8_t { kNone, kLength, kChunked };
  Kind kind = Kind::kNone;
  std::uint64_t left = 0;
  ChunkDecoder chunks;

  bool done() const {
    return kind == Kind::kNone || (kind == Kind::kLength && left == 0) || (kind == Kind::kChunked && chunks.done());
  }
};

class Exchange;

/// A request that holds no thread.
struct Suspended {
  std::unique_ptr<Exchange> exchange;
  std::unique_ptr<Continuation> then;  ///< Destroyed first: it uses the exchange.
  int fd = -1;                         ///< What it waits for; -1: its own client's body.
  std::chrono::steady_clock::time_point until;

  Suspended(std::unique_ptr<Exchange> of, std::unique_ptr<Continuation> next, int waits_for,
            std::chrono::steady_clock::time_point at_most);
  ~Suspended();
};

/// Owned by the ConnectionTable, used by one thread at a time: whoever claimed it there.
struct Connection {
  int fd = -1;
  std::uint32_t generation = 0;    ///< Tells this use of the descriptor from the next. Set by the table.
  std::uint16_t listener = 0;      ///< Index.
  bool peer_trusted = false;       ///< A trusted proxy.
  bool empty_line_seen = false;    ///< Before the request line; one is allowed.
  bool body_faulty = false;        ///< The framing of the body is lost.
  std::uint32_t scanned = 0;       ///< Octets of `pending` that FindHeadEnd has looked at.
  std::uint32_t discard_left = 0;  ///< kDrain, kLinger: how much more is read and dropped.
  std::string peer_ip;
  std::unique_ptr<net::TlsSession> tls;  ///< Null: plain.
  std::string pending;                   ///< Received and not used. Its memory is given back when it is empty.
  Unsent unsent;                         ///< Of a response, for a client that reads slowly.
  bool keep_after_flush = false;         ///< Whether the connection may have a next request once that is sent.
  BodyState body;
  std::unique_ptr<Suspended> suspended;  ///< In kUpstream and kBody.

  // The table's, under its lock.
  Phase phase = Phase::kIdle;
  bool parked = false;
  bool linked = false;
  bool expired = false;
  bool lent = false;
  std::chrono::steady_clock::time_point deadline;
  Connection* previous = nullptr;
  Connection* next = nullptr;
};

}  // namespace sluice::http
