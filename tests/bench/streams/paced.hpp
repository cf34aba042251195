// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Many players at once, each of which takes its body at the rate of a film.

#include <cstdint>
#include <functional>
#include <vector>

#include "tests/bench/streams/stream.hpp"

namespace sluice::bench {

struct Pace {
  unsigned connections = 1;
  std::uint64_t bytes_per_second = 100'000;  ///< That each connection takes at most.
  unsigned seconds = 1;                      ///< Counted from when all bodies have begun.
};

/// \param target  a body long enough to last.
/// \param each_second  called with 0 once all bodies have begun, then after each second.
/// \returns  octets that each connection took meanwhile.
std::vector<std::uint64_t> TakePaced(const Target& target, const Pace& pace,
                                     const std::function<void(unsigned)>& each_second);

}  // namespace sluice::bench
