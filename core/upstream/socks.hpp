// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// SOCKS 5 (RFC 1928) with user and password (RFC 1929), as a client.

#include "core/upstream/tunnel.hpp"

namespace sluice::upstream {

/// As OpenTunnel, for a SOCKS proxy.
std::optional<Failure> OpenSocks(Connection& connection, const ProxyOptions& proxy, const Destination& to,
                                 const sdk::Call& call, Clock::time_point deadline);

}  // namespace sluice::upstream
