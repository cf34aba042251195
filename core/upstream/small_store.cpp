// SPDX-License-Identifier: MIT
#include "core/upstream/small_store.hpp"

#include <algorithm>

#include "core/upstream/freshness.hpp"

namespace sluice::upstream {
namespace {

std::size_t SizeOf(const SmallResponse& response) {
  std::size_t bytes = response.body.size() + response.url.size() + response.reason.size();
  for (const auto& field : response.headers) bytes += field.name.size() + field.value.size() + sizeof field;
  for (const auto& url : response.way) bytes += url.size() + sizeof url;
  return bytes;
}

}  // namespace

bool SmallStore::Matches(const Entry& entry, std::span<const sdk::Header> request) {
  return std::all_of(entry.varied.begin(), entry.varied.end(),
                     [&](const auto& varied) { return FieldText(request, varied.first) == varied.second; });
}

SmallStore::Response SmallStore::Find(const std::string& key, std::span<const sdk::Header> request,
                                      Clock::time_point now, std::chrono::seconds oldest) {
  const std::lock_guard lock(mutex_);
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return nullptr;
  const Variants variants = found->second;  // Remove changes the original
  for (const auto entry : variants) {
    if (now >= entry->until) {
      Remove(entry);
    } else if (Matches(*entry, request) && entry->response->AgeAt(now) <= oldest) {
      newest_first_.splice(newest_first_.begin(), newest_first_, entry);
      return entry->response;
    }
  }
  return nullptr;
}

std::size_t SmallStore::Keep(const std::string& key, std::span<const sdk::Header> request,
                             const std::vector<std::string>& vary, Response response, Clock::time_point until) {
  Entry entry{key, {}, std::move(response), until, 0};
  entry.bytes = SizeOf(*entry.response) + 2 * key.size() + kOverheadBytes;
  for (const auto& name : vary) {
    entry.varied.emplace_back(name, FieldText(request, name));
    entry.bytes += name.size() + entry.varied.back().second.size();
  }
  if (entry.bytes > max_bytes_) return 0;
  const std::lock_guard lock(mutex_);
  if (const auto found = by_key_.find(key); found != by_key_.end()) {
    const Variants variants = found->second;
    for (const auto known : variants) {
      if (Matches(*known, request)) Remove(known);
    }
  }
  std::size_t left = 0;
  while (bytes_ + entry.bytes > max_bytes_) {
    Remove(std::prev(newest_first_.end()));
    ++left;
  }
  if (const auto found = by_key_.find(key); found != by_key_.end() && found->second.size() >= kMaxVariants) {
    Remove(found->second.front());
    ++left;
  }
  bytes_ += entry.bytes;
  newest_first_.push_front(std::move(entry));
  by_key_[key].push_back(newest_first_.begin());
  return left;
}

std::size_t SmallStore::bytes() const {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

void SmallStore::Remove(Entries::iterator entry) {
  const auto found = by_key_.find(entry->key);
  std::erase(found->second, entry);
  if (found->second.empty()) by_key_.erase(found);
  bytes_ -= entry->bytes;
  newest_first_.erase(entry);
}

}  // namespace sluice::upstream
