// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// RedisConnection: one connection to a Redis server, signed in.

#include <Poco/Net/SocketAddress.h>
#include <Poco/Net/StreamSocket.h>
#include <Poco/Redis/RedisStream.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <sluice/sdk/result.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "core/state/redis_reply.hpp"
#include "core/state/redis_socket.hpp"

namespace sluice::state {

struct RedisOptions {
  std::string host;  ///< A name, or an address without brackets.
  std::uint16_t port = 6379;
  std::string user = {};      ///< Empty: the server's default user.
  std::string password = {};  ///< Empty: none is asked for.
  std::uint32_t database = 0;
  std::chrono::milliseconds timeout{2'000};  ///< Of a call, and of a try to connect.
};

/// "redis cache.lan:6379": how the server is named in errors and the log.
std::string NameOf(const RedisOptions& options);

/// Errors are kUpstreamFailed, and say what is wrong without naming the server. After one the connection is of no use.
/// Threads: one at a time.
class RedisConnection {
 public:
  /// Connects and signs in. \param stop  ends every wait of the connection; outlives it.
  static sdk::Result<std::unique_ptr<RedisConnection>> Open(const RedisOptions& options,
                                                            const Poco::Net::SocketAddress& address,
                                                            const net::Event& stop, RedisClock::time_point deadline);
  RedisConnection(const RedisConnection&) = delete;
  RedisConnection& operator=(const RedisConnection&) = delete;

  /// Sends commands in one go and reads the answer to each. \param commands  of RedisCommand, one after another.
  sdk::Result<std::vector<RedisReply>> Exchange(std::string_view commands, std::size_t count,
                                                RedisClock::time_point deadline);
  sdk::Status Send(std::string_view commands, RedisClock::time_point deadline);
  sdk::Result<RedisReply> Read(RedisClock::time_point deadline);
  /// Whether something has come, or the connection has ended, before `until`.
  bool WaitReadable(RedisClock::time_point until);
  /// The server has hung up, or said something that nobody asked for. \pre  no answer is due.
  bool stale() { return WaitReadable(RedisClock::time_point()); }

 private:
  explicit RedisConnection(const net::Event& stop);
  sdk::Status SignIn(const RedisOptions& options, RedisClock::time_point deadline);
  /// \param otherwise  what is said when the socket has nothing to say.
  sdk::Error Trouble(std::string_view otherwise) const;

  RedisSocket* const raw_;  // owned by `socket_`
  Poco::Net::StreamSocket socket_;
  Poco::Redis::RedisInputStream input_;
};

}  // namespace sluice::state
