// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Many small pieces of blocking work, a few at a time.

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <functional>
#include <sluice/sdk/together.hpp>
#include <vector>

namespace sluice::plugins::indexer {

/// Runs `part(0)` to `part(count - 1)`, at most `at_once` of them at a time, and returns when all have ended.
/// \param part  as sdk::Together wants its parts.
inline void EachOf(const sdk::Host& host, const sdk::Call& call, std::size_t count, std::size_t at_once,
                   const std::function<void(std::size_t)>& part) {
  std::atomic<std::size_t> next{0};
  const std::vector<std::function<void()>> workers(std::min(count, at_once), [&] {
    for (auto i = next++; i < count; i = next++) part(i);
  });
  sdk::Together(host, call, workers);
}

}  // namespace sluice::plugins::indexer
