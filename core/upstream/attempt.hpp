// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Attempter: one try of one request: address check, connection, exchange.

#include <sluice/sdk/call.hpp>

#include "core/upstream/address_guard.hpp"
#include "core/upstream/client.hpp"
#include "core/upstream/dialer.hpp"
#include "core/upstream/exchange.hpp"
#include "core/upstream/metrics.hpp"
#include "core/upstream/pool.hpp"
#include "core/upstream/profile.hpp"
#include "core/upstream/redirect.hpp"

namespace sluice::upstream {

/// Threads: [any].
class Attempter {
 public:
  Attempter(const TrustedUpstreams& trusted, NameService& names, Pool& pool, Metrics& metrics)
      : trusted_(trusted), names_(names), pool_(pool), metrics_(metrics), dialer_(names, metrics) {}

  /// A connection that had been idle and turns out dead is replaced by a fresh one: that is still one try.
  Tried<Response> Run(const sdk::Call& call, const Request& request, const Hop& hop, const Profile& profile);

 private:
  /// Which addresses may be connected to, or that the proxy gets the name.
  Tried<DialPlan> Plan(const sdk::Call& call, const Origin& origin, const Profile& profile, Clock::time_point deadline);
  bool ProxyGetsName(const Origin& origin, const Profile& profile) const;
  Failure Refuse(const Origin& origin, std::string_view range);
  Response Answer(const sdk::Call& call, const Request& request, const Hop& hop, ExchangeResult result,
                  std::unique_ptr<Connection> connection);

  const TrustedUpstreams& trusted_;
  NameService& names_;
  Pool& pool_;
  Metrics& metrics_;
  Dialer dialer_;
};

}  // namespace sluice::upstream
