// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// The videos of the clips, as the build put them into this plugin.

#include <cstddef>
#include <span>
#include <string_view>

#include "endpoint/common/embedded.hpp"

namespace sluice::plugins::stremio {

/// Every file of clips/: "/401.mp4". Threads: [any].
std::span<const embedded::File> ClipFiles();

/// The video of one clip, an MP4 file.
/// \param name  of kClips. \returns  empty: there is no such clip. Threads: [any].
std::span<const std::byte> ClipFile(std::string_view name);

}  // namespace sluice::plugins::stremio
