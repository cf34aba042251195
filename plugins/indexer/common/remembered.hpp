// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Remembered: what a server answered, kept for a while, and asked for once at a time.

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <sluice/sdk/host.hpp>
#include <string>
#include <unordered_map>
#include <utility>

#include "common/remote/answers.hpp"

namespace sluice::plugins::indexer {

/// Bounded: the least recently used goes first. Failures are told to all who wait, and not kept. Threads: [any].
template <typename T>
class Remembered {
 public:
  using Answer = sdk::Result<std::shared_ptr<const T>>;

  /// \param max_entries  at least 1.
  Remembered(sdk::Host host, std::chrono::seconds life, std::size_t max_entries)
      : host_(std::move(host)), life_(life), max_entries_(max_entries) {}

  /// At most one `ask` for an id is under way: whoever needs the same waits for it, until their own call is over. Of a
  /// call that was over before it had an answer the others hear nothing: one of them asks anew.
  /// \param id   may hold secrets: it stays in this memory. \param ask  asks on behalf of `call`.
  /// \returns  what `ask` does; kCancelled and kDeadlineExceeded of the call.
  Answer Find(const sdk::Call& call, const std::string& id, const std::function<sdk::Result<T>()>& ask) {
    std::unique_lock lock(mutex_);
    for (;;) {
      if (auto known = Present(id)) return known;
      if (auto over = remote::OverBy(call, "the index")) return *std::move(over);
      auto& slot = flights_[id];
      const bool is_first = slot == nullptr;
      if (is_first) slot = std::make_shared<Flight>();
      const auto flight = slot;
      if (is_first) {
        Fly(lock, call, id, *flight, ask);
      } else {
        const auto look = std::chrono::steady_clock::now() + kLook;
        landed_.wait_until(lock, std::min(call.deadline(), look), [&] { return flight->is_landed; });
      }
      if (flight->answer) return *flight->answer;
      if (is_first) {
        if (auto over = remote::OverBy(call, "the index")) return *std::move(over);
      }
    }
  }

 private:
  static constexpr auto kLook = std::chrono::milliseconds(20);  // whether a call is cancelled can only be polled

  struct Entry {
    std::string id;
    std::shared_ptr<const T> value;
    std::chrono::steady_clock::time_point until;
  };
  /// One question that is under way.
  struct Flight {
    bool is_landed = false;
    std::optional<Answer> answer{};  ///< Nothing: it was broken off.
  };

  std::shared_ptr<const T> Present(const std::string& id) {
    const auto found = by_id_.find(id);
    if (found == by_id_.end()) return nullptr;
    if (found->second->until <= host_.clock().Steady()) {
      entries_.erase(found->second);
      by_id_.erase(found);
      return nullptr;
    }
    entries_.splice(entries_.begin(), entries_, found->second);
    return found->second->value;
  }

  void Fly(std::unique_lock<std::mutex>& lock, const sdk::Call& call, const std::string& id, Flight& flight,
           const std::function<sdk::Result<T>()>& ask) {
    /// However the question ends, by an exception too, whoever waits is told.
    struct Turn {
      Remembered& memory;
      std::unique_lock<std::mutex>& lock;
      const std::string& id;
      Flight& flight;
      ~Turn() {
        if (!lock.owns_lock()) lock.lock();
        flight.is_landed = true;
        memory.flights_.erase(id);
        memory.landed_.notify_all();
      }
    };
    const Turn turn{*this, lock, id, flight};
    lock.unlock();
    auto answer = ask();
    const bool broken_off = !answer && remote::OverBy(call, "the index").has_value();
    lock.lock();
    if (broken_off) return;
    if (!answer) {
      flight.answer = Answer(std::move(answer).error());
      return;
    }
    auto value = std::make_shared<const T>(*std::move(answer));
    flight.answer = Answer(value);
    Keep(id, std::move(value));
  }

  void Keep(const std::string& id, std::shared_ptr<const T> value) {
    if (const auto found = by_id_.find(id); found != by_id_.end()) {
      entries_.erase(found->second);
      by_id_.erase(found);
    }
    entries_.push_front({.id = id, .value = std::move(value), .until = host_.clock().Steady() + life_});
    by_id_.emplace(id, entries_.begin());
    if (entries_.size() <= max_entries_) return;
    by_id_.erase(entries_.back().id);
    entries_.pop_back();
  }

  const sdk::Host host_;
  const std::chrono::seconds life_;
  const std::size_t max_entries_;

  std::mutex mutex_;
  std::condition_variable landed_;
  std::list<Entry> entries_;  ///< The most recently used first.
  std::unordered_map<std::string, typename std::list<Entry>::iterator> by_id_;
  std::unordered_map<std::string, std::shared_ptr<Flight>> flights_;
};

}  // namespace sluice::plugins::indexer
