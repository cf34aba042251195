// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Bodies as fast as they come: for throughput, and for the time to a body's first octet.

#include <cstdint>
#include <vector>

#include "tests/bench/streams/stream.hpp"

namespace sluice::bench {

struct Drained {
  std::uint64_t bytes = 0;  ///< Of bodies.
  double seconds = 0;       ///< From the first request to the last octet; connecting is not in it.
};

/// \param connections  asked at one time. \param requests  that each sends, one after the other.
Drained Drain(const Target& target, unsigned connections, unsigned requests);

/// Asks each target in turn, one request at a time, over one kept connection each.
/// \returns  for each target, `rounds` times from request to first octet of the body, in microseconds.
std::vector<std::vector<double>> FirstOctets(const std::vector<Target>& targets, unsigned rounds);

}  // namespace sluice::bench
