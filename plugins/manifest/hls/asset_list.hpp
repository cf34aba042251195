// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Asset lists: the JSON behind X-ASSET-LIST of an interstitial (RFC 8216bis appendix D).

#include <sluice/sdk/manifest.hpp>

#include "linker.hpp"

namespace sluice::plugins::hls {

/// \returns  kUpstreamFailed for what is no asset list; `text` with the URI of each asset replaced.
sdk::Result<std::string> RewriteAssetList(std::string_view text, Linker& linker);

}  // namespace sluice::plugins::hls
