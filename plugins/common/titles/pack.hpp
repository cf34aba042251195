// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// The videos of a release, and which episodes they say they are.

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "common/titles/pick_file.hpp"

namespace sluice::plugins::titles {

struct Video {
  const File* file = nullptr;
  std::string_view name{};     ///< Without folders.
  std::vector<int> seasons{};  ///< Its name, its folder or the release says them; empty: nothing does.
  std::vector<int> episodes{};
  std::vector<int> absolute{};
  std::string date{};
  bool counts_through = false;  ///< Its name says an episode and no season: it may count through all of them.
  bool special = false;         ///< An OVA or the like, or in a folder of specials.
  bool extra = false;           ///< A sample, a trailer ...
  bool tiny = false;
};

/// Those of `files` that are videos. Numbers without a word beside them count as episodes when each file has one of its
/// own. \param release  may be empty.
std::vector<Video> ReadPack(std::string_view release, std::span<const File> files);

}  // namespace sluice::plugins::titles
