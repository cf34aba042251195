// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// TlsStream: one TLS session with a peer, over a socket or over another session, never blocking.

#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "core/net/tls_session.hpp"
#include "core/upstream/tls.hpp"

namespace sluice::upstream {

/// Poco's secure sockets speak to a socket only; TLS to an origin behind a proxy that is itself spoken to over TLS
/// needs one session inside another. Threads: one at a time.
class TlsStream {
 public:
  /// \param fd     connected and non-blocking; not owned. Used when there is no `below`.
  /// \param below  what carries this session, its handshake done; null: the socket.
  TlsStream(std::shared_ptr<Tls> tls, Origin peer, int fd, std::unique_ptr<TlsStream> below);
  /// Says goodbye, if that takes no waiting: without it OpenSSL marks the session as not resumable.
  ~TlsStream();
  TlsStream(const TlsStream&) = delete;
  TlsStream& operator=(const TlsStream&) = delete;

  /// \returns  kDone; kWantRead or kWantWrite: call again then; anything else: untrusted() may say why.
  net::Now Handshake();
  /// The peer has a certificate that nobody trusted vouches for, or that is for another name.
  bool untrusted() const;
  /// After the handshake. \param bytes  how many came, or were taken, with kDone.
  net::Now Read(std::span<std::byte> buffer, std::size_t& bytes);
  net::Now Write(std::string_view text, std::size_t& bytes);
  /// Octets that have been taken from the socket and not yet read: poll(2) does not know of them.
  bool HasPending() const;
  /// Keeps the session for resumption. Call after the first response.
  void Remember();

 private:
  std::shared_ptr<Tls> tls_;
  const Origin peer_;
  std::unique_ptr<TlsStream> below_;        // before session_: whose end it must outlive
  std::optional<net::TlsSession> session_;  // nothing: it could not be made
};

}  // namespace sluice::upstream
