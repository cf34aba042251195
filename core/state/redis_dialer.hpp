// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// RedisDialer: finds a Redis server by its name, and connects to it.

#include <Poco/Net/SocketAddress.h>

#include <memory>
#include <sluice/sdk/result.hpp>
#include <vector>

#include "core/state/redis_connection.hpp"

namespace sluice::state {

/// The name is looked up each time, by a thread that nobody waits for longer than until a deadline: getaddrinfo cannot
/// be interrupted. There is one such thread at a time.
/// Threads: one at a time.
class RedisDialer {
 public:
  /// \param stop  ends every wait, of the connections too; outlives them.
  RedisDialer(RedisOptions options, const net::Event& stop);

  /// Tries one address after another. \returns  kUpstreamFailed, without naming the server.
  sdk::Result<std::unique_ptr<RedisConnection>> Dial(RedisClock::time_point deadline);
  /// Where the last connection goes to. \pre  Dial made one.
  const Poco::Net::SocketAddress& address() const { return address_; }

 private:
  struct Lookup;

  sdk::Result<std::vector<Poco::Net::SocketAddress>> Addresses(RedisClock::time_point deadline);

  const RedisOptions options_;
  const net::Event& stop_;
  std::shared_ptr<Lookup> lookup_;  ///< Under way; null: none is.
  Poco::Net::SocketAddress address_;
};

}  // namespace sluice::state
