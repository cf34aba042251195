// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Patience: waits between two questions about something that a store is still making.

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <sluice/sdk/host.hpp>
#include <string>
#include <string_view>

namespace sluice::plugins::store {

/// Threads: [any].
class Patience {
 public:
  /// \param store  for messages.
  Patience(sdk::Host host, std::string_view store) : host_(std::move(host)), store_(store) {}

  /// Whether a call lasts for a wait of that length, and so long after it that what came of it can be asked, and told.
  static bool Fits(const sdk::Call& call, std::chrono::milliseconds wait);

  /// Waits, by the host's clock. \returns  kCancelled and kDeadlineExceeded of the call, as soon as it is over.
  sdk::Status Wait(const sdk::Call& call, std::chrono::milliseconds wait);

 private:
  const sdk::Host host_;
  const std::string store_;
  std::mutex mutex_;
  std::condition_variable never_;  ///< Waited for in slices: whether a call is cancelled can only be polled.
};

}  // namespace sluice::plugins::store
