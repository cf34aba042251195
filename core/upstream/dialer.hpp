// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Dialer: makes connections to addresses that the guard has let pass, and to no other.

#include <memory>
#include <sluice/sdk/call.hpp>
#include <sluice/sdk/result.hpp>
#include <span>

#include "core/upstream/connection.hpp"

namespace sluice::upstream {

class Metrics;
class Tls;

/// Threads: [any].
class Dialer {
 public:
  Dialer(Tls& tls, Metrics& metrics) : tls_(tls), metrics_(metrics) {}

  /// Tries `checked` in order, each with its share of the time. TLS is part of connecting.
  /// \returns  kUpstreamFailed, kDeadlineExceeded, kCancelled. The message names origin.Label(), no address.
  sdk::Result<std::unique_ptr<Connection>> Dial(const sdk::Call& call, const Origin& origin,
                                                std::span<const net::IpAddress> checked, Clock::time_point deadline);

 private:
  enum class Outcome { kConnected, kFailed, kTimeout, kCancelled };
  Outcome ConnectTo(const sdk::Call& call, const net::IpAddress& address, std::uint16_t port,
                    Clock::time_point deadline, Poco::Net::StreamSocket& socket);
  sdk::Status Secure(const sdk::Call& call, const Origin& origin, Clock::time_point deadline,
                     Poco::Net::StreamSocket& socket);

  Tls& tls_;
  Metrics& metrics_;
};

}  // namespace sluice::upstream
