// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Prowlarr's answers: its indexes, and what they found.

#include <cstddef>
#include <cstdint>
#include <sluice/sdk/result.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "indexer/common/item.hpp"

namespace sluice::plugins::prowlarr {

/// One of Prowlarr's indexes.
struct Listed {
  std::uint32_t id = 0;
  std::string name;
  bool is_private = true;  ///< Whatever is not said to be public.
};

inline constexpr std::size_t kMaxJsonBytes = 8U * 1024 * 1024;

/// Those that are enabled and have torrents, 1000 at most. \returns  kUpstreamFailed: no JSON array.
sdk::Result<std::vector<Listed>> ReadIndexers(std::string_view body);

/// Items without a title, and those for Usenet, are left out. \returns  kUpstreamFailed: no JSON array.
sdk::Result<std::vector<indexer::Item>> ReadResults(std::string_view body);

}  // namespace sluice::plugins::prowlarr
