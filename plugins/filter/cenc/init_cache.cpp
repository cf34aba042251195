// SPDX-License-Identifier: MIT
#include "init_cache.hpp"

#include <iterator>
#include <utility>

namespace sluice::plugins::cenc {

std::shared_ptr<const Init> InitCache::Find(std::string_view name) {
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
  return entry->init;
}

void InitCache::Put(std::string name, std::shared_ptr<const Init> init) {
  const std::lock_guard lock(mutex_);
  if (const auto old = index_.find(name); old != index_.end()) {
    const auto entry = old->second;
    index_.erase(old);
    entries_.erase(entry);
  }
  entries_.push_front({std::move(name), std::move(init), host_.clock().Steady()});
  index_.emplace(entries_.front().name, entries_.begin());
  if (entries_.size() <= kMaxEntries) return;
  index_.erase(entries_.back().name);
  entries_.pop_back();
}

}  // namespace sluice::plugins::cenc
