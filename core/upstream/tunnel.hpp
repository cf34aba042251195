// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Tunnels: how a proxy is asked to connect to somebody (RFC 1928, RFC 1929, RFC 9110 §9.3.6).

#include <optional>
#include <sluice/sdk/call.hpp>
#include <string>

#include "core/upstream/connection.hpp"
#include "core/upstream/metrics.hpp"
#include "core/upstream/proxy.hpp"

namespace sluice::upstream {

/// Whom the proxy shall connect to.
struct Destination {
  std::optional<net::IpAddress> address;  ///< The checked one; nothing: the proxy looks up the name.
  Origin origin;                          ///< Its host is the name.
};

/// Speaks to the proxy at the other end of `connection` until that connection leads to `to`.
/// \returns  why it does not. Permanent: the proxy wants other credentials, or will not do this at all.
std::optional<Failure> OpenTunnel(Connection& connection, const ProxyOptions& proxy, const Destination& to,
                                  const sdk::Call& call, Clock::time_point deadline);

/// Value of Proxy-Authorization (RFC 7617); empty when the proxy has no user.
std::string ProxyAuthorization(const ProxyOptions& proxy);
/// What 407 means.
Failure ProxyWantsCredentials(const ProxyOptions& proxy);

}  // namespace sluice::upstream
