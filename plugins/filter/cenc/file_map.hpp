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

/// Boxes one behind the other, from where one begins.
struct Stretch {
  std::uint64_t begin = 0;
  std::vector<std::uint64_t> fragments{};                       ///< Offsets of `moof`, in order.
  std::vector<std::pair<std::uint64_t, std::uint64_t>> held{};  ///< Begin and end of `moov` and `moof`, in order.
  std::uint64_t last_box = begin;                               ///< Offset of the last box that is known.
  std::uint64_t next_box = begin;                               ///< Offset of the first that is not.
};

/// What is known of a file.
struct FileMap {
  std::shared_ptr<const Init> init;           ///< Null: it has no moov as far as it is known.
  bool is_foreign = false;                    ///< It is no file of boxes.
  std::vector<Stretch> stretches{Stretch{}};  ///< By where they begin: the first is the file's beginning.
  std::vector<std::uint64_t> indexed{};       ///< Where segments begin, as indexes of the file say (`sidx`); in order.

  /// From where the file has to be read so that octet `at` can be decrypted: its fragment, or its box in front of all
  /// fragments. \returns nothing: `at` lies where nothing is known.
  std::optional<std::uint64_t> StartFor(std::uint64_t at) const;
  /// Where the `moov` or `moof` ends that octet `at` lies in. \returns nothing: it lies in none that is known.
  std::optional<std::uint64_t> EndOfHeld(std::uint64_t at) const;
};

/// Reads on, box by box, until octet `at` is within what is known: from the file's beginning, or from where an index
/// says that a segment begins. \param known  null: nothing is.
/// \returns  kUpstreamFailed (malformed), kUnsupported: it takes too many requests to get there.
sdk::Result<std::shared_ptr<const FileMap>> Explore(sdk::ReferenceFetcher& references, std::string_view url,
                                                    std::shared_ptr<const FileMap> known, std::uint64_t at);

}  // namespace sluice::plugins::cenc
