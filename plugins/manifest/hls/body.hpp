// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// What a body is, as far as its first octets tell.

#include <cstddef>
#include <string_view>

namespace sluice::plugins::hls {

/// Of a byte order mark: forbidden, and met.
std::size_t BomSize(std::string_view text);

/// Blank octets before the first tag are forbidden, but players skip them.
bool IsPlaylist(std::string_view text);

/// What an operator needs to know of a body that is not what it should be; empty: nothing that is known. Never the body
/// itself: it may hold anything.
std::string_view DescribeBody(std::string_view text);

}  // namespace sluice::plugins::hls
