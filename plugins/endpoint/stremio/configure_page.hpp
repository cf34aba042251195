// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// The page on which a viewer configures the addon: works without script, and shows no secret.

#include <string>

#include "configure_form.hpp"

namespace sluice::plugins::stremio {

struct ConfigureView {
  std::string addon_name{};
  Offer offer{};
  ShownForm form{};
  std::string base{};         ///< FormAgain::base as SealedSegment makes it, or the name of a saved one; may be empty.
  std::string install_url{};  ///< Of the manifest, once the form was good: "https://host/…/manifest.json".
};

/// HTML, whose form is sent to where the page came from. Threads: [any].
std::string ConfigurePage(const ConfigureView& view);

/// The Content-Security-Policy that goes with every such page. Threads: [any].
std::string ConfigurePagePolicy();

}  // namespace sluice::plugins::stremio
