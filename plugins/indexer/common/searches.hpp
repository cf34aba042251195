// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Searches: each made once, however many ask, and remembered for a while.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <sluice/sdk/host.hpp>
#include <sluice/sdk/indexer.hpp>
#include <string>

#include "indexer/common/findings.hpp"

namespace sluice::plugins::indexer {

/// A search runs beside the calls that wait for it, for as long as it may take: what comes when they are over is there
/// for the next. Without a free thread of the host it runs on the thread of whoever asks. Threads: [any].
class Searches {
 public:
  /// Puts what it finds into the findings. It owns what it needs, but for what `call` is.
  using Work = std::function<sdk::Status(const sdk::Call& call, Findings& findings)>;
  struct Limits {
    std::chrono::milliseconds timeout{};  ///< Of one search.
    std::chrono::seconds life{};          ///< Of what was found; of a part of it, a minute at most. 0: not remembered.
    std::size_t max_bytes = 0;            ///< Of all that is remembered; the least recently used goes first.
  };

  Searches(sdk::Host host, Limits limits);

  /// Hands `out` what is found, one at a time on this thread, until it wants no more or holds `limit`.
  /// \param id    equal for searches that are the same; may hold secrets: it stays in this memory.
  /// \param work  not called when the same search is known or under way.
  /// \returns  what `work` does if nothing was found; kUpstreamFailed: not within the search's time; kCancelled and
  ///           kDeadlineExceeded of the call, after what had come was put.
  sdk::Status Run(const sdk::Call& call, const std::string& id, std::uint32_t limit, sdk::ReleaseSink& out, Work work);

 private:
  class Memory;
  const std::shared_ptr<Memory> memory_;  ///< Tasks have it too: they may end after this.
};

}  // namespace sluice::plugins::indexer
