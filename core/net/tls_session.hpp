// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// TlsSession: TLS over a non-blocking socket, or over another session.

#include <openssl/types.h>

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include "core/net/now.hpp"

namespace sluice::net {

struct SslDeleter {
  void operator()(SSL* ssl) const;
};
using Ssl = std::unique_ptr<SSL, SslDeleter>;

/// Threads: one at a time.
class TlsSession {
 public:
  /// \param ssl  with what carries it, which is not owned, and its side (accept or connect) set.
  explicit TlsSession(Ssl ssl);

  Now Handshake();
  /// Before you wait for the socket, read until this wants something: octets may have been taken from it already.
  /// \param size  with kDone: how many came.
  Now Read(std::span<char> buffer, std::size_t& size);
  /// Takes one record at most. After kWant…, the same octets, or those and more, must come again.
  /// \param size  with kDone: how many were taken.
  Now Write(std::string_view octets, std::size_t& size);
  /// Sends close_notify if that takes no waiting. Nothing can be written afterwards.
  void SayGoodbye();

  /// Octets have been taken from the socket and not yet read: poll and epoll do not know of them.
  bool HasPending() const;
  /// Handshake or Read waits for the socket to become writable.
  bool wants_write() const { return wants_write_; }
  /// The handshake continued an earlier session.
  bool resumed() const;
  /// The handshake is done, and nothing has broken since.
  bool sound() const { return established_ && !broken_; }
  /// For what only one side asks of OpenSSL. Reads and writes go through the session.
  SSL& ssl() const { return *ssl_; }
  /// What broke it, in OpenSSL's words; may be empty.
  std::string_view fault() const { return fault_ == nullptr ? std::string_view() : fault_; }

 private:
  Now NowOf(int result);

  Ssl ssl_;
  const char* fault_ = nullptr;  // OpenSSL's own text
  bool established_ = false;
  bool broken_ = false;
  bool wants_write_ = false;
};

}  // namespace sluice::net
