// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// FileMap: where the boxes of a file begin, for parts of it that begin within one.

#include <cstdint>
#include <memory>
#include <optional>
#include <sluice/sdk/manifest.hpp>
#include <sluice/sdk/result.hpp>
#include <string_view>
#include <utility>
#include <vector>

#include "init.hpp"

namespace sluice::plugins::cenc {

/// What is known of a file from its beginning on.
struct FileMap {
  std::shared_ptr<const Init> init;                             ///< Null: it has no moov as far as it is known.
  std::vector<std::uint64_t> fragments{};                       ///< Offsets of `moof`, in order.
  std::vector<std::pair<std::uint64_t, std::uint64_t>> held{};  ///< Begin and end of `moov` and `moof`, in order.
  bool is_foreign = false;                                      ///< It is no file of boxes.
  std::uint64_t last_box = 0;                                   ///< Offset of the last box that is known.
  std::uint64_t next_box = 0;                                   ///< Offset of the first that is not.

  /// From where the file has to be read so that octet `at` can be decrypted: its fragment, or its box in front of all
  /// fragments. \returns nothing: `at` lies behind what is known.
  std::optional<std::uint64_t> StartFor(std::uint64_t at) const;
  /// Where the `moov` or `moof` ends that octet `at` lies in. \returns nothing: it lies in none that is known.
  std::optional<std::uint64_t> EndOfHeld(std::uint64_t at) const;
};

/// Reads on, box by box, until octet `at` is within what is known. \param known  null: nothing is.
/// \returns  kUpstreamFailed (malformed), kUnsupported: it takes too many requests to get there.
sdk::Result<std::shared_ptr<const FileMap>> Explore(sdk::ReferenceFetcher& references, std::string_view url,
                                                    std::shared_ptr<const FileMap> known, std::uint64_t at);

}  // namespace sluice::plugins::cenc
