// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// What stands in the configure page beside its text: how it looks, and what a script adds.

#include <string_view>

namespace sluice::plugins::stremio {

std::string_view ConfigureStyle();

/// Adds and removes rows without asking the server, and copies the addon's URL. Everything is there without it.
std::string_view ConfigureScript();

}  // namespace sluice::plugins::stremio
