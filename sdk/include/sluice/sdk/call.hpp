// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Call: how long one call may take, for whom it is made, and whether it still matters.

#include <sluice/abi/base.h>

#include <chrono>
#include <limits>
#include <string_view>

namespace sluice::sdk {

/// Handed to every method. Valid until that method returns. Threads: [any].
class Call {
 public:
  using Clock = std::chrono::steady_clock;

  explicit Call(const sluice_call& call) : call_(call) {}

  /// When the caller stops waiting. `Clock::time_point::max()`: never.
  Clock::time_point deadline() const {
    if (call_.deadline_ns == std::numeric_limits<std::int64_t>::max()) return Clock::time_point::max();
    return Clock::time_point(std::chrono::duration_cast<Clock::duration>(std::chrono::nanoseconds(call_.deadline_ns)));
  }
  /// Time left, never negative.
  Clock::duration remaining() const {
    if (call_.deadline_ns == std::numeric_limits<std::int64_t>::max()) return Clock::duration::max();
    const auto left = deadline() - Clock::now();
    return left > Clock::duration::zero() ? left : Clock::duration::zero();
  }
  /// Whether the caller has stopped waiting. What is answered then is not used.
  bool expired() const { return remaining() == Clock::duration::zero(); }
  /// True when the viewer is gone. Poll it in loops, and stop soon with kCancelled.
  bool cancelled() const { return call_.cancelled != nullptr && call_.cancelled(&call_) != 0; }

  /// As in X-Request-Id; empty outside of a request.
  std::string_view request_id() const { return View(call_.request_id); }
  /// Textual address of the viewer, without port; behind trusted proxies the viewer's own. May be empty.
  std::string_view client_ip() const { return View(call_.client_ip); }
  /// W3C Trace Context, as the viewer sent it; may be empty.
  std::string_view traceparent() const { return View(call_.traceparent); }

  /// The C form, for calls into host services.
  const sluice_call& abi() const { return call_; }

 private:
  static std::string_view View(sluice_str text) {
    return text.size == 0 ? std::string_view() : std::string_view(text.data, text.size);
  }
  const sluice_call& call_;
};

}  // namespace sluice::sdk
