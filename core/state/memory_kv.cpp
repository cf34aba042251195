// SPDX-License-Identifier: MIT
#include <charconv>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "core/state/kv.hpp"
#include "core/state/kv_limits.hpp"

namespace sluice::state {
namespace {

using TimePoint = std::chrono::steady_clock::time_point;

/// As Redis reads it: no "+", no zeros in front, nothing around it.
std::optional<std::int64_t> ParseNumber(const std::string& text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || std::to_string(number) != text) return std::nullopt;
  return number;
}

class MemoryKv final : public KvStore {
 public:
  MemoryKv(std::size_t max_bytes, SteadyClock clock) : max_bytes_(max_bytes), clock_(std::move(clock)) {}

  sdk::Result<std::optional<std::string>> Get(std::string_view key) override {
    const std::lock_guard lock(mutex_);
    const auto entry = Find(key);
    if (entry == entries_.end()) return std::optional<std::string>{};
    entries_.splice(entries_.begin(), entries_, entry);
    return std::optional<std::string>(entry->value);
  }

  sdk::Status Put(std::string_view key, std::string_view value, std::chrono::seconds ttl) override {
    if (auto sizes = CheckKvSizes(key, value); !sizes) return sizes;
    const std::lock_guard lock(mutex_);
    Store(key, value, ExpiryAfter(ttl));
    return sdk::Ok();
  }

  sdk::Result<bool> PutIf(std::string_view key, std::optional<std::string_view> expected, std::string_view value,
                          std::chrono::seconds ttl) override {
    if (auto sizes = CheckKvSizes(key, value); !sizes) return std::move(sizes).error();
    const std::lock_guard lock(mutex_);
    const auto entry = Find(key);
    const bool present = entry != entries_.end();
    if (present != expected.has_value() || (present && entry->value != *expected)) return false;
    Store(key, value, ExpiryAfter(ttl));
    return true;
  }

  sdk::Result<std::int64_t> Increment(std::string_view key, std::int64_t by, std::chrono::seconds ttl) override {
    if (auto sizes = CheckKvSizes(key); !sizes) return std::move(sizes).error();
    const std::lock_guard lock(mutex_);
    const auto entry = Find(key);
    const bool present = entry != entries_.end();
    const auto number = present ? ParseNumber(entry->value) : 0;
    std::int64_t sum = 0;
    if (!number || __builtin_add_overflow(*number, by, &sum)) return NoKvSum();
    Store(key, std::to_string(sum), present ? entry->expires_at : ExpiryAfter(ttl));
    return sum;
  }

  sdk::Status Erase(std::string_view key) override {
    const std::lock_guard lock(mutex_);
    if (const auto entry = Find(key); entry != entries_.end()) Drop(entry);
    return sdk::Ok();
  }

 private:
  struct Entry {
    std::string key;
    std::string value;
    TimePoint expires_at;  // max: never
    std::size_t bytes() const { return key.size() + value.size() + sizeof(Entry); }
  };
  using Entries = std::list<Entry>;  // most recently used first

  Entries::iterator Find(std::string_view key) {
    const auto held = index_.find(key);
    if (held == index_.end()) return entries_.end();
    if (held->second->expires_at <= clock_()) {
      Drop(held->second);
      return entries_.end();
    }
    return held->second;
  }

  TimePoint ExpiryAfter(std::chrono::seconds ttl) const {
    return ttl.count() > 0 ? clock_() + KvTtl(ttl) : TimePoint::max();
  }

  void Store(std::string_view key, std::string_view value, TimePoint expires_at) {
    if (const auto old = Find(key); old != entries_.end()) Drop(old);
    entries_.push_front({std::string(key), std::string(value), expires_at});
    const auto entry = entries_.begin();
    index_.emplace(entry->key, entry);
    if (expires_at != TimePoint::max()) by_expiry_.emplace(expires_at, entry);
    bytes_ += entry->bytes();
    if (bytes_ > max_bytes_) DropExpired();
    while (bytes_ > max_bytes_ && entries_.size() > 1) Drop(std::prev(entries_.end()));
  }

  void DropExpired() {
    const auto now = clock_();
    while (!by_expiry_.empty() && by_expiry_.begin()->first <= now) Drop(by_expiry_.begin()->second);
  }

  void Drop(Entries::iterator entry) {
    bytes_ -= entry->bytes();
    const auto [first, last] = by_expiry_.equal_range(entry->expires_at);
    for (auto it = first; it != last; ++it) {
      if (it->second == entry) {
        by_expiry_.erase(it);
        break;
      }
    }
    index_.erase(entry->key);
    entries_.erase(entry);
  }

  const std::size_t max_bytes_;
  const SteadyClock clock_;
  std::mutex mutex_;
  Entries entries_;
  std::unordered_map<std::string_view, Entries::iterator> index_;  // keys live in entries_
  std::multimap<TimePoint, Entries::iterator> by_expiry_;
  std::size_t bytes_ = 0;
};

}  // namespace

std::unique_ptr<KvStore> MakeMemoryKv(std::size_t max_bytes, SteadyClock clock) {
  return std::make_unique<MemoryKv>(max_bytes, std::move(clock));
}

}  // namespace sluice::state
