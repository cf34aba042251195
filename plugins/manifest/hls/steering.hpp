// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Steering manifests: the JSON behind SERVER-URI of EXT-X-CONTENT-STEERING (RFC 8216bis §7.2).

#include <sluice/sdk/manifest.hpp>
#include <sluice/sdk/services.hpp>

#include <string>
#include <string_view>

#include "linker.hpp"

namespace sluice::plugins::hls {

/// RELOAD-URI and the URIs that a clone names become links. HOST and PARAMS of a clone, which a player would put into
/// the gateway's own links, become a parameter that moves those links (pathway.hpp). \param note  of the link that led
/// here, packed. \returns  kUpstreamFailed for what is no steering manifest.
sdk::Result<std::string> RewriteSteering(std::string_view text, std::string_view note, Linker& linker,
                                         sdk::SecretsService& secrets);

bool IsDataUrl(std::string_view uri);

/// The same for a steering manifest within a data: URL (RFC 2397). One whose octets cannot be read stays as it is.
sdk::Result<std::string> RewriteDataSteering(std::string_view uri, std::string_view base_url, std::string_view note,
                                             sdk::LinkMinter& links, sdk::SecretsService& secrets,
                                             const LinkOptions& options);

}  // namespace sluice::plugins::hls
