// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// RateBudgets: the limits of a store, kept by not asking it too often.

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <sluice/sdk/host.hpp>
#include <span>
#include <string>
#include <string_view>

#include "store/common/spending.hpp"

namespace sluice::plugins::store {

/// What a store counts together. Constant data.
struct Budget {
  std::string_view name;          ///< [a-z-]; one name, one set of limits.
  std::span<const Limit> limits;  ///< All of them hold.
};

/// Which calls were counted, so that they can be taken back.
using Spent = Spending::Time;

/// Counts each account's calls, in memory and with the servers that share this one's cache (kv): one that is away, or
/// none, leaves each server to count its own, which is logged and counted. Threads: [any]; the constructor: [control].
class RateBudgets {
 public:
  /// \param store  for messages. \param max_wait  how long a call waits at most for its turn.
  RateBudgets(sdk::Host host, std::string_view store, std::chrono::milliseconds max_wait);

  /// One call of `account`. Waits for its turn if that comes soon, and before the call's deadline.
  /// \param account   fingerprint of its key. \param patient  false: does not wait.
  /// \returns  kRateLimited with `retry_after`; kCancelled, kDeadlineExceeded.
  sdk::Result<Spent> Take(const sdk::Call& call, const std::string& account, const Budget& budget, bool patient = true);
  /// The call was none that the store counts.
  void GiveBack(const sdk::Call& call, const std::string& account, const Budget& budget, Spent spent);
  /// The store wants no calls for so long; an hour at most.
  void Pause(const sdk::Call& call, const std::string& account, const Budget& budget,
             std::chrono::milliseconds how_long);

 private:
  struct Own {
    Spending spending;
    std::span<const Limit> limits;
  };

  Spending::Time Now() const;
  /// Takes it here and with the others. \returns  nothing: taken; else when to try again.
  std::optional<Spending::Time> TryTake(const sdk::Call& call, const std::string& name, const Budget& budget,
                                        Spent now);
  /// Changes what all servers count, in one step. \param change  false: leaves it as it is.
  template <typename Change>
  void Share(const sdk::Call& call, const std::string& name, const Budget& budget, Change change);
  void CountUnshared(const sdk::Error& error);
  Own& OwnOf(const std::string& name, const Budget& budget);
  sdk::Status Wait(const sdk::Call& call, Spending::Time until, std::chrono::milliseconds longest);

  const sdk::Host host_;
  const std::string store_;
  const std::chrono::milliseconds max_wait_;
  const sdk::Result<sdk::MetricsService::Id> unshared_;

  std::mutex mutex_;
  std::condition_variable freed_;
  std::map<std::string, Own> own_;
};

}  // namespace sluice::plugins::store
