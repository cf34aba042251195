// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// RawClient: a TCP or TLS client that sends exactly what it is told. For tests of the HTTP server.

#include <openssl/ssl.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace sluice::http::testing {

struct RawResponse {
  int status = 0;         ///< 0: none came.
  std::string head;       ///< Status line and fields.
  std::string body;       ///< Decoded.
  std::string trailers;   ///< Field lines, and the empty line.
  bool complete = false;  ///< The body ended where its framing said.
  /// First field of that name (no case), or empty.
  std::string Field(std::string_view name) const;
};

/// What TLS clients have in common: whom they trust, and the session that the last of them was given.
class TlsClients {
 public:
  /// \param ca  PEM file. \param version  TLS1_2_VERSION, TLS1_3_VERSION.
  TlsClients(const std::string& ca, int version);
  ~TlsClients();
  TlsClients(const TlsClients&) = delete;
  TlsClients& operator=(const TlsClients&) = delete;

  SSL_CTX* context() { return context_; }
  SSL_SESSION* session() { return session_; }

 private:
  SSL_CTX* context_;
  SSL_SESSION* session_ = nullptr;
};

/// Blocking, with a limit of ten seconds on everything.
class RawClient {
 public:
  /// \param source  local address to connect from; empty: any. \param receive_bytes  of the socket's buffer; 0:
  /// default.
  explicit RawClient(std::uint16_t port, const std::string& source = {}, int receive_bytes = 0,
                     const std::string& host = "127.0.0.1");
  /// A socket for ConnectTo.
  static RawClient Unconnected();
  ~RawClient();
  RawClient(RawClient&& other) noexcept;
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  bool ConnectTo(std::uint16_t port, const std::string& host = "127.0.0.1");
  /// From here on octets travel encrypted, in a record for each Send. \param resume  the last session.
  /// \returns  whether the handshake ended well, with the certificate of "localhost".
  bool StartTls(TlsClients& clients, bool resume = false);
  SSL* ssl() { return ssl_.get(); }
  /// The end was a close_notify.
  bool ended_in_order() const { return in_order_; }
  bool connected() const { return fd_ >= 0; }
  int fd() const { return fd_; }
  /// The end was a reset; under TLS, anything but a close_notify.
  bool was_reset() const { return reset_; }
  /// How the client reads: asked before each read for the most octets that it takes, at least 1; may take its time.
  void ReadBy(std::function<std::size_t()> pace) { pace_ = std::move(pace); }
  bool Send(std::string_view octets);
  /// One response; octets after it are kept for the next. \param to_head  the request was HEAD.
  RawResponse Read(bool to_head = false);
  RawResponse Get(std::string_view target);
  bool ReadableWithin(std::chrono::milliseconds limit) const;
  /// Some octets, or empty at the end.
  std::string ReadSome();
  /// Everything until the server closes. \param closed  whether it did, within the limit.
  std::string ReadToEnd(bool& closed);
  /// Whether the server closes without another octet.
  bool ReadsEnd();
  void CloseSending();
  void Close();

 private:
  struct SslDeleter {
    void operator()(SSL* ssl) const { ::SSL_free(ssl); }
  };

  RawClient() = default;
  bool Fill();

  int fd_ = -1;
  bool end_ = false;
  bool reset_ = false;
  bool in_order_ = false;
  std::string buffer_;
  std::function<std::size_t()> pace_;
  std::unique_ptr<SSL, SslDeleter> ssl_;
};

/// Waits until `condition` holds, looking often. \returns whether it did within ten seconds.
template <typename Condition>
bool Eventually(Condition condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
  }
  return true;
}

}  // namespace sluice::http::testing
