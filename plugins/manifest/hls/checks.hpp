// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// What the rules of HLS find wrong with a playlist. Rewriting does not need most of them kept; players do.

#include <sluice/sdk/manifest.hpp>

#include <string_view>
#include <vector>

#include "note.hpp"

namespace sluice::plugins::hls {

/// RFC 8216bis, as far as one playlist by itself can tell. At most 1000 findings, in the order of their lines.
/// \param url   where the playlist was finally retrieved from. \param from  of the link that led to it.
std::vector<sdk::ManifestFinding> CheckPlaylist(std::string_view text, std::string_view url, const Note& from);

}  // namespace sluice::plugins::hls
