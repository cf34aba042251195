// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Attempt: one try of one request: address check, connection, exchange.

#include <memory>
#include <optional>
#include <sluice/sdk/call.hpp>
#include <string>

#include "core/upstream/client.hpp"
#include "core/upstream/dialer.hpp"
#include "core/upstream/exchange.hpp"
#include "core/upstream/metrics.hpp"
#include "core/upstream/profile.hpp"
#include "core/upstream/redirect.hpp"
#include "core/upstream/tools.hpp"

namespace sluice::upstream {

/// A connection that had been idle and turns out dead is replaced by a fresh one: that is still one try.
/// Threads: one at a time.
class Attempt {
 public:
  /// \param hop  outlives this unchanged, and so does everything else.
  Attempt(const Tools& tools, const sdk::Call& call, const Request& request, const Hop& hop, const Profile& profile);

  /// Goes on to the head of the response; blocks until the request is sent, and no longer.
  /// \param wait  how waiting for what was awaited() ended; kReady at first.
  /// \returns     nothing: wait for what is awaited().
  std::optional<Tried<Response>> Advance(Wait wait);
  Awaited awaited() const { return exchange_->awaited(); }

 private:
  /// Makes the request's head and finds a connection.
  std::optional<Failure> Prepare();
  /// Which addresses may be connected to, or that the proxy gets the name.
  std::optional<Failure> Plan(Clock::time_point deadline);
  bool ProxyGetsName() const;
  Failure Refuse(std::string_view range) const;
  /// Sends the request over `connection_`, or over a new one.
  std::optional<Failure> Send();
  Response Answer(ExchangeResult result);

  const Tools& tools_;
  const sdk::Call& call_;
  const Request& request_;
  const Hop& hop_;
  const Profile& profile_;
  const Clock::time_point deadline_;
  DialPlan plan_;
  Origin key_;  ///< In the pool.
  std::string head_;
  std::unique_ptr<Connection> connection_;
  std::optional<Exchange> exchange_;
};

}  // namespace sluice::upstream
