// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Segment indexes (ISO/IEC 14496-12 §8.16.3), and as much of other boxes as it takes to find one.

#include <sluice/sdk/result.hpp>

#include <cstdint>
#include <optional>
#include <vector>

#include "common/isobmff/octets.hpp"

namespace sluice::plugins::isobmff {

struct IndexEntry {
  ByteRange place{};
  bool is_index = false;  ///< What lies there is a further index.
  std::uint64_t time = 0;
  std::uint64_t duration = 0;
};

struct Index {
  std::uint64_t timescale = 1;
  std::vector<IndexEntry> entries{};
};

/// The first index in `octets`. \param offset  where these begin in their file.
/// \returns  kUpstreamFailed: there is none, it is cut off, or it is none.
sdk::Result<Index> ReadIndex(Octets octets, std::uint64_t offset);

/// Where the first index of a file lies that begins with `octets`. Nothing: not among these, or behind media.
std::optional<ByteRange> FindIndex(Octets octets);

}  // namespace sluice::plugins::isobmff
