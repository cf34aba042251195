// SPDX-License-Identifier: MIT
#include "tests/bench/streams/drain.hpp"

#include <Poco/Net/PollSet.h>

#include <chrono>
#include <limits>
#include <map>
#include <stdexcept>

namespace sluice::bench {
namespace {

using Clock = std::chrono::steady_clock;
constexpr auto kEverything = std::numeric_limits<std::size_t>::max();
const Poco::Timespan kPatience(30, 0);

/// A stream, and what it has still to ask for.
struct Asking {
  Stream stream;
  unsigned requests_left;
};

/// Takes what is there, and asks again when an answer is whole. \returns  octets of bodies.
std::uint64_t TakeAll(Asking& asking) {
  std::uint64_t bytes = 0;
  while (const auto taken = asking.stream.Take(kEverything)) {
    bytes += *taken;
    if (!asking.stream.finished()) continue;
    if (asking.requests_left == 0) break;
    --asking.requests_left;
    asking.stream.Ask();
  }
  return bytes;
}

}  // namespace

Drained Drain(const Target& target, unsigned connections, unsigned requests) {
  std::map<Poco::Net::Socket, Asking> open;
  Poco::Net::PollSet ready;
  for (unsigned i = 0; i < connections; ++i) {
    Asking asking{.stream = Stream(target), .requests_left = requests - 1};
    asking.stream.SetBlocking(false);
    ready.add(asking.stream.socket(), Poco::Net::PollSet::POLL_READ);
    const Poco::Net::Socket key = asking.stream.socket();
    open.emplace(key, std::move(asking));
  }
  Drained drained;
  const auto begin = Clock::now();
  for (auto& [socket, asking] : open) asking.stream.Ask();
  while (!open.empty()) {
    const auto events = ready.poll(kPatience);
    if (events.empty()) throw std::runtime_error("nothing came for 30 seconds");
    for (const auto& [socket, mode] : events) {
      const auto found = open.find(socket);
      drained.bytes += TakeAll(found->second);
      if (!found->second.stream.finished()) continue;
      ready.remove(socket);
      open.erase(found);
    }
  }
  drained.seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  return drained;
}

std::vector<std::vector<double>> FirstOctets(const std::vector<Target>& targets, unsigned rounds) {
  std::vector<Stream> streams;
  for (const auto& target : targets) streams.emplace_back(target);
  std::vector<std::vector<double>> times(targets.size());
  for (unsigned round = 0; round < rounds; ++round) {
    for (std::size_t i = 0; i < streams.size(); ++i) {
      auto& stream = streams[i];
      const auto begin = Clock::now();
      stream.Ask();
      while (*stream.Take(kEverything) == 0) continue;
      times[i].push_back(std::chrono::duration<double, std::micro>(Clock::now() - begin).count());
      while (!stream.finished()) stream.Take(kEverything);
    }
  }
  return times;
}

}  // namespace sluice::bench
