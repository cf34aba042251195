// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// TtlCache: what another server said, for as long as it holds, and asked for once at a time.

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <sluice/sdk/host.hpp>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "common/remote/answers.hpp"

namespace sluice::plugins::remote {

/// In memory only: values may hold secrets. Bounded; the least recently used goes first. Threads: [any].
template <typename Value>
class TtlCache {
 public:
  /// A value, and how long it holds; zero: it is told to whoever waits, and not kept.
  struct Fresh {
    Value value;
    std::chrono::seconds life{};
  };
  using Ask = std::function<sdk::Result<Fresh>()>;

  /// \param awaited  for messages: "the pool". \param max_entries  at least 1.
  TtlCache(sdk::Host host, std::string_view awaited, std::size_t max_entries)
      : host_(std::move(host)), awaited_(awaited), max_entries_(max_entries) {}

  /// The value of `key`. At most one `ask` for it is under way: whoever needs the same waits for that and gets the same
  /// (an error too, which is not kept), until their own call is over. When the asking call itself was over, or the
  /// value was forgotten meanwhile, the next who waits asks.
  /// \param key   starts with the account's fingerprint: what one account was told is not told to another.
  /// \returns  what `ask` does; kCancelled and kDeadlineExceeded of the call.
  sdk::Result<Value> Find(const sdk::Call& call, const std::string& key, const Ask& ask) {
    std::unique_lock lock(mutex_);
    for (;;) {
      if (const auto* const known = Present(key)) return *known;
      if (auto over = OverBy(call, awaited_)) return *std::move(over);
      auto& slot = flights_[key];
      const bool is_first = slot == nullptr;
      if (is_first) slot = std::make_shared<Flight>();
      const auto flight = slot;
      if (is_first) return Fly(lock, call, key, *flight, ask);
      landed_.wait_until(lock, std::min(call.deadline(), sdk::Call::Clock::now() + kLook),
                         [&] { return flight->is_landed; });
      if (flight->answer) return *flight->answer;
    }
  }
  /// Without asking. \returns  nothing: it is not known, or no longer.
  std::optional<Value> Peek(const std::string& key) {
    const std::lock_guard lock(mutex_);
    const auto* const known = Present(key);
    return known == nullptr ? std::nullopt : std::optional(*known);
  }
  void Put(const std::string& key, Value value, std::chrono::seconds life) {
    const std::lock_guard lock(mutex_);
    Keep(key, std::move(value), life);
  }
  /// Drops what is known, and does not keep what is being asked.
  void Forget(const std::string& key) {
    const std::lock_guard lock(mutex_);
    Drop(key);
    if (const auto found = flights_.find(key); found != flights_.end()) found->second->is_stale = true;
  }
  /// Drops all whose keys begin so.
  void ForgetAll(std::string_view prefix) {
    const std::lock_guard lock(mutex_);
    for (auto at = entries_.begin(); at != entries_.end();) {
      const auto next = std::next(at);
      if (at->key.starts_with(prefix)) Drop(std::string(at->key));
      at = next;
    }
    for (auto& [key, flight] : flights_) flight->is_stale |= key.starts_with(prefix);
  }

 private:
  static constexpr auto kLook = std::chrono::milliseconds(20);  // whether a call is cancelled can only be polled

  struct Entry {
    std::string key;
    Value value;
    std::chrono::steady_clock::time_point until;
  };
  struct Flight {
    bool is_landed = false;
    bool is_stale = false;
    std::optional<sdk::Result<Value>> answer{};  ///< For all who wait; nothing: it was broken off, or is stale.
  };

  sdk::Result<Value> Fly(std::unique_lock<std::mutex>& lock, const sdk::Call& call, const std::string& key,
                         Flight& flight, const Ask& ask) {
    /// However the question ends, by an exception too, whoever waits is told.
    struct Turn {
      TtlCache& cache;
      std::unique_lock<std::mutex>& held;
      const std::string& name;
      Flight& own;
      ~Turn() {
        if (!held.owns_lock()) held.lock();
        own.is_landed = true;
        cache.flights_.erase(name);
        cache.landed_.notify_all();
      }
    };
    const Turn turn{*this, lock, key, flight};
    lock.unlock();
    auto fresh = ask();
    lock.lock();
    // A viewer who leaves says nothing about the others.
    const bool broken_off = !fresh && (call.cancelled() || call.expired());
    auto answer = fresh ? sdk::Result<Value>(fresh->value) : sdk::Result<Value>(fresh.error());
    if (!broken_off && !flight.is_stale) flight.answer = answer;
    if (fresh && !flight.is_stale) Keep(key, std::move(fresh->value), fresh->life);
    return answer;
  }
  const Value* Present(const std::string& key) {
    const auto found = by_key_.find(key);
    if (found == by_key_.end()) return nullptr;
    if (found->second->until <= host_.clock().Steady()) {
      Drop(key);
      return nullptr;
    }
    entries_.splice(entries_.begin(), entries_, found->second);
    return &found->second->value;
  }
  void Keep(const std::string& key, Value value, std::chrono::seconds life) {
    Drop(key);
    if (life <= std::chrono::seconds(0)) return;
    entries_.push_front({.key = key, .value = std::move(value), .until = host_.clock().Steady() + life});
    by_key_[key] = entries_.begin();
    if (entries_.size() > max_entries_) Drop(std::string(entries_.back().key));
  }
  void Drop(const std::string& key) {
    const auto found = by_key_.find(key);
    if (found == by_key_.end()) return;
    entries_.erase(found->second);
    by_key_.erase(found);
  }

  const sdk::Host host_;
  const std::string awaited_;
  const std::size_t max_entries_;

  std::mutex mutex_;
  std::condition_variable landed_;
  std::list<Entry> entries_;  ///< The most recently used first.
  std::unordered_map<std::string, typename std::list<Entry>::iterator> by_key_;
  std::map<std::string, std::shared_ptr<Flight>> flights_;
};

}  // namespace sluice::plugins::remote
