// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// The order in which streams are listed.

#include <cstdint>
#include <sluice/sdk/result.hpp>
#include <string_view>
#include <vector>

#include "stream.hpp"

namespace sluice::plugins::stremio {

inline constexpr std::string_view kDefaultSort = "-resolution,-quality,-size";

enum class SortField : std::uint8_t { kResolution, kQuality, kSize, kHdr };

struct SortKey {
  SortField field = SortField::kResolution;
  bool descending = false;

  friend bool operator==(const SortKey&, const SortKey&) = default;
};

/// \param text  "-resolution,size": fields by their precedence, each at most once, those with "-" from high to low.
///              Empty: kDefaultSort. \returns  kInvalidArgument that names the place. Threads: [any].
sdk::Result<std::vector<SortKey>> ParseSort(std::string_view text);

/// Sorts by rank; of the size, that of the file if it is known, else that of the torrent. Streams that are equal in all
/// keys keep their order. Threads: [any].
void Sort(std::vector<Stream>& streams, const std::vector<SortKey>& keys);

}  // namespace sluice::plugins::stremio
