// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Slots: how many of something may be under way at once.

#include <atomic>
#include <cstdint>
#include <memory>

namespace sluice::pipeline {

/// Made by make_shared. Threads: [any].
class Slots : public std::enable_shared_from_this<Slots> {
 public:
  /// \param limit  how many there are: a reload may change that.
  /// \returns  what gives the slot back when the last copy of it is gone; null: none is free.
  std::shared_ptr<const void> Take(std::uint32_t limit) {
    auto used = used_.load(std::memory_order_relaxed);
    do {
      if (used >= limit) return nullptr;
    } while (!used_.compare_exchange_weak(used, used + 1, std::memory_order_relaxed));
    return std::shared_ptr<const void>(
        this, [self = shared_from_this()](const void*) { self->used_.fetch_sub(1, std::memory_order_relaxed); });
  }

 private:
  std::atomic<std::uint32_t> used_{0};
};

}  // namespace sluice::pipeline
