// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Connection: one open socket to an origin, plain or TLS, never blocking by itself.

#include <Poco/Net/StreamSocket.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/net/ip_address.hpp"
#include "core/upstream/origin.hpp"
#include "core/upstream/wait.hpp"

namespace sluice::upstream {

enum class Io {
  kDone,    ///< Octets moved.
  kEnd,     ///< The peer ended its side; for TLS with a close_notify.
  kBroken,  ///< Reset, TLS fault, or TLS cut without close_notify.
  kTimeout,
  kCancelled,
};

/// What a socket has at this moment.
enum class Now { kData, kEnd, kBroken, kWantRead, kWantWrite };

/// Owns the socket; destroying it closes it. Threads: one at a time.
class Connection {
 public:
  /// \param socket  connected and non-blocking; a SecureStreamSocket with its handshake done when `origin.tls`.
  /// \param peer    the checked address.
  Connection(Poco::Net::StreamSocket socket, Origin origin, net::IpAddress peer);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Waits for octets. \param bytes  how many came, with kDone.
  Io Read(std::span<std::byte> buffer, const sdk::Call& call, Clock::time_point deadline, std::size_t& bytes);
  /// Reads without waiting. \param bytes  how many came, with kData.
  Now TryRead(std::span<std::byte> buffer, std::size_t& bytes);
  /// Sends all of `text`. \param progress_limit  longest wait for the peer to take any of it.
  Io Write(std::string_view text, const sdk::Call& call, std::chrono::milliseconds progress_limit,
           Clock::time_point deadline);

  /// Nothing has arrived, and the peer has not hung up: fit for another request.
  bool Quiet() const;
  const Origin& origin() const { return origin_; }
  const net::IpAddress& peer() const { return peer_; }
  Poco::Net::StreamSocket& socket() { return socket_; }
  /// For poll and epoll, and for splice when the origin is not TLS.
  int fd() const { return socket_.impl()->sockfd(); }
  bool reused() const { return reused_; }
  void MarkReused() { reused_ = true; }

 private:
  int Receive(std::span<std::byte> buffer);
  int Send(std::string_view text);

  Poco::Net::StreamSocket socket_;
  const Origin origin_;
  const net::IpAddress peer_;
  bool reused_ = false;
};

}  // namespace sluice::upstream
