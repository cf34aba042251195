// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// KeyHealth: asks stores whether pool keys still open anything, and takes those that do not out of use.

#include <chrono>
#include <sluice/sdk/host.hpp>
#include <string>

#include "account_call.hpp"
#include "settings.hpp"

namespace sluice::plugins::pool {

/// Threads: [any].
class KeyHealth {
 public:
  KeyHealth(sdk::Host host, const Settings& settings);

  /// Asks the store now. A key that is dead is retired, one that was and is alive again is active.
  /// \returns  kNotFound: no such key; kUnsupported: of its store no account call is known.
  sdk::Result<Finding> Check(const sdk::Call& call, const std::string& key) const;

  /// An instance says that a key does not open its store: it is checked, unless it was within the last minute. What
  /// goes wrong is logged: whoever reports a key can do nothing about it.
  void Report(const sdk::Call& call, const std::string& key) const;

 private:
  sdk::Result<Finding> Ask(const sdk::Call& call, const std::string& key, std::chrono::milliseconds timeout) const;
  sdk::Status Note(const sdk::Call& call, const std::string& key, const std::string& store,
                   const Finding& finding) const;

  const sdk::Host host_;
  const Settings& settings_;
  const sdk::Result<sdk::MetricsService::Id> checks_;
};

std::string_view NameOf(Health health);

}  // namespace sluice::plugins::pool
