// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// .torrent files: what they are called.

#include <cstddef>
#include <sluice/sdk/result.hpp>
#include <span>
#include <string>

namespace sluice::plugins::store {

/// The info hash of a .torrent file: SHA-1 of the octets of its `info` dictionary, as they stand. Source: BEP 3.
/// Strict: one dictionary and nothing behind it, numbers in their one form, `info` once, with `pieces` in it; at most
/// 16 MiB and 32 levels. Keys out of order are let through, because such files are about.
/// \returns  40 lower-case hex digits; kInvalidArgument that names what was wanted.
sdk::Result<std::string> InfoHashOfTorrent(std::span<const std::byte> file);

}  // namespace sluice::plugins::store
