// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// What reads and writes that do not wait come to.

#include <cstdint>

namespace sluice::net {

/// What a connection has at this moment.
enum class Now : std::uint8_t {
  kDone,       ///< Octets moved, or the handshake is done.
  kWantRead,   ///< Call again when the socket is readable.
  kWantWrite,  ///< Call again when it is writable; under TLS reading may want that too.
  kEnd,        ///< The peer ended its side; for TLS with a close_notify.
  kBroken,     ///< Reset, TLS fault, or TLS cut without close_notify.
};

}  // namespace sluice::net
