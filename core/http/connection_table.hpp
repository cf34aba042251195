// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// ConnectionTable: every open connection, who has it, and until when it may wait.

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

#include "core/http/connection.hpp"
#include "core/net/event.hpp"

namespace sluice::http {

/// A connection is either parked (in epoll, one-shot, with a deadline) or claimed by one thread. Events name it by
/// descriptor and generation, so that a late event for a closed connection finds nobody. Threads: [any], except where
/// said.
class ConnectionTable {
 public:
  using Clock = std::chrono::steady_clock;
  using Limits = std::array<std::chrono::milliseconds, kPhaseCount>;  ///< By Phase.

  ConnectionTable(int epoll_fd, std::size_t listeners, const Limits& limits);
  ~ConnectionTable() { CloseAll(); }
  ConnectionTable(const ConnectionTable&) = delete;
  ConnectionTable& operator=(const ConnectionTable&) = delete;

  /// Takes over a new connection and parks it as kIdle, or as kHandshake if it has TLS. Closes it when epoll cannot
  /// take it.
  void Add(std::unique_ptr<Connection> connection);
  /// For the token of an epoll event. \returns null when the connection is claimed, closed or another by now.
  Connection* Claim(std::uint64_t token);
  /// Gives a claimed connection back to epoll. A connection that stays in its phase keeps its deadline, except
  /// in kIdle.
  /// Unless it answers kParked, the caller still has the connection and must close it.
  enum class Parking : std::uint8_t {
    kParked,
    kExpired,  ///< Its time is up.
    kClosing,  ///< The server closes idle connections, or epoll is out of memory.
  };
  Parking Park(Connection& connection, Phase phase);
  /// As Park in kUpstream, and a worker that finds wake_fd() readable claims it by ClaimWoken.
  Parking ParkAwake(Connection& connection);
  int wake_fd() const { return wake_.fd(); }
  /// \returns  null when somebody else was faster.
  Connection* ClaimWoken();
  /// As Park, for a lent connection. \param wake  a worker claims it at once, whether or not the client sends anything.
  Parking ParkLent(Connection& connection, Phase phase, bool wake);
  /// A claimed connection leaves the workers, and comes back by ParkLent or Close.
  void Lend(Connection& connection);
  /// Claims what is suspended: for a server whose workers are gone.
  std::vector<Connection*> ClaimSuspended();
  /// Blocks until none is lent.
  void WaitUntilReclaimed();
  /// Ends the wait that a claimed connection was in, so that its next one starts with a deadline of its own.
  void EndWait(Connection& connection);
  /// Closes and destroys a claimed connection. \param reset  with RST, and without a close_notify of TLS: nothing that
  /// was sent counts as complete.
  void Close(Connection& connection, bool reset = false);

  /// Claims what is past its deadline, at a cost that grows with that number only.
  std::vector<Connection*> ClaimExpired(Clock::time_point now);
  /// Closes connections that are idle, now and from now on, or that wait in their handshake, and have sent nothing.
  void CloseIdle();
  /// Shuts every socket down, so that whoever waits on one wakes up.
  void ShutdownAll();
  /// Closes what is left; nobody may hold a claim any more.
  void CloseAll();
  /// \returns  whether no connection was left before `deadline`.
  bool WaitUntilEmpty(Clock::time_point deadline);

  struct Counts {
    std::size_t open = 0;
    std::size_t parked = 0;
  };
  Counts CountsOf(std::size_t listener) const;
  std::size_t open(std::size_t listener) const { return open_[listener].load(std::memory_order_relaxed); }
  std::size_t open() const { return total_.load(); }
  std::size_t parked() const;

 private:
  static constexpr std::size_t kShards = 16;
  struct List {
    Connection* first = nullptr;
    Connection* last = nullptr;
  };
  /// Descriptors that are equal modulo kShards. Lists are ordered by deadline: within a phase all wait equally long.
  struct alignas(64) Shard {
    mutable std::mutex mutex;
    std::vector<std::unique_ptr<Connection>> slots;
    std::array<List, kPhaseCount> lists;
    std::vector<std::size_t> parked;  // by listener
  };

  Shard& ShardOf(int fd) { return shards_[static_cast<std::size_t>(fd) % kShards]; }
  static std::size_t SlotOf(int fd) { return static_cast<std::size_t>(fd) / kShards; }
  static void Link(Shard& shard, Connection& connection);
  static void Unlink(Shard& shard, Connection& connection);
  Parking ParkLocked(Shard& shard, Connection& connection, Phase phase, int operation, bool wake = false);
  /// Lets epoll say `connection` when what it is suspended for has come.
  bool ArmSuspended(const Connection& connection);
  void Unpark(Shard& shard, Connection& connection);
  void Reclaimed();
  void CloseLocked(Shard& shard, Connection& connection);

  const int epoll_fd_;
  const Limits limits_;
  std::array<Shard, kShards> shards_;
  std::unique_ptr<std::atomic<std::size_t>[]> open_;  // by listener
  std::atomic<std::size_t> total_ = 0;
  std::size_t lent_ = 0;  // under empty_mutex_
  std::atomic<std::uint32_t> generations_ = 0;
  std::atomic<bool> closing_idle_ = false;
  const net::Event wake_ = net::Event::Make(net::Event::Clearing::kOneSignal);
  std::mutex woken_mutex_;
  std::deque<std::uint64_t> woken_;  ///< Tokens; `wake_` counts them.
  std::mutex empty_mutex_;
  std::condition_variable empty_;  // also: none is lent
};

}  // namespace sluice::http
