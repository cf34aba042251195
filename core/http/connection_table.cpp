// SPDX-License-Identifier: MIT
#include "core/http/connection_table.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "core/http/socket_io.hpp"
#include "core/net/coarse_clock.hpp"

namespace sluice::http {
namespace {

std::uint64_t TokenOf(const Connection& connection) {
  return static_cast<std::uint64_t>(connection.generation) << 32U | static_cast<std::uint32_t>(connection.fd);
}

std::uint32_t EventsOf(const Connection& connection, Phase phase) {
  const bool to_write = connection.tls ? connection.tls->wants_write() : phase == Phase::kFlush;
  return to_write ? EPOLLOUT | EPOLLONESHOT : EPOLLIN | EPOLLRDHUP | EPOLLONESHOT;
}

}  // namespace

ConnectionTable::ConnectionTable(int epoll_fd, std::size_t listeners, const Limits& limits)
    : epoll_fd_(epoll_fd), limits_(limits), open_(std::make_unique<std::atomic<std::size_t>[]>(listeners)) {
  for (auto& shard : shards_) shard.parked.resize(listeners);
}

void ConnectionTable::Add(std::unique_ptr<Connection> connection) {
  auto& added = *connection;
  auto& shard = ShardOf(added.fd);
  // Token 0 and its neighbours are the listeners' and the timer's: generations start at 1, and again after a wrap.
  do added.generation = ++generations_;
  while (added.generation == 0);
  const std::lock_guard lock(shard.mutex);
  const auto slot = SlotOf(added.fd);
  if (slot >= shard.slots.size()) shard.slots.resize(slot + 1);
  shard.slots[slot] = std::move(connection);
  ++open_[added.listener];
  ++total_;
  const auto phase = added.tls ? Phase::kHandshake : Phase::kIdle;
  if (ParkLocked(shard, added, phase, EPOLL_CTL_ADD) != Parking::kParked) CloseLocked(shard, added);
}

Connection* ConnectionTable::Claim(std::uint64_t token) {
  const auto fd = static_cast<int>(token & 0xFFFFFFFFU);
  auto& shard = ShardOf(fd);
  const std::lock_guard lock(shard.mutex);
  const auto slot = SlotOf(fd);
  auto* const connection = slot < shard.slots.size() ? shard.slots[slot].get() : nullptr;
  if (connection == nullptr || connection->generation != token >> 32U || !connection->parked) return nullptr;
  Unpark(shard, *connection);
  if (connection->phase == Phase::kIdle || connection->phase == Phase::kUpstream) Unlink(shard, *connection);
  return connection;
}

void ConnectionTable::Unpark(Shard& shard, Connection& connection) {
  connection.parked = false;
  --shard.parked[connection.listener];
}

std::vector<Connection*> ConnectionTable::ClaimSuspended() {
  std::vector<Connection*> claimed;
  for (auto& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    for (const auto& connection : shard.slots) {
      if (!connection || !connection->parked || !connection->suspended) continue;
      Unpark(shard, *connection);
      Unlink(shard, *connection);
      claimed.push_back(connection.get());
    }
  }
  return claimed;
}

ConnectionTable::Parking ConnectionTable::Park(Connection& connection, Phase phase) {
  auto& shard = ShardOf(connection.fd);
  const std::lock_guard lock(shard.mutex);
  return ParkLocked(shard, connection, phase, EPOLL_CTL_MOD);
}

ConnectionTable::Parking ConnectionTable::ParkAwake(Connection& connection) {
  auto& shard = ShardOf(connection.fd);
  const std::lock_guard lock(shard.mutex);
  const auto parking = ParkLocked(shard, connection, Phase::kUpstream, EPOLL_CTL_MOD);
  if (parking != Parking::kParked) return parking;
  const std::lock_guard woken_lock(woken_mutex_);
  woken_.push_back(TokenOf(connection));
  wake_.Signal();
  return parking;
}

Connection* ConnectionTable::ClaimWoken() {
  std::uint64_t token = 0;
  {
    const std::lock_guard lock(woken_mutex_);
    if (woken_.empty()) return nullptr;
    token = woken_.front();
    woken_.pop_front();
    wake_.Clear();
  }
  return Claim(token);
}

ConnectionTable::Parking ConnectionTable::ParkLent(Connection& connection, Phase phase, bool wake) {
  auto& shard = ShardOf(connection.fd);
  const std::lock_guard lock(shard.mutex);
  const bool lent = std::exchange(connection.lent, false);
  const auto parking = ParkLocked(shard, connection, phase, EPOLL_CTL_MOD, wake);
  if (parking == Parking::kParked) {
    if (lent) Reclaimed();  // from here on a worker may close it
  } else {
    connection.lent = lent;
  }
  return parking;
}

void ConnectionTable::Lend(Connection& connection) {
  connection.lent = true;
  const std::lock_guard lock(empty_mutex_);
  ++lent_;
}

void ConnectionTable::Reclaimed() {
  const std::lock_guard lock(empty_mutex_);
  if (--lent_ == 0) empty_.notify_all();
}

void ConnectionTable::WaitUntilReclaimed() {
  std::unique_lock lock(empty_mutex_);
  empty_.wait(lock, [this] { return lent_ == 0; });
}

ConnectionTable::Parking ConnectionTable::ParkLocked(Shard& shard, Connection& connection, Phase phase, int operation,
                                                     bool wake) {
  if (connection.expired && connection.phase == phase) return Parking::kExpired;
  // A request may have come in since the worker looked; it is still served.
  if (phase == Phase::kIdle && closing_idle_ && !HasInput(connection)) return Parking::kClosing;
  // Under the lock: once it is parked, somebody else may close it, and the descriptor may become another connection.
  if (phase == Phase::kUpstream) {
    if (!ArmSuspended(connection)) return Parking::kClosing;
  } else {
    epoll_event event{};
    event.events = EventsOf(connection, phase);
    if (wake) event.events |= EPOLLOUT;
    event.data.u64 = TokenOf(connection);
    if (::epoll_ctl(epoll_fd_, operation, connection.fd, &event) != 0) return Parking::kClosing;
  }
  if (connection.linked && connection.phase != phase) Unlink(shard, connection);
  if (!connection.linked) {
    connection.phase = phase;
    connection.expired = false;
    connection.deadline = net::CoarseNow() + limits_[static_cast<std::size_t>(phase)];
    Link(shard, connection);
  }
  connection.parked = true;
  ++shard.parked[connection.listener];
  return Parking::kParked;
}

bool ConnectionTable::ArmSuspended(const Connection& connection) {
  // The descriptor stays in the set, disarmed, from one use to the next. An event that comes too late wakes whoever the
  // connection serves by then for nothing, which does no harm.
  epoll_event event{};
  event.events = EPOLLIN | EPOLLRDHUP | EPOLLONESHOT;
  event.data.u64 = TokenOf(connection);
  const int fd = connection.suspended->fd;
  if (fd < 0) return true;  // its body was given up: ParkAwake wakes it
  if (::epoll_ctl(epoll_fd_, EPOLL_CTL_MOD, fd, &event) == 0) return true;
  return errno == ENOENT && ::epoll_ctl(epoll_fd_, EPOLL_CTL_ADD, fd, &event) == 0;
}

void ConnectionTable::EndWait(Connection& connection) {
  if (connection.phase == Phase::kIdle) return;  // claiming has ended it; only the owner changes the phase
  auto& shard = ShardOf(connection.fd);
  const std::lock_guard lock(shard.mutex);
  if (connection.linked) Unlink(shard, connection);
  connection.expired = false;
  connection.phase = Phase::kIdle;
}

void ConnectionTable::Close(Connection& connection, bool reset) {
  if (connection.tls && !reset) connection.tls->SayGoodbye();
  auto& shard = ShardOf(connection.fd);
  const std::lock_guard lock(shard.mutex);
  if (reset) {
    const linger abort{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(connection.fd, SOL_SOCKET, SO_LINGER, &abort, sizeof abort);
  }
  const bool lent = connection.lent;
  CloseLocked(shard, connection);
  if (lent) Reclaimed();
}

void ConnectionTable::CloseLocked(Shard& shard, Connection& connection) {
  if (connection.linked) Unlink(shard, connection);
  const int fd = connection.fd;
  --open_[connection.listener];
  shard.slots[SlotOf(fd)].reset();
  ::close(fd);
  if (--total_ == 0) {
    const std::lock_guard lock(empty_mutex_);
    empty_.notify_all();
  }
}

std::vector<Connection*> ConnectionTable::ClaimExpired(Clock::time_point now) {
  std::vector<Connection*> claimed;
  for (auto& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    for (auto& list : shard.lists) {
      while (list.first != nullptr && list.first->deadline <= now) {
        auto& connection = *list.first;
        Unlink(shard, connection);
        connection.expired = true;  // whoever has it sees this when parking
        if (!connection.parked) continue;
        Unpark(shard, connection);
        claimed.push_back(&connection);
      }
    }
  }
  return claimed;
}

void ConnectionTable::CloseIdle() {
  closing_idle_ = true;
  for (auto& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    for (const auto phase : {Phase::kIdle, Phase::kHandshake}) {
      for (auto* at = shard.lists[static_cast<std::size_t>(phase)].first; at != nullptr;) {
        auto& connection = *std::exchange(at, at->next);
        if (!connection.parked || HasInput(connection)) continue;
        if (connection.tls) connection.tls->SayGoodbye();
        --shard.parked[connection.listener];
        CloseLocked(shard, connection);
      }
    }
  }
}

void ConnectionTable::ShutdownAll() {
  for (auto& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    for (const auto& connection : shard.slots) {
      if (connection) ::shutdown(connection->fd, SHUT_RDWR);
    }
  }
}

void ConnectionTable::CloseAll() {
  for (auto& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    for (auto& connection : shard.slots) {
      if (!connection) continue;
      if (std::exchange(connection->parked, false)) --shard.parked[connection->listener];
      CloseLocked(shard, *connection);
    }
  }
}

bool ConnectionTable::WaitUntilEmpty(Clock::time_point deadline) {
  std::unique_lock lock(empty_mutex_);
  return empty_.wait_until(lock, deadline, [this] { return total_ == 0; });
}

ConnectionTable::Counts ConnectionTable::CountsOf(std::size_t listener) const {
  Counts counts{.open = open(listener), .parked = 0};
  for (const auto& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    counts.parked += shard.parked[listener];
  }
  return counts;
}

std::size_t ConnectionTable::parked() const {
  std::size_t parked = 0;
  for (const auto& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    for (const auto count : shard.parked) parked += count;
  }
  return parked;
}

void ConnectionTable::Link(Shard& shard, Connection& connection) {
  auto& list = shard.lists[static_cast<std::size_t>(connection.phase)];
  connection.previous = list.last;
  connection.next = nullptr;
  (list.last != nullptr ? list.last->next : list.first) = &connection;
  list.last = &connection;
  connection.linked = true;
}

void ConnectionTable::Unlink(Shard& shard, Connection& connection) {
  auto& list = shard.lists[static_cast<std::size_t>(connection.phase)];
  (connection.previous != nullptr ? connection.previous->next : list.first) = connection.next;
  (connection.next != nullptr ? connection.next->previous : list.last) = connection.previous;
  connection.linked = false;
}

}  // namespace sluice::http
