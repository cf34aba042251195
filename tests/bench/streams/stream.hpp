// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Stream: one kept connection that asks for a body and throws it away, at as little cost as there can be.

#include <Poco/Net/StreamSocket.h>
#include <openssl/types.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "core/net/tls_session.hpp"

namespace sluice::bench {

/// The one cipher suite that a client's context offers, so that all servers are measured with the same.
inline constexpr const char* kCipherSuite = "TLS_AES_256_GCM_SHA384";

using TlsContext = std::shared_ptr<SSL_CTX>;
/// A client's context for TLS 1.3. Throws std::runtime_error when there is none.
/// \param ca_file  PEM; what the certificate of "localhost" must lead to.
TlsContext MakeTlsContext(const std::string& ca_file);

/// What is asked for, and of whom: always at 127.0.0.1.
struct Target {
  std::uint16_t port = 0;
  std::string path = "/";
  TlsContext tls = {};           ///< Null: plain HTTP.
  int receive_buffer_bytes = 0;  ///< 0: the kernel's choice.
};

/// Every method throws std::runtime_error or Poco::Exception when the answer is no 200 with Content-Length, or breaks
/// off. Threads: one at a time.
class Stream {
 public:
  /// Connects, and shakes hands; blocks.
  explicit Stream(const Target& target);

  /// Sends a request. The answer before it must have been taken whole.
  void Ask();
  /// Takes octets of the answer, and drops them: in the kernel, when they are not encrypted.
  /// \param most  how many at most; the head comes on top.
  /// \returns  octets of the body, 0 while the head is not whole; nothing when the socket does not block and is empty.
  std::optional<std::size_t> Take(std::size_t most);

  /// The answer has come whole.
  bool finished() const { return head_taken_ && left_ == 0; }
  void SetBlocking(bool blocking) { socket_.setBlocking(blocking); }
  const Poco::Net::StreamSocket& socket() const { return socket_; }

 private:
  std::optional<std::size_t> TakeHead();
  /// \param flags  of recv(2), for what is not encrypted.
  std::optional<std::size_t> Receive(std::span<char> buffer, int flags);

  Poco::Net::StreamSocket socket_;
  std::unique_ptr<net::TlsSession> tls_;  // null: plain
  const std::string request_;
  std::string head_;
  bool head_taken_ = false;
  std::uint64_t left_ = 0;
};

}  // namespace sluice::bench
