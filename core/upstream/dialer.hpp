// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Dialer: makes connections to addresses that the guard has let pass, or to the operator's proxy, and to nobody else.

#include <memory>
#include <sluice/sdk/call.hpp>
#include <vector>

#include "core/upstream/connection.hpp"
#include "core/upstream/dns.hpp"
#include "core/upstream/metrics.hpp"
#include "core/upstream/profile.hpp"

namespace sluice::upstream {

/// Whom to connect to, and how far.
struct DialPlan {
  Origin origin;                          ///< Of the URL.
  std::vector<net::IpAddress> addresses;  ///< Checked. One that is not set: the proxy looks up the name.
  bool by_name = false;
  bool absolute_form = false;  ///< The proxy takes requests for any origin: no tunnel.
};

/// Threads: [any].
class Dialer {
 public:
  Dialer(NameService& names, Metrics& metrics) : names_(names), metrics_(metrics) {}

  /// Tunnels and TLS are part of connecting.
  /// \returns  kUpstreamFailed, kDeadlineExceeded, kCancelled. The message names origin or proxy, no address.
  Tried<std::unique_ptr<Connection>> Dial(const sdk::Call& call, const Profile& profile, const DialPlan& plan,
                                          Clock::time_point deadline);

 private:
  Tried<std::unique_ptr<Connection>> Reach(const sdk::Call& call, const Profile& profile, const DialPlan& plan,
                                           Clock::time_point deadline);
  Tried<std::unique_ptr<Connection>> ReachProxy(const sdk::Call& call, const Profile& profile, const DialPlan& plan,
                                                const net::IpAddress& peer, Clock::time_point deadline);

  NameService& names_;
  Metrics& metrics_;
};

}  // namespace sluice::upstream
