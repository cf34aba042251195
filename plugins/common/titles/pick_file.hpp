// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Which file of a release is the film or the episode that is wanted.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "common/titles/match.hpp"

namespace sluice::plugins::titles {

/// One file of a release.
struct File {
  std::int64_t index = -1;       ///< As its store counts; 0 is the first. -1: the store does not say.
  std::string_view path{};       ///< With or without the release's folder in front; "/" divides.
  std::uint64_t size_bytes = 0;  ///< 0: not known.
};

struct WantedFile {
  Kind kind = Kind::kMovie;
  std::optional<int> season{};    ///< 0: specials. Not set for a film, or where episodes count without.
  std::optional<int> episode{};   ///< Of the season.
  std::optional<int> absolute{};  ///< Counted through all seasons.
  std::string_view date{};        ///< "2024-01-15"; empty: not known.
  std::string_view release{};    ///< Name of the release, which may say the season that its files do not; may be empty.
  std::string_view file_name{};  ///< Exact name, or path, of the file that was listed; empty: not known.
  std::optional<std::int64_t> index{};  ///< Of the file that was listed.
  bool index_is_trusted = false;        ///< Whether `index` was counted by the store whose files these are.
};

/// The file to play. Samples, trailers, openings without credits and other extras are taken only when there is nothing
/// else, and so are files of less than a twentieth of the largest.
///
/// For an episode: what its own name, its folder or the release's name say of season and episode; else the exact file
/// name; else a trusted index; else the only video. A file that says it is another episode is never taken. For a film
/// the exact name, a trusted index, and the largest.
/// \param files  those of the release, in any order; `path` must stay as it is while the answer is used.
/// \returns  one of `files`, or null: there is none. Threads: [any].
const File* PickFile(const WantedFile& wanted, std::span<const File> files);

/// What is known of a release that is to be listed.
struct Listing {
  bool listed = false;         ///< Whether to list it at all.
  const File* file = nullptr;  ///< Null: which of them is not known; else one of those given.
};

/// Whether to list a release, and which file of it. Without files it is listed; with files of which none is wanted it
/// is not. Threads: [any].
Listing ListFile(const WantedFile& wanted, std::span<const File> files);

}  // namespace sluice::plugins::titles
