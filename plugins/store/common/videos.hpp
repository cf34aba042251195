// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Which files are videos.

#include <string_view>

namespace sluice::plugins::store {

/// By the extension of its name, in any letter case.
bool IsVideo(std::string_view path);

}  // namespace sluice::plugins::store
