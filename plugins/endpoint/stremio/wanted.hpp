// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// What is wanted of a release, in the words of the library that reads names.

#include <sluice/sdk/store.hpp>
#include <vector>

#include "common/titles/match.hpp"
#include "common/titles/pick_file.hpp"
#include "ids.hpp"

namespace sluice::plugins::stremio {

titles::Kind KindOf(const VideoId& video);

/// What is wanted of the files of a release; which release it is, is not said.
titles::WantedFile WantedFileOf(const VideoId& video);

/// The files of a store's item, in their order. Views into `files`.
std::vector<titles::File> NamedFiles(const std::vector<sdk::File>& files);

}  // namespace sluice::plugins::stremio
