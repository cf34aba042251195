// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Init sections and other parts of files, fetched.

#include <memory>
#include <sluice/sdk/init_note.hpp>
#include <sluice/sdk/manifest.hpp>
#include <string>
#include <vector>

#include "init.hpp"

namespace sluice::plugins::cenc {

/// Names an init section in the cache.
std::string NameOf(const sdk::InitNote& place);

/// Fetches `place` and reads its `moov`. \returns kUpstreamFailed when there is none.
sdk::Result<std::shared_ptr<const Init>> FetchInit(sdk::ReferenceFetcher& references, const sdk::InitNote& place);

/// The octets of `place`, whether the upstream sends the part that is asked for or the whole.
/// \returns  kUpstreamFailed for another answer than 200 and 206.
sdk::Result<std::vector<std::byte>> FetchPart(sdk::ReferenceFetcher& references, const sdk::InitNote& place);

}  // namespace sluice::plugins::cenc
