// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Subscribers: who listens to which channel in this process.

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/state/bus.hpp"

namespace sluice::state {

/// Threads: [any].
class Subscribers : public std::enable_shared_from_this<Subscribers> {
 public:
  std::unique_ptr<Bus::Subscription> Add(std::string channel, Bus::Callback callback);
  void Deliver(std::string_view channel, std::string_view message);
  /// Tells all of them that messages may have been missed.
  void DeliverMissed();

 private:
  struct Entry;
  class Handle;

  std::vector<std::shared_ptr<Entry>> Of(std::optional<std::string_view> channel);

  std::mutex mutex_;
  std::map<std::uint64_t, std::shared_ptr<Entry>> entries_;
  std::uint64_t next_ = 0;
};

}  // namespace sluice::state
