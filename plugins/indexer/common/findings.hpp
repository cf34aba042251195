// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Findings: the releases of one search, as they become known, for everybody who waits for them.

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <sluice/sdk/indexer.hpp>
#include <string>
#include <unordered_set>
#include <vector>

namespace sluice::plugins::indexer {

/// What tells a release from others: its hash and whether it is private, or else its URL. Secret.
std::string IdentityOf(const sdk::Release& release);

/// Threads: [any].
class Findings {
 public:
  using Found = std::shared_ptr<const sdk::Release>;
  /// How a search ended.
  struct End {
    std::optional<sdk::Error> fault{};  ///< Nothing: all is well.
    bool is_broken_off = false;         ///< Whoever asked has left: the others have to ask anew.
  };

  /// Takes a release, unless it is known, or there are a thousand.
  void Add(sdk::Release release);
  /// Some of what was asked gave no answer.
  void MarkPartial();
  /// No more will come.
  void Finish(End end);

  /// What was found behind the first `from`; waits until there is something, the search is over, or `until` has come.
  std::vector<Found> Wait(std::size_t from, std::chrono::steady_clock::time_point until);
  /// How it ended, once everything behind the first `from` was taken; nothing: more may come.
  std::optional<End> EndBehind(std::size_t from) const;

  bool is_over() const;
  bool is_partial() const;
  bool empty() const;
  /// Octets of memory, about.
  std::size_t bytes() const;

 private:
  mutable std::mutex mutex_;
  std::condition_variable news_;
  std::vector<Found> found_;
  std::unordered_set<std::string> known_;
  std::size_t bytes_ = sizeof(Findings);
  bool is_partial_ = false;
  std::optional<End> end_;
};

}  // namespace sluice::plugins::indexer
