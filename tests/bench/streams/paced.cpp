// SPDX-License-Identifier: MIT
#include "tests/bench/streams/paced.hpp"

#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>

#include "core/net/file_descriptor.hpp"

namespace sluice::bench {
namespace {

constexpr unsigned kTicksPerSecond = 100;
/// Every connection is read ten times a second; each tick has its share of them, so that the load is even.
constexpr unsigned kShares = 10;

/// Wakes kTicksPerSecond times a second.
class Ticker {
 public:
  Ticker() : timer_(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC)) {
    constexpr timespec kPeriod{.tv_sec = 0, .tv_nsec = 1'000'000'000 / kTicksPerSecond};
    const itimerspec when{.it_interval = kPeriod, .it_value = kPeriod};
    if (!timer_ || ::timerfd_settime(timer_.get(), 0, &when, nullptr) != 0) throw std::runtime_error("no timer");
  }
  /// Waits for a tick. \returns  how many have passed since the last call.
  std::uint64_t Wait() {
    std::uint64_t ticks = 0;
    if (::read(timer_.get(), &ticks, sizeof ticks) != sizeof ticks) throw std::runtime_error("the timer failed");
    return ticks;
  }

 private:
  net::FileDescriptor timer_;
};

std::vector<Stream> Begin(const Target& target, unsigned connections) {
  std::vector<Stream> streams;
  streams.reserve(connections);
  for (unsigned i = 0; i < connections; ++i) {
    auto& stream = streams.emplace_back(target);
    stream.Ask();
    while (*stream.Take(1) == 0) continue;
    stream.SetBlocking(false);
  }
  return streams;
}

/// Takes what is there, as far as `allowed` goes. \returns  octets.
std::uint64_t TakeUpTo(Stream& stream, std::uint64_t allowed) {
  std::uint64_t bytes = 0;
  while (bytes < allowed) {
    const auto taken = stream.Take(allowed - bytes);
    if (!taken) break;
    if (stream.finished()) throw std::runtime_error("the body is too short for this pace and time");
    bytes += *taken;
  }
  return bytes;
}

}  // namespace

std::vector<std::uint64_t> TakePaced(const Target& target, const Pace& pace,
                                     const std::function<void(unsigned)>& each_second) {
  auto streams = Begin(target, pace.connections);
  std::vector<std::uint64_t> received(streams.size());
  Ticker ticker;
  each_second(0);
  std::uint64_t done = 0;
  for (unsigned second = 1; second <= pace.seconds;) {
    const auto passed = done + ticker.Wait();
    for (; done < passed; ++done) {
      const auto allowed = pace.bytes_per_second * (done + 1) / kTicksPerSecond;
      for (std::size_t i = done % kShares; i < streams.size(); i += kShares) {
        received[i] += TakeUpTo(streams[i], allowed - std::min(allowed, received[i]));
      }
    }
    for (; second <= pace.seconds && done >= std::uint64_t{second} * kTicksPerSecond; ++second) each_second(second);
  }
  return received;
}

}  // namespace sluice::bench
