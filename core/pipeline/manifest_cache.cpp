// SPDX-License-Identifier: MIT
#include "core/pipeline/manifest_cache.hpp"

#include <utility>

namespace sluice::pipeline {

ManifestCache::Rewritten ManifestCache::Find(const std::string& key, std::string_view text) {
  std::shared_ptr<const Entry> entry;
  {
    const std::lock_guard lock(mutex_);
    const auto found = by_key_.find(key);
    if (found == by_key_.end()) return nullptr;
    newest_first_.splice(newest_first_.begin(), newest_first_, found->second);
    entry = *found->second;
  }
  return entry->text == text ? entry->rewritten : nullptr;
}

void ManifestCache::Keep(const std::string& key, std::string text, Rewritten rewritten) {
  const auto bytes = key.size() + text.size() + rewritten->text.size() + kOverheadBytes;
  if (bytes > max_bytes_) return;
  const auto entry = std::make_shared<const Entry>(Entry{key, std::move(text), std::move(rewritten), bytes});
  const std::lock_guard lock(mutex_);
  if (const auto found = by_key_.find(key); found != by_key_.end()) Remove(found->second);
  while (bytes_ + bytes > max_bytes_) Remove(std::prev(newest_first_.end()));
  newest_first_.push_front(entry);
  by_key_.emplace(entry->key, newest_first_.begin());
  bytes_ += bytes;
}

std::size_t ManifestCache::bytes() const {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

void ManifestCache::Remove(Entries::iterator entry) {
  by_key_.erase((*entry)->key);
  bytes_ -= (*entry)->bytes;
  newest_first_.erase(entry);
}

}  // namespace sluice::pipeline
