// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Feed: the log of events as a stream of server-sent events (WHATWG HTML §9.2), for instances that serve revoked
/// users.

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <sluice/sdk/host.hpp>

#include "answers.hpp"

namespace sluice::plugins::pool {

/// Threads: [any].
class Feed {
 public:
  explicit Feed(sdk::Host host) : host_(std::move(host)) {}

  /// Sends what comes after Last-Event-ID, or from now on, until ten minutes or the call's time are over. A request
  /// that went on from what is not known begins with "reset".
  sdk::Status Serve(const Request& request);

 private:
  struct Start {
    std::int64_t last = 0;  ///< What the instance knows.
    bool reset = false;
  };
  class Slot;

  sdk::Result<Start> FindStart(const Request& request) const;
  sdk::Status SendNew(const Request& request, std::int64_t& last, bool& sent) const;
  sdk::Status Follow(const Request& request, std::int64_t last, std::chrono::steady_clock::time_point begun);

  const sdk::Host host_;
  std::atomic<int> open_{0};
  std::mutex mutex_;
  /// Nobody rings: other instances write events too, so that it is the table that counts.
  std::condition_variable pause_;
};

}  // namespace sluice::plugins::pool
