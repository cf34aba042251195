// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// FetchPart: some octets of a file that an MPD refers to.

#include <sluice/sdk/manifest.hpp>

#include <cstddef>
#include <string>

#include "manifest/common/addressing.hpp"

namespace sluice::plugins::dash_to_hls {

/// \param references  null: the host fetches none. \param range  of length 0: to the end. \param max_bytes  of an
///                    answer: a server that knows no ranges sends the whole.
/// \returns  the octets, perhaps fewer; kUpstreamFailed for another answer than 200 and 206, and errors as
///           ReferenceFetcher::Fetch.
sdk::Result<std::string> FetchPart(sdk::ReferenceFetcher* references, const std::string& url, mpd::ByteRange range,
                                   std::size_t max_bytes, sdk::LinkKind kind);

}  // namespace sluice::plugins::dash_to_hls
