// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Connection: one open socket to an origin or to the proxy before it, plain or TLS, never blocking by itself.

#include <Poco/Net/StreamSocket.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "core/net/ip_address.hpp"
#include "core/net/now.hpp"
#include "core/upstream/origin.hpp"
#include "core/upstream/wait.hpp"

namespace sluice::upstream {

class Tls;
class TlsStream;

enum class Io {
  kDone,    ///< Octets moved.
  kEnd,     ///< The peer ended its side; for TLS with a close_notify.
  kBroken,  ///< Reset, TLS fault, or TLS cut without close_notify.
  kTimeout,
  kCancelled,
};

/// kDone: waiting helped.
Io IoOf(Wait wait);

enum class Handshake { kDone, kFailed, kUntrusted, kTimeout, kCancelled };

/// Owns the socket; destroying it closes it. Threads: one at a time.
class Connection {
 public:
  /// \param socket  connected and non-blocking.
  /// \param origin  the key that it is pooled under.
  /// \param peer    the checked address.
  Connection(Poco::Net::StreamSocket socket, Origin origin, net::IpAddress peer);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// From here on TLS is spoken, inside the TLS that was spoken before if there was any.
  /// \param peer  whose certificate it shall be. After anything but kDone the connection is of no use.
  Handshake StartTls(std::shared_ptr<Tls> tls, const Origin& peer, const sdk::Call& call, Clock::time_point deadline);

  /// Waits for octets. \param bytes  how many came, with kDone.
  Io Read(std::span<std::byte> buffer, const sdk::Call& call, Clock::time_point deadline, std::size_t& bytes);
  /// Sends all of `text`. \param progress_limit  longest wait for the peer to take any of it.
  Io Write(std::string_view text, const sdk::Call& call, std::chrono::milliseconds progress_limit,
           Clock::time_point deadline);
  /// Reads without waiting. Before you wait for the socket, read until this wants something: under TLS octets may have
  /// been taken from it already. \param bytes  how many came, with kDone.
  net::Now TryRead(std::span<std::byte> buffer, std::size_t& bytes);
  /// \param bytes  how many were taken, with kDone.
  net::Now TryWrite(std::string_view text, std::size_t& bytes);

  /// Nothing has arrived, and the peer has not hung up: fit for another request.
  bool Quiet() const;
  /// What goes over the socket is what is read and written. Not so with TLS, be it only to a proxy: do not splice.
  bool plain() const { return !tls_; }
  /// Keeps the TLS session for resumption. Call after the first response.
  void RememberSession();
  const Origin& origin() const { return origin_; }
  const net::IpAddress& peer() const { return peer_; }
  Poco::Net::StreamSocket& socket() { return socket_; }
  /// For poll and epoll, and for splice when plain().
  int fd() const { return socket_.impl()->sockfd(); }
  bool reused() const { return reused_; }
  void MarkReused() { reused_ = true; }
  /// The last read left nothing in the socket. Not known with TLS, nor of octets that were spliced.
  bool drained() const { return drained_; }
  void MarkSpliced() { drained_ = false; }

 private:
  Poco::Net::StreamSocket socket_;
  const Origin origin_;
  const net::IpAddress peer_;
  std::unique_ptr<TlsStream> tls_;
  bool reused_ = false;
  bool drained_ = false;
};

}  // namespace sluice::upstream
