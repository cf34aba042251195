// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// OwnCall: an sdk::Call that is nobody's viewer's: time ends it, or whoever made it.

#include <atomic>
#include <chrono>
#include <limits>
#include <sluice/sdk/call.hpp>
#include <string>
#include <utility>

namespace sluice::net {

/// What a call says of the request that it is made for.
struct RequestFacts {
  std::string request_id{}, client_ip{}, traceparent{};
};

inline RequestFacts FactsOf(const sdk::Call& call) {
  return {.request_id = std::string(call.request_id()),
          .client_ip = std::string(call.client_ip()),
          .traceparent = std::string(call.traceparent())};
}

/// Not movable: `call` points into it.
class OwnCall {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;

  explicit OwnCall(TimePoint deadline) : OwnCall(deadline, Never()) {}
  /// \param cancelled  outlives it.
  OwnCall(TimePoint deadline, const std::atomic<bool>& cancelled, RequestFacts facts = {})
      : facts_(std::move(facts)),
        abi_{.struct_size = sizeof(sluice_call),
             .reserved = 0,
             .deadline_ns =
                 deadline == TimePoint::max()
                     ? std::numeric_limits<std::int64_t>::max()
                     : std::chrono::duration_cast<std::chrono::nanoseconds>(deadline.time_since_epoch()).count(),
             .ctx = &cancelled,
             .cancelled = [](const sluice_call* call) -> std::uint32_t {
               return static_cast<const std::atomic<bool>*>(call->ctx)->load() ? 1 : 0;
             },
             .request_id = View(facts_.request_id),
             .client_ip = View(facts_.client_ip),
             .traceparent = View(facts_.traceparent)},
        call_(abi_) {}
  OwnCall(const OwnCall&) = delete;
  OwnCall& operator=(const OwnCall&) = delete;

  const sdk::Call& call() const { return call_; }

  /// What nobody cancels.
  static const std::atomic<bool>& Never() {
    static const std::atomic<bool> never{false};
    return never;
  }

 private:
  static sluice_str View(const std::string& text) { return {text.data(), text.size()}; }

  const RequestFacts facts_;
  sluice_call abi_;
  sdk::Call call_;
};

}  // namespace sluice::net
