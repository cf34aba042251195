// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// The part of a stream's URL that says what is played: "/tt1:1:2/tb/<hash>/0/e2.mkv".

#include <cstdint>
#include <optional>
#include <sluice/sdk/services.hpp>
#include <string>
#include <string_view>

#include "ids.hpp"

namespace sluice::plugins::stremio {

struct PlaybackPath {
  VideoId video{};
  std::string store_code{};                  ///< "tb"
  std::string hash{};                        ///< Info hash, 40 lower-case hex digits.
  std::string torrent_url{};                 ///< Of a private tracker's file; empty: by its hash. Secret.
  bool torrent_of_viewer = false;            ///< An index of the viewer's own has written `torrent_url`.
  std::optional<std::int64_t> file_index{};  ///< Of the file that was listed; nothing: not known.
  std::string file_name{};                   ///< The same; may be empty.

  /// All that tells one playback from another.
  std::string Text() const;
};

/// "/{video}/{store}/{hash}[-{sealed torrent URL}]/{index or -1}/{file name}", with escapes.
/// \returns  what SealDeterministic says. Threads: [any].
sdk::Result<std::string> WritePlaybackPath(const PlaybackPath& path, sdk::SecretsService& secrets);

/// \param path  as WritePlaybackPath has it; the file's name, and the slash in front of it, may be missing.
/// \returns  kInvalidArgument that names the part. Threads: [any].
sdk::Result<PlaybackPath> ReadPlaybackPath(std::string_view path, sdk::SecretsService& secrets);

}  // namespace sluice::plugins::stremio
