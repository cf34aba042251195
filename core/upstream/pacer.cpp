// SPDX-License-Identifier: MIT
#include "core/upstream/pacer.hpp"

#include <random>

#include "core/net/coarse_clock.hpp"

namespace sluice::upstream {

Clock::time_point Pacer::Now() { return net::CoarseNow(); }

sdk::Seconds Pacer::WallTime() { return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()); }

Wait Pacer::Pause(const sdk::Call& call, Clock::duration span) {
  return WaitFor({.until = Clock::now() + span}, call);  // poll(2) ignores a descriptor below zero
}

double Pacer::Chance() {
  thread_local std::minstd_rand generator(std::random_device{}());
  return std::generate_canonical<double, 24>(generator);
}

}  // namespace sluice::upstream
