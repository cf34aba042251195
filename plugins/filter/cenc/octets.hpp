// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Octets of media files that are edited in place: four-character codes, 16-octet ids and keys.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "common/content_key/content_key.hpp"
#include "common/isobmff/octets.hpp"

namespace sluice::plugins::cenc {

using MutableOctets = std::span<std::byte>;
using content_key::Block;  ///< A key, a key id, an initialisation vector, a block of AES.
using isobmff::Fields;
using isobmff::FourCc;
using isobmff::NameOf;
using isobmff::Octets;
using isobmff::ReadNumber;

inline constexpr std::size_t kBlockBytes = 16;

inline void WriteFourCc(std::uint32_t code, MutableOctets to) {
  for (std::size_t i = 0; i < 4; ++i) to[i] = static_cast<std::byte>((code >> (24 - 8 * i)) & 0xFFU);
}

/// \param size  at most 16. The octets stand at the front.
inline Block TakeBlock(Fields& from, std::size_t size = kBlockBytes) {
  Block block{};
  const auto octets = from.Take(size);
  std::copy(octets.begin(), octets.end(), block.begin());
  return block;
}

}  // namespace sluice::plugins::cenc
