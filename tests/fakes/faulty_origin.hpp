// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// FaultyOrigin: an HTTP origin that says exactly the octets a test wants, and breaks off where it wants.

#include <openssl/types.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace sluice::fakes {

struct Certificates;

/// Listens on a free port of 127.0.0.1; every connection runs the script in a thread of its own. The destructor hangs
/// up on everybody and waits for the scripts.
class FaultyOrigin {
 public:
  /// One accepted connection. Closed when the script returns, under TLS with a close_notify.
  class Peer {
   public:
    /// \param tls  null: plain.
    Peer(int fd, SSL_CTX* tls);
    ~Peer();
    Peer(const Peer&) = delete;
    Peer& operator=(const Peer&) = delete;
    /// \returns  false when the client does not want to speak TLS with this origin.
    bool Handshake();
    /// Up to and including the empty line; what came after it is kept for the next read. Empty: the client hung up.
    std::string ReadHead();
    /// Exactly `size` octets, or fewer when the client hung up.
    std::string ReadBody(std::size_t size);
    /// \returns  false when the client hung up.
    bool Send(std::string_view octets);
    /// Past the cipher: records that are none.
    bool SendRaw(std::string_view octets);
    /// From here on `stalled` is called, in Send, whenever the client has taken nothing for a moment, and Send returns
    /// only once the client has taken nearly all.
    void OnStall(std::function<void()> stalled);
    /// Blocks until the client hangs up, or the origin is destroyed. What it sends meanwhile is dropped.
    void WaitForHangUp();
    /// Closes with RST instead of FIN.
    void Reset();
    /// Closes without a close_notify.
    void Cut() { orderly_ = false; }
    /// Null: plain.
    SSL* ssl() { return ssl_.get(); }

   private:
    struct SslDeleter {
      void operator()(SSL* ssl) const;
    };

    bool Fill();
    bool SendSecurely(std::string_view octets);
    int fd_;
    std::unique_ptr<SSL, SslDeleter> ssl_;
    bool orderly_;
    std::function<void()> stalled_;
    std::string buffer_;
  };
  using Script = std::function<void(Peer&)>;

  /// \param tls  null: plain HTTP.
  explicit FaultyOrigin(Script script, const Certificates* tls = nullptr);
  /// Reads one request head for each connection, sends `answer`, closes.
  static Script Say(std::string answer);
  ~FaultyOrigin();
  FaultyOrigin(const FaultyOrigin&) = delete;
  FaultyOrigin& operator=(const FaultyOrigin&) = delete;

  std::uint16_t port() const { return port_; }
  /// "http://127.0.0.1:port" or, with TLS, "https://127.0.0.1:port".
  std::string url() const;
  /// Accepted so far.
  int connections() const { return connections_; }

 private:
  void Accept();
  void Serve(int fd);

  const Script script_;
  const std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> tls_;  ///< Null: plain.
  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::atomic<int> connections_{0};
  std::atomic<bool> stopping_{false};
  std::mutex mutex_;
  std::vector<int> open_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

}  // namespace sluice::fakes
