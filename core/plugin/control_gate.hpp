// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// ControlGate: keeps the [control] calls into one plugin apart.

#include <atomic>
#include <mutex>
#include <sluice/sdk/detail/running_call.hpp>
#include <string_view>
#include <thread>

namespace sluice::plugin {

/// A recursive mutex (BasicLockable) that knows who holds it: a plugin's call may make the server destroy another
/// instance of the same plugin. Threads: [any].
class ControlGate {
 public:
  void lock() {
    mutex_.lock();
    if (depth_++ == 0) holder_.store(std::this_thread::get_id(), std::memory_order_relaxed);
  }
  void unlock() {
    if (--depth_ == 0) holder_.store(std::thread::id(), std::memory_order_relaxed);
    mutex_.unlock();
  }

  /// Ends the process if `function` is [control] and this thread does not hold the gate. Nothing in builds with NDEBUG.
  /// \param whose  what the function belongs to: "component gate".
  void AssertTag(std::string_view whose, const sdk::detail::Function& function) const noexcept {
    if constexpr (sdk::detail::kAssertsTags) {
      if (function.tag != sdk::detail::ThreadTag::kControl) return;
      if (holder_.load(std::memory_order_relaxed) == std::this_thread::get_id()) return;
      sdk::detail::TagBroken(whose, function, "this thread does not hold the plugin's control gate");
    }
  }

 private:
  std::recursive_mutex mutex_;
  int depth_ = 0;  ///< Guarded by `mutex_`.
  std::atomic<std::thread::id> holder_;
};

}  // namespace sluice::plugin
