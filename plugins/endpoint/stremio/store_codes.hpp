// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// The two letters by which configurations and playback links name stores.

#include <string_view>

namespace sluice::plugins::stremio {

/// The server's own accounts, all that it has for the viewer.
inline constexpr std::string_view kServerStores;
/// No store: the player takes part in the torrent by itself.
inline constexpr std::string_view kPeerToPeer = "p2p";

/// "torbox" for "tb". Empty: no store has that code; kServerStores and kPeerToPeer are none. Threads: [any].
std::string_view StoreNameOf(std::string_view code);

/// "tb" for "torbox". Empty: no store of that name has a code. Threads: [any].
std::string_view StoreCodeOf(std::string_view name);

}  // namespace sluice::plugins::stremio
