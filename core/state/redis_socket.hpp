// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// RedisSocket: a TCP socket for Poco's Redis streams that waits until a moment and no longer, however slowly octets
/// come.

#include <Poco/Net/SocketAddress.h>
#include <Poco/Net/StreamSocketImpl.h>

#include <chrono>
#include <string>

namespace sluice::net {
class Event;
}

namespace sluice::state {

using RedisClock = std::chrono::steady_clock;

/// Poco's own time-outs are for each read: a server that drips would hold its client for ever, and sending has none in
/// `Poco::Redis::Client`. Nothing here throws, since Poco's streams lose what is thrown within them: what went wrong is
/// in trouble().
/// Threads: one at a time.
class RedisSocket final : public Poco::Net::StreamSocketImpl {
 public:
  /// \param stop  ends every wait; outlives the socket.
  explicit RedisSocket(const net::Event& stop) : stop_(stop) {}

  /// Of all that follows. What was wrong before is forgotten.
  void SetDeadline(RedisClock::time_point deadline) {
    deadline_ = deadline;
    trouble_.clear();
  }
  bool Connect(const Poco::Net::SocketAddress& address);
  /// \returns  whether there is something to read, or the peer is gone, before `until`.
  bool WaitReadable(RedisClock::time_point until);

  using StreamSocketImpl::receiveBytes;
  using StreamSocketImpl::sendBytes;
  /// \returns  0 or less: see trouble().
  int receiveBytes(void* buffer, int length, int flags) override;
  /// All of it. \returns `length`; -1: see trouble().
  int sendBytes(const void* buffer, int length, int flags) override;

  /// Why the last call came to nothing: "connection refused".
  const std::string& trouble() const { return trouble_; }

 private:
  bool Wait(short events, RedisClock::time_point until);
  bool Failed(std::string trouble);

  const net::Event& stop_;
  RedisClock::time_point deadline_{};
  std::string trouble_;
};

}  // namespace sluice::state
