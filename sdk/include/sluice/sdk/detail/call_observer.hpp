// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// CallObserver: sees every call into a plugin, may refuse it, and learns how it ended.

#include <sluice/abi/base.h>
#include <sluice/sdk/detail/running_call.hpp>
#include <sluice/sdk/result.hpp>

#include <chrono>
#include <string_view>

namespace sluice::sdk::detail {

/// How one call into a plugin ended.
struct CallOutcome {
  using Clock = std::chrono::steady_clock;

  /// Name of the method in its C table: "check", "body_write". A literal: may be kept.
  std::string_view method;
  sluice_status status = SLUICE_OK;
  /// The plugin broke a rule of the boundary (then `status` is SLUICE_INTERNAL), threw, or named no cause.
  bool violation = false;
  Clock::duration elapsed{};
  /// The part of `elapsed` in which the plugin waited for the host: a slow viewer is no fault of the plugin's.
  Clock::duration in_host{};
  /// From the start of the call to the call's deadline; `Clock::duration::max()`: none. May be negative.
  Clock::duration budget = Clock::duration::max();

  bool overrun(Clock::duration tolerance = {}) const {
    const auto own = elapsed - in_host;
    return budget != Clock::duration::max() && own > tolerance && own - tolerance > budget;
  }
};

/// How late a result may come all the same: a thread may be scheduled late.
inline constexpr std::chrono::milliseconds kDeadlineTolerance{25};

/// One per instance; outlives the instance's adapter. Threads: [any].
struct CallObserver {
  virtual ~CallObserver() = default;

  /// Before a call. \returns  an error: the plugin is not called and the caller gets this error.
  virtual Status Before(std::string_view method) noexcept = 0;

  /// After a call that Before let through, once. Methods that cannot answer an error ("accepts", "length_preserving",
  /// "body_close") and those of the control thread ("routes", "destroy") come here without a Before.
  virtual void After(const CallOutcome& outcome) noexcept = 0;

  /// What comes later than this after the call's deadline is not used: the caller gets kDeadlineExceeded.
  virtual CallOutcome::Clock::duration Tolerance() const noexcept { return kDeadlineTolerance; }

  /// On the thread of the call, right before it; only where thread tags are asserted (kAssertsTags). Ends the process
  /// if the host must not make such a call here and now.
  virtual void AssertTag(const Function& /*function*/) noexcept {}
};

}  // namespace sluice::sdk::detail
