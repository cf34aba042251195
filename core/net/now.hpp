// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// What reads and writes that do not wait come to.

#include <poll.h>

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

inline bool MustWait(Now now) { return now == Now::kWantRead || now == Now::kWantWrite; }

/// Of poll(2), to wait for. \pre  MustWait.
inline short EventsFor(Now now) { return now == Now::kWantRead ? POLLIN : POLLOUT; }

}  // namespace sluice::net
