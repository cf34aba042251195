// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// The JSON documents that playlists lead to, kept in the order of their keys.

#include <sluice/sdk/manifest.hpp>

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "linker.hpp"

namespace sluice::plugins::hls {

using Json = nlohmann::ordered_json;

/// \param what  for the message: "asset list".
/// \returns  kUpstreamFailed for anything but an object of at most 32 levels.
sdk::Result<Json> ParseDocument(std::string_view text, std::string_view what);

/// Replaces a URI of a document, if it is a text that leads to something. \param pointer  for the message.
/// \returns  kUpstreamFailed for a reference that is refused.
sdk::Status LinkUri(Json& uri, const std::string& pointer, sdk::LinkKind kind, std::string_view note, Linker& linker);

}  // namespace sluice::plugins::hls
