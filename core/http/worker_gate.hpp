// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// WorkerGate: lets as many workers wait for requests as there are processors, and others when those are held up.

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

#include "core/net/absence.hpp"

namespace sluice::http {

/// A worker that the kernel wakes for each event costs more than most requests: with 64 of them in one epoll set, two
/// processors spend half of their time on changing threads. So few are *present*, in epoll or at work; the rest are
/// spare. One that says that it waits (net::Absence), or that has worked on one event for a few milliseconds, is
/// *absent*: a spare one takes its place.
/// Threads: construction, Stop and destruction by one; Worker by its own; the rest is the gate's.
class WorkerGate {
 public:
  /// Of one thread.
  class Worker final : net::AbsenceListener {
   public:
    /// Registers the calling thread, which is spare.
    Worker(WorkerGate& gate, std::size_t index);
    ~Worker();
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;

    /// Before each wait for an event: blocks while others are enough. \returns false once the gate is stopped.
    bool AwaitTurn();
    /// An event has come.
    void Begin();

   private:
    void Left() override;
    void Returned() override;

    WorkerGate& gate_;
    const std::size_t index_;
  };

  /// \param workers  in all. \param present  that shall be, from 1 to `workers`.
  WorkerGate(std::size_t workers, std::size_t present);
  ~WorkerGate() { Stop(); }
  WorkerGate(const WorkerGate&) = delete;
  WorkerGate& operator=(const WorkerGate&) = delete;

  void Stop();
  /// Nobody but absent ones has worked for a while, and nobody is looked at.
  bool dozes() const { return dozing_.load(); }

 private:
  enum class State : std::uint8_t {
    kSpare,
    kWaiting,  ///< For an event: present.
    kWorking,  ///< Present.
    kAbsent,   ///< At work, but it does not count.
  };
  struct alignas(64) Record {
    std::atomic<State> state{State::kSpare};
    std::atomic<std::uint32_t> began{0};  ///< `tick_` when it began to work.
  };

  /// Whoever is one too many becomes spare, and who is spare waits for a turn. \returns as Worker::AwaitTurn.
  bool TakeTurns(Record& record, bool present);
  /// Lets that many of the spare ones work, or all.
  void Replace(std::size_t count);
  void Watch();
  /// Takes for absent who has worked on one event for too long. \returns how many.
  std::size_t FindHeldUp();
  bool NobodyWorks() const;
  void Rouse();

  std::vector<Record> records_;
  const int wanted_;
  std::atomic<int> present_{0};
  std::atomic<std::uint32_t> tick_{0};
  std::atomic<bool> dozing_{false};  ///< The watch, which has nobody to look at.

  std::mutex mutex_;
  std::condition_variable turn_;
  std::condition_variable watch_;
  std::size_t spare_ = 0;    ///< Threads that wait for a turn.
  std::size_t granted_ = 0;  ///< Of these, that may go.
  bool stopped_ = false;
  std::thread watcher_;
};

}  // namespace sluice::http
