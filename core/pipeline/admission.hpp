// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Admission: keeps a few workers free of requests that may hold them up.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>

#include "core/net/event.hpp"

namespace sluice::pipeline {

/// As many requests are at work in pipelines at one time as there are workers, but for a reserve, which goes on to
/// accept connections, read heads and answer probes. The others wait in a queue, suspended. Threads: [any].
class Admission {
 public:
  /// Of one request. Threads: one at a time.
  class Ticket {
   public:
    explicit Ticket(Admission& of) : of_(of) {}
    ~Ticket() { Leave(); }
    Ticket(const Ticket&) = delete;
    Ticket& operator=(const Ticket&) = delete;

    /// \returns  whether the request may go on; otherwise it has a place in the queue from now on, or kept it. Who was
    ///           inside before goes in front: others would wait for nothing while its upstream's answer gets old.
    /// \param past_limit  lets it in at once, whatever the limit is: somebody inside waits for it.
    bool Enter(bool past_limit = false);
    /// Gives back what it has: the next in the queue may go on.
    void Leave();
    /// While in the queue: readable once Enter would be true; -1: out of descriptors.
    int fd() const { return ready_.fd(); }

   private:
    friend class Admission;
    enum class State : std::uint8_t { kOutside, kQueued, kInside };

    Admission& of_;
    State state_ = State::kOutside;  ///< Under the mutex of `of_`.
    bool was_inside_ = false;        ///< Likewise.
    net::Event ready_;
  };

  /// Longest wait in the queue.
  static constexpr std::chrono::seconds kLongestWait{2};
  /// One in sixteen, and one at least where there are four or more.
  static std::size_t ReserveOf(std::size_t workers);

  /// \param workers  1 or more. Until then everybody is let in.
  void Open(std::size_t workers);

 private:
  std::mutex mutex_;
  std::size_t limit_ = SIZE_MAX;
  std::size_t inside_ = 0;
  std::deque<Ticket*> queue_;
};

}  // namespace sluice::pipeline
