// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// The clips that a viewer is shown in place of what could not be played.

#include <cstdint>
#include <sluice/sdk/result.hpp>
#include <sluice/sdk/store.hpp>
#include <string_view>

namespace sluice::plugins::stremio {

/// Every clip that there is, by the name of its file.
inline constexpr std::string_view kClips[] = {"200",
                                              "401",
                                              "403",
                                              "429",
                                              "451",
                                              "500",
                                              "content_proxy_limit_reached",
                                              "download_failed",
                                              "downloading",
                                              "no_matching_file",
                                              "payment_required",
                                              "store_limit_exceeded"};

/// No file is the one that is wanted.
inline constexpr std::string_view kNoMatchingFile = "no_matching_file";
/// What a viewer can do nothing about.
inline constexpr std::string_view kServerFault = "500";
/// The store is still working on it.
inline constexpr std::string_view kDownloading = "downloading";

/// The store does not take the key.
inline constexpr std::string_view kRefusedKey = "401";

/// What was under way when something failed.
enum class Step : std::uint8_t {
  kTorrent,  ///< Fetching the .torrent file that is to be added.
  kAdd,      ///< Adding the item, or waiting for it.
  kLink,     ///< Having a link made of its file.
};

/// The clip for a failure. `Error::reason` says most, then the code, then what the upstream's status leaves no doubt
/// of; where none of them tells a viewer anything, it is the step's own: "download_failed" of kAdd, else "500".
/// Threads: [any].
std::string_view ClipOf(Step step, const sdk::Error& error);

/// The clip for an item that is not there yet, or never will be. Empty: it can be played. Threads: [any].
std::string_view ClipOf(sdk::ItemState state);

}  // namespace sluice::plugins::stremio
