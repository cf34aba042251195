// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// FaultyOrigin: an HTTP origin that says exactly the octets a test wants, and breaks off where it wants.

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace sluice::fakes {

/// Listens on a free port of 127.0.0.1; every connection runs the script in a thread of its own. The destructor hangs
/// up on everybody and waits for the scripts.
class FaultyOrigin {
 public:
  /// One accepted connection. Closed when the script returns.
  class Peer {
   public:
    explicit Peer(int fd) : fd_(fd) {}
    /// Up to and including the empty line; what came after it is kept for the next read. Empty: the client hung up.
    std::string ReadHead();
    /// Exactly `size` octets, or fewer when the client hung up.
    std::string ReadBody(std::size_t size);
    /// \returns  false when the client hung up.
    bool Send(std::string_view octets);
    /// Blocks until the client hangs up, or the origin is destroyed. What it sends meanwhile is dropped.
    void WaitForHangUp();
    /// Closes with RST instead of FIN.
    void Reset();

   private:
    bool Fill();
    int fd_;
    std::string buffer_;
  };
  using Script = std::function<void(Peer&)>;

  explicit FaultyOrigin(Script script);
  /// Reads one request head for each connection, sends `answer`, closes.
  static Script Say(std::string answer);
  ~FaultyOrigin();
  FaultyOrigin(const FaultyOrigin&) = delete;
  FaultyOrigin& operator=(const FaultyOrigin&) = delete;

  std::uint16_t port() const { return port_; }
  /// "http://127.0.0.1:port"
  std::string url() const;
  /// Accepted so far.
  int connections() const { return connections_; }

 private:
  void Accept();

  const Script script_;
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
