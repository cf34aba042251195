// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Keys: content protection of DASH as EXT-X-KEY says it.

#include <sluice/sdk/result.hpp>

#include <string>
#include <vector>

#include "manifest/common/linker.hpp"
#include "manifest/common/mpd.hpp"

namespace sluice::plugins::dash_to_hls {

/// Whether HLS has a method for the scheme and a key format for one of its DRM systems.
bool IsExpressible(const mpd::Protection& protection);

/// One EXT-X-KEY line for each DRM system that HLS knows, each with its line end. \param base_url  of licence URLs.
sdk::Result<std::string> KeyLines(const mpd::Protection& protection, const std::string& base_url, mpd::Linker& linker);

}  // namespace sluice::plugins::dash_to_hls
