// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// JwksCache: the key set behind a URL, fetched when it is needed, and not more often.

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <sluice/sdk/host.hpp>
#include <string>
#include <vector>

#include "jwks.hpp"

namespace sluice::plugins::jwt {

struct JwksOptions {
  std::string url;
  Algorithm algorithm = Algorithm::kRs256;
  std::chrono::seconds ttl{};       ///< Where the server's Cache-Control says no other.
  std::chrono::seconds cooldown{};  ///< After a fetch, until a key that is not known may cause another.
};

/// Threads: [any], but for the constructor: [control].
class JwksCache {
 public:
  JwksCache(sdk::Host host, JwksOptions options);

  /// The key that a token names. At most one fetch is under way: who needs it waits, who does not goes on with what is
  /// there, for a day past its time if the server is away.
  /// \returns  kUnauthenticated: no such key; kUpstreamFailed: the set cannot be had, and it may be in there; also
  ///           kCancelled and kDeadlineExceeded of the call.
  sdk::Result<KeyPtr> Find(const sdk::Call& call, const KeyId& kid);

 private:
  using Steady = std::chrono::steady_clock::time_point;
  struct Fetched {
    KeySet keys;
    std::chrono::seconds ttl;
  };

  void Fetch(std::unique_lock<std::mutex>& lock, const sdk::Call& call);
  sdk::Result<Fetched> Ask(const sdk::Call& call) const;
  void Take(sdk::Result<Fetched> fetched, bool broken_off);
  void TakeFailure(const sdk::Error& error, Steady now);
  void Count(std::string_view outcome) const;

  const sdk::Host host_;
  const JwksOptions options_;
  const sdk::Result<sdk::MetricsService::Id> fetches_;

  std::mutex mutex_;
  std::condition_variable fetched_;
  bool fetching_ = false;
  KeySet keys_;
  Steady fresh_until_ = Steady::min();
  Steady usable_until_ = Steady::min();
  Steady retry_again_ = Steady::min();    ///< When a set that is not fresh may be asked for again.
  Steady unknown_again_ = Steady::min();  ///< When a fresh one may, because of a key that it has not.
  std::optional<sdk::Error> failure_;     ///< Of the last fetch, unless it went well.
};

}  // namespace sluice::plugins::jwt
