// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Calls for tests: one that may run, one that is cancelled, one whose time is up.

#include <sluice/sdk/call.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

namespace sluice::sdk::testing {

/// What a TestCall says of itself.
struct CallOptions {
  std::chrono::nanoseconds timeout = std::chrono::minutes(1);  ///< From now; negative: its time is up. max(): none.
  bool cancelled = false;
  std::string request_id = "test-request";
  std::string client_ip = "192.0.2.10";
  std::string traceparent = {};
};

namespace internal {
struct CallStorage {
  explicit CallStorage(CallOptions given) : options(std::move(given)), cancelled(options.cancelled) {
    raw.struct_size = sizeof raw;
    raw.deadline_ns = std::numeric_limits<std::int64_t>::max();
    if (options.timeout != std::chrono::nanoseconds::max()) {
      const auto now = std::chrono::steady_clock::now().time_since_epoch();
      raw.deadline_ns = (std::chrono::duration_cast<std::chrono::nanoseconds>(now) + options.timeout).count();
    }
    raw.ctx = this;
    raw.cancelled = [](const sluice_call* call) noexcept -> std::uint32_t {
      return static_cast<const CallStorage*>(call->ctx)->cancelled.load() ? 1 : 0;
    };
    raw.request_id = {options.request_id.data(), options.request_id.size()};
    raw.client_ip = {options.client_ip.data(), options.client_ip.size()};
    raw.traceparent = {options.traceparent.data(), options.traceparent.size()};
  }
  CallStorage(const CallStorage&) = delete;
  CallStorage& operator=(const CallStorage&) = delete;

  CallOptions options;
  std::atomic<bool> cancelled;
  sluice_call raw{};
};
}  // namespace internal

/// A Call that owns what it refers to. As a temporary it lives to the end of the full expression, which is as long as
/// the method that it is given to. Threads: [any].
class TestCall : private internal::CallStorage, public Call {
 public:
  explicit TestCall(CallOptions given = {}) : CallStorage(std::move(given)), Call(raw) {}

  /// The viewer is gone from now on.
  void Cancel() { CallStorage::cancelled.store(true); }
  using Call::cancelled;
};

/// One minute to run, nobody cancels.
inline TestCall AnyCall() { return TestCall(); }
/// Its deadline is so far from now.
inline TestCall CallFor(std::chrono::nanoseconds timeout) { return TestCall(CallOptions{.timeout = timeout}); }
/// The viewer has gone; there is time left.
inline TestCall CancelledCall() { return TestCall(CallOptions{.cancelled = true}); }
/// Its time is up; the viewer is there.
inline TestCall ExpiredCall() { return CallFor(std::chrono::milliseconds(-1)); }

}  // namespace sluice::sdk::testing
