// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// What the query of a viewer's request says to the upstream: delivery directives, and which pathway's copy of a
/// playlist is meant.

#include <sluice/sdk/manifest.hpp>
#include <sluice/sdk/services.hpp>

#include <string>
#include <string_view>

#include "holds.hpp"

namespace sluice::plugins::hls {

/// All parameters that begin so are directives (RFC 8216bis §6.2.5): `_HLS_msn`, `_HLS_skip`, `_HLS_pathway` …
inline constexpr std::string_view kDirectivePrefix = "_HLS_";

/// `url` without the directives in its query.
std::string WithoutDirectives(std::string_view url);

/// What to fetch for a request. Directives are taken over from the viewer's query, in place of those of the same name;
/// every other parameter of either stays where it is.
/// \returns  kNotFound for a pathway that is not of the link's playlist.
sdk::Result<sdk::Destination> Follow(const sdk::Followed& followed, sdk::SecretsService& secrets, const Holds& holds);

}  // namespace sluice::plugins::hls
