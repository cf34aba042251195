// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// KeyHealth: asks stores whether pool keys still open anything, and takes those that do not out of use.

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
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

  /// A key was handed out: it is checked beside that when `Settings::check_every` has passed since the last time. By
  /// one instance of the pool, if there are several.
  void CheckWhenDue(const sdk::Call& call, const std::string& key);

 private:
  sdk::Result<bool> Claim(const sdk::Call& call, const std::string& key, std::chrono::seconds interval) const;
  bool TakeTurn(const std::string& key);
  sdk::Result<Finding> Ask(const sdk::Call& call, const std::string& key, std::chrono::milliseconds timeout) const;
  sdk::Status Note(const sdk::Call& call, const std::string& key, const std::string& store,
                   const Finding& finding) const;

  const sdk::Host host_;
  const Settings& settings_;
  const sdk::Result<sdk::MetricsService::Id> checks_;
  std::mutex mutex_;
  std::map<std::string, std::int64_t> turns_;  ///< By key, when this instance looked at whether it is due.
};

std::string_view NameOf(Health health);

}  // namespace sluice::plugins::pool
