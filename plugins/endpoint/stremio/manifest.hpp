// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// The addon's manifest, by which players install it.

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::plugins::stremio {

struct ManifestOptions {
  std::string id{};       ///< As AddonId makes it.
  std::string name{};     ///< For people.
  std::string version{};  ///< Of the server. What is no semantic version becomes "0.0.0": players refuse others.
  std::string logo{};     ///< URL; empty: none.
  std::vector<std::string> store_codes{};  ///< Of the configuration, in its order; may be empty.
  bool configured = false;                 ///< Players offer to install it only then.
  bool anime = false;                      ///< Take ids of Kitsu and MyAnimeList too.
};

/// An id that is one for each public host: "example.org" reversed and ".torz". Without port; localhost, addresses and
/// what is no name of a host are "local.sluice.torz". \param host  as a Host field has it. Threads: [any].
std::string AddonId(std::string_view host);

/// Threads: [any].
nlohmann::ordered_json Manifest(const ManifestOptions& options);

}  // namespace sluice::plugins::stremio
