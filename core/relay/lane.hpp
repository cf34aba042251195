// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Lane: one thread of the relay, with its streams.

#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <vector>

#include "core/net/event.hpp"
#include "core/net/file_descriptor.hpp"
#include "core/relay/stream.hpp"

namespace sluice::relay {

class Resumer;

/// Threads: Add, Resumed, Stop [any]; the rest is its own thread's.
class Lane {
 public:
  /// \param resumer  outlives the lane's thread.
  /// \param pipes  as in Options.
  Lane(Resumer& resumer, std::size_t pipes);
  ~Lane() { Stop(); }
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;

  void Add(Job job);
  /// What the resumer found for a stream of this lane; nothing: the stream is given up.
  void Resumed(std::uint64_t id, std::optional<Body> rest);
  /// Ends every stream and joins the thread.
  void Stop();

 private:
  struct Entry {
    std::unique_ptr<Stream> stream;
    bool queued = false;                          ///< In `turns_`.
    std::shared_ptr<std::atomic<bool>> resuming;  ///< Nothing is read or written until Resumed. True: cancelled.
    std::uint64_t reported = 0;
  };
  struct Mail {
    std::uint64_t id = 0;  ///< 0: a new stream.
    std::unique_ptr<Stream> stream;
    std::optional<Body> rest;
  };
  using Entries = std::unordered_map<std::uint64_t, Entry>;

  /// \returns  false when the lane stops: `mail` is as it was.
  bool Post(Mail& mail);
  void Run();
  void Wait();
  void TakeMail();
  void Take(Mail mail);
  void Note(std::uint64_t token, std::uint32_t events);
  void RunTurns();
  void WakeSleepers();
  void Sweep();
  void Queue(std::uint64_t id, Entry& entry);
  void StartResume(std::uint64_t id, Entry& entry);
  void Watch(std::uint64_t id, const Stream& stream, bool upstream);
  void Forget(int fd);
  void Report(Entry& entry);
  void Finish(Entries::iterator at, End end);
  static void Tell(Stream& stream);

  Resumer& resumer_;
  const net::FileDescriptor epoll_;
  const net::Event mailbox_;
  PipePool pipes_;
  std::vector<std::byte> buffer_;
  Clock::time_point now_ = Clock::now();
  Clock::time_point next_sweep_ = now_;
  Entries entries_;
  std::uint64_t last_id_ = 0;
  std::vector<std::uint64_t> turns_;
  std::vector<std::pair<Clock::time_point, std::uint64_t>> sleepers_;  // a heap, the earliest first

  std::mutex mutex_;
  std::vector<Mail> mail_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace sluice::relay
