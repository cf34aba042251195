// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Sites: under which URL players find the addon.

#include <sluice/sdk/types.hpp>
#include <string>

#include "settings.hpp"

namespace sluice::plugins::stremio {

/// "https://sluice.example.com/stremio/torz": in front of all of the addon's own URLs. Without a configured one it is
/// what the request was sent to, or what a proxy in front says that it was (X-Forwarded-Host, X-Forwarded-Proto): who
/// forges that gets links that lead astray, and nobody else does. \returns  the path alone where the request names no
/// host.
std::string SiteOf(const Settings& settings, const sdk::RequestHead& head);

/// "sluice.example.com:8080", of what SiteOf answers; empty: there is none.
std::string_view HostOf(std::string_view site);

}  // namespace sluice::plugins::stremio
