// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// How boxes of ISO base media files begin (ISO/IEC 14496-12 §4.2).

#include <cstddef>
#include <cstdint>
#include <optional>
#include <sluice/sdk/result.hpp>
#include <string>

#include "common/isobmff/octets.hpp"

namespace sluice::plugins::isobmff {

inline constexpr std::size_t kMaxHeaderBytes = 16;

/// kUpstreamFailed: "media: " and `message`.
sdk::Error BadMedia(std::string message);

struct BoxHeader {
  std::uint32_t type = 0;
  std::uint64_t size = 0;  ///< Of the whole box, this header included. 0: to the end of the file.
  std::size_t header_bytes = 0;
};

/// \param start  of the box, as far as it is there. \returns  nothing: more of it is needed; kUpstreamFailed for a size
///               that does not even hold the header.
sdk::Result<std::optional<BoxHeader>> ReadHeader(Octets start);

}  // namespace sluice::plugins::isobmff
