// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// ConnectionPool: connections to one server, lent to one caller at a time.

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <sluice/sdk/call.hpp>
#include <sluice/sdk/result.hpp>
#include <string>
#include <utility>
#include <vector>

namespace sluice::state {

/// After a connection could not be made, callers get that error at once, until it is time to try again: 100 ms later
/// at first, then twice as long each time, up to 2 s. Threads: [any].
template <typename Connection>
class ConnectionPool {
 public:
  using Open = std::function<sdk::Result<std::unique_ptr<Connection>>(const sdk::Call&)>;

  /// A connection while it is lent. Goes back to the pool, unless it was given up.
  class Lease {
   public:
    Lease(ConnectionPool& pool, std::unique_ptr<Connection> connection)
        : pool_(&pool), connection_(std::move(connection)) {}
    Lease(Lease&& other) noexcept = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease() {
      if (connection_) pool_->GiveBack(std::move(connection_));
    }
    Connection& operator*() const { return *connection_; }
    Connection* operator->() const { return connection_.get(); }

   private:
    ConnectionPool* pool_;
    std::unique_ptr<Connection> connection_;
  };

  ConnectionPool(std::size_t max, Open open) : max_(max), open_(std::move(open)) {}

  /// An idle connection, or a new one; waits while all are lent.
  /// \returns  kDeadlineExceeded when none became free in time; what Open answered.
  sdk::Result<Lease> Take(const sdk::Call& call) {
    {
      std::unique_lock lock(mutex_);
      if (!WaitForRoom(lock, call)) {
        return sdk::Error{.code = sdk::Errc::kDeadlineExceeded,
                          .message = "all connections to the database are in use"};
      }
      if (!idle_.empty()) {
        auto connection = std::move(idle_.back());
        idle_.pop_back();
        return Lease(*this, std::move(connection));
      }
      if (Clock::now() < next_attempt_) return last_error_;
      ++count_;
    }
    return OpenOne(call);
  }

  /// Closes what is not lent: those connections are broken.
  void DropIdle() {
    std::vector<std::unique_ptr<Connection>> dropped;
    const std::lock_guard lock(mutex_);
    dropped.swap(idle_);
    count_ -= dropped.size();
  }

 private:
  using Clock = std::chrono::steady_clock;
  static constexpr auto kFirstPause = std::chrono::milliseconds(100);
  static constexpr std::chrono::milliseconds kLongestPause{2000};
  static constexpr std::chrono::milliseconds kLookForViewer{100};

  bool WaitForRoom(std::unique_lock<std::mutex>& lock, const sdk::Call& call) {
    const auto has_room = [&] { return !idle_.empty() || count_ < max_; };
    while (!has_room()) {
      if (call.expired() || call.cancelled()) return false;
      room_.wait_for(lock, std::min<Clock::duration>(call.remaining(), kLookForViewer), has_room);
    }
    return true;
  }

  sdk::Result<Lease> OpenOne(const sdk::Call& call) {
    auto opened = open_(call);
    const std::lock_guard lock(mutex_);
    if (opened) {
      pause_ = {};
      return Lease(*this, std::move(*opened));
    }
    --count_;
    room_.notify_all();  // they get the same error, unless it is time to try again
    // Whose time was up, or who is gone, says nothing of the server.
    if (opened.error().code != sdk::Errc::kCancelled && !call.expired()) {
      pause_ = std::min(std::max(pause_ * 2, std::chrono::milliseconds(kFirstPause)), kLongestPause);
      next_attempt_ = Clock::now() + pause_;
      last_error_ = opened.error();
    }
    return std::move(opened).error();
  }

  void GiveBack(std::unique_ptr<Connection> connection) {
    const bool usable = connection->usable();
    if (!usable) connection.reset();  // closing may take its time: not under the lock
    const std::lock_guard lock(mutex_);
    if (usable) {
      idle_.push_back(std::move(connection));
    } else {
      --count_;
    }
    room_.notify_one();
  }

  const std::size_t max_;
  const Open open_;
  std::mutex mutex_;
  std::condition_variable room_;
  std::vector<std::unique_ptr<Connection>> idle_;
  std::size_t count_ = 0;  // idle, lent, and being opened
  std::chrono::milliseconds pause_{};
  Clock::time_point next_attempt_{};
  sdk::Error last_error_;
};

}  // namespace sluice::state
