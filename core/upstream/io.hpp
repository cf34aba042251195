// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// What reads and writes that do not wait come to.

#include <cstdint>

namespace sluice::upstream {

/// What a connection has at this moment.
enum class Now : std::uint8_t {
  kData,    ///< Octets moved.
  kEnd,     ///< The peer ended its side; for TLS with a close_notify.
  kBroken,  ///< Reset, TLS fault, or TLS cut without close_notify.
  kWantRead,
  kWantWrite,  ///< A read may want this too, under TLS.
};

}  // namespace sluice::upstream
