// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Files that the build put into a plugin; embed.cmake does that.

#include <span>
#include <string_view>

namespace sluice::plugins::embedded {

struct File {
  std::string_view path;     ///< Under the folder that was put in: "/index.html", "/assets/index-1a2b.js"
  std::string_view content;  ///< Octets.
};

}  // namespace sluice::plugins::embedded
