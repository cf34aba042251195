// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Names of files as stores write them, and paths as the SDK has them.

#include <string>
#include <string_view>

namespace sluice::plugins::store {

/// A file's name in its parts. Views into what was split.
struct RootedPath {
  std::string_view root;  ///< The torrent's folder; empty: the name stands alone.
  std::string_view path;  ///< Without a leading "/".
};

/// "Show S01/sub/e1.mkv" is "sub/e1.mkv" in the folder "Show S01"; "/e1.mkv" and "e1.mkv" stand alone.
RootedPath StripRoot(std::string_view name);

/// A path that leads nowhere else when a player joins it to a folder: no empty, "." or ".." parts, no "\", no control
/// characters. What is unsafe is left out, or becomes "_". Never empty: "file" stands for what has no name.
std::string SafePath(std::string_view path);

/// `text` for people: without control characters, and no longer than 1 KiB (cut between characters).
std::string SafeName(std::string_view text);

/// What a torrent is called: its folder, else what the store calls it. \param first_file  name of its first file.
std::string TorrentName(std::string_view first_file, std::string_view own_name);

}  // namespace sluice::plugins::store
