// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// The pages, as the build put them into this plugin.

#include <span>
#include <string_view>

namespace sluice::plugins::admin {

struct Page {
  std::string_view path;  ///< "/index.html", "/assets/index-1a2b.js"
  std::string_view content;
};

/// Empty when the plugin was built without pages.
std::span<const Page> Pages();

}  // namespace sluice::plugins::admin
