// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Recent: what was learned of URLs lately, so that not each response has to find it out anew.

#include <chrono>
#include <list>
#include <memory>
#include <mutex>
#include <sluice/sdk/host.hpp>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace sluice::plugins::cenc {

/// Bounded in number and age: a live stream may put something else under the same URL. Threads: [any].
template <typename Value>
class Recent {
 public:
  static constexpr std::size_t kMaxEntries = 256;
  static constexpr std::chrono::minutes kMaxAge{5};

  explicit Recent(sdk::Host host) : host_(std::move(host)) {}

  /// \returns  null: it was not seen lately.
  std::shared_ptr<const Value> Find(std::string_view name) {
    const std::lock_guard lock(mutex_);
    const auto found = index_.find(name);
    if (found == index_.end()) return nullptr;
    const auto entry = found->second;
    if (host_.clock().Steady() - entry->since > kMaxAge) {
      index_.erase(found);
      entries_.erase(entry);
      return nullptr;
    }
    entries_.splice(entries_.begin(), entries_, entry);
    return entry->value;
  }

  void Put(std::string name, std::shared_ptr<const Value> value) {
    const std::lock_guard lock(mutex_);
    if (const auto old = index_.find(name); old != index_.end()) {
      const auto entry = old->second;
      index_.erase(old);
      entries_.erase(entry);
    }
    entries_.push_front({std::move(name), std::move(value), host_.clock().Steady()});
    index_.emplace(entries_.front().name, entries_.begin());
    if (entries_.size() <= kMaxEntries) return;
    index_.erase(entries_.back().name);
    entries_.pop_back();
  }

 private:
  struct Entry {
    std::string name;
    std::shared_ptr<const Value> value;
    std::chrono::steady_clock::time_point since;
  };
  using Entries = std::list<Entry>;  // the one used last first

  const sdk::Host host_;
  std::mutex mutex_;
  Entries entries_;
  std::unordered_map<std::string_view, typename Entries::iterator> index_;  // names live in entries_
};

}  // namespace sluice::plugins::cenc
