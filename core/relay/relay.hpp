// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Relay: a few threads that move media bytes from upstreams to viewers (design 6).

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "core/http/detached_response.hpp"
#include "core/upstream/body.hpp"
#include "core/upstream/file.hpp"

namespace sluice::relay {

/// How the octets of a body travel.
enum class Mode : std::uint8_t {
  kSplice,    ///< From socket or file to socket, within the kernel, but through memory while no pipe is free.
  kBuffered,  ///< Through memory: a chunked upstream.
  kTls,       ///< Through memory and a cipher, on one side or both.
};
inline constexpr std::size_t kModes = 3;
/// "splice", "buffered", "tls"
std::string_view NameOf(Mode mode);

/// How a body ended.
enum class End : std::uint8_t {
  kComplete,
  kClientGone,
  kClientStalled,    ///< It took nothing for as long as http::DetachedResponse::write_timeout.
  kUpstreamBroke,    ///< Cut short, or its framing was wrong.
  kUpstreamStalled,  ///< It sent nothing for as long as Job::read_timeout.
  kStopped,          ///< The server shuts down.
};
inline constexpr std::size_t kEnds = 6;
/// "complete", "client_gone", …
std::string_view NameOf(End end);

struct Result {
  End end = End::kStopped;
  Mode mode = Mode::kSplice;
  std::uint64_t bytes = 0;  ///< Of the body, taken from the upstream; a client that left has not got all of them.
};

using Body = std::variant<upstream::RawBody, upstream::FilePart>;

/// Gets the rest of a body that broke off. Called on a thread that may block.
/// \param sent       octets of the body that the client has, or will have.
/// \param cancelled  becomes true when nobody waits for the rest any more.
/// \returns  the rest, or nothing: then the client's connection is broken off.
using Resume = std::function<std::optional<Body>(std::uint64_t sent, const std::atomic<bool>& cancelled)>;

/// A body to be moved.
struct Job {
  std::unique_ptr<http::DetachedResponse> client;
  std::string prefix = {};  ///< Octets of the body that were read already; they come first.
  Body body;
  std::chrono::milliseconds read_timeout{30'000};  ///< Between two reads that made progress.
  std::uint64_t bytes_per_second = 0;              ///< At most; 0: as fast as both sides go.
  http::FieldFilter trailer = {};                  ///< Which trailer fields the client may see; empty: none.
  Resume resume = {};                              ///< Empty: a body that breaks off is given up.
  std::function<void(Mode, std::uint64_t)> progress =
      {};                                        ///< Octets since the last call; every now and then, and at the end.
  std::function<void(const Result&)> done = {};  ///< Called once, before the client's next request is read.
};

struct Options {
  unsigned threads = 2;
  std::size_t pipes = 512;  ///< Of each thread, for splice. A stream that gets none is copied.
};

/// Threads: Run [any]; Stop and the destructor by one thread, after which Run gives jobs up.
class Relay {
 public:
  explicit Relay(Options options);
  ~Relay();
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;

  /// Takes the job over; every callback of it comes from another thread. After Stop `done` is called at once, from this
  /// one, with kStopped.
  void Run(Job job);
  /// Ends every stream: clients see broken bodies.
  void Stop();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sluice::relay
