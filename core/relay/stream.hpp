// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Stream: one body on its way from an inlet to an outlet.

#include <chrono>
#include <cstdint>
#include <span>

#include "core/relay/inlet.hpp"
#include "core/relay/outlet.hpp"
#include "core/relay/pipe_pool.hpp"
#include "core/relay/rate.hpp"
#include "core/relay/relay.hpp"

namespace sluice::relay {

/// What streams of one thread share.
struct Workspace {
  PipePool& pipes;
  std::span<std::byte> buffer;
  Clock::time_point now;
};

/// Threads: one at a time.
class Stream {
 public:
  enum class Turn : std::uint8_t {
    kWaiting,   ///< For a descriptor.
    kAgain,     ///< Others come first.
    kSleeping,  ///< Until wake_at: its rate allows nothing before.
    kEnded,     ///< See end().
    kBroke,     ///< The upstream broke off with the client still there: Resume, or give up.
  };

  Stream(Job job, Clock::time_point now);

  /// Sends the head with what is held of the body, if anything is, on the thread that hands the stream over: the viewer
  /// need not wait until another one has woken.
  void Begin(Clock::time_point now);
  /// Moves octets until one side blocks or the turn is used up.
  Turn Advance(Workspace& workspace);

  void ClientReady() { client_ready_ = true; }
  void UpstreamReady() { upstream_ready_ = true; }
  /// After kBroke: whether the rest is worth asking for. Not after several rests that brought next to nothing.
  bool MayResume();
  /// Goes on with the rest of the body, from another response.
  void Resume(Inlet::Body rest, Clock::time_point now);
  /// Whether a side has been silent for longer than it may. \param end  whose fault it is.
  bool Stalled(Clock::time_point now, End& end) const;
  /// Before it is destroyed, with its descriptors out of every epoll set: gives pipe and, after kComplete, the
  /// upstream's connection back. \param end  why, unless it ended by itself.
  void Leave(Workspace& workspace, End end);
  /// After kEnded with kComplete: the client's connection goes on to its next request.
  void CompleteClient() { outlet_.Complete(); }

  int client_fd() const { return outlet_.fd(); }
  int upstream_fd() const { return inlet_.fd(); }
  bool secure_client() const { return outlet_.secure(); }
  bool secure_upstream() const { return inlet_.secure(); }
  Clock::time_point wake_at() const { return wake_at_; }
  End end() const { return end_; }
  /// Of the body, taken from the upstream; a client that left has not got all of them.
  std::uint64_t bytes() const { return bytes_; }
  Mode mode() const { return mode_; }
  Job& job() { return job_; }

 private:
  enum class Flow : std::uint8_t { kMoved, kBlocked, kEnd, kBroken, kClientGone };
  Flow Drain(Workspace& workspace);
  Flow Take(Workspace& workspace, std::size_t most);
  Flow TakePrefix();
  /// What a read of the inlet means for the stream.
  Flow After(Got got, Clock::time_point now);
  Flow TakeBySplice(Workspace& workspace, std::size_t most);
  Flow TakeByCopy(Workspace& workspace, std::size_t most);
  Flow Send(std::span<const std::byte> data);
  /// Field lines that follow the body.
  std::string Trailers() const;
  void Park(Workspace& workspace);
  void GivePipeBack(Workspace& workspace);
  Mode ModeOf() const;

  Job job_;
  Inlet inlet_;
  Outlet outlet_;
  Rate rate_;
  Pipe pipe_;
  std::size_t in_pipe_ = 0;
  std::size_t appetite_;  ///< How much the client took at once lately.
  std::uint64_t bytes_ = 0;
  std::uint64_t resumed_at_ = 0;    ///< `bytes_` when the rest was last asked for.
  unsigned fruitless_resumes_ = 0;  ///< In a row.
  Clock::time_point progress_at_;
  Clock::time_point wake_at_{};
  Mode mode_;
  End end_ = End::kStopped;
  bool client_ready_ = true;
  bool upstream_ready_ = true;
  bool upstream_done_ = false;
};

}  // namespace sluice::relay
