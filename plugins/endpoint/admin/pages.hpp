// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// The pages, as the build put them into this plugin.

#include <span>

#include "endpoint/common/embedded.hpp"

namespace sluice::plugins::admin {

using Page = embedded::File;

/// Empty when the plugin was built without pages (./dev build makes them).
std::span<const Page> Pages();

}  // namespace sluice::plugins::admin
