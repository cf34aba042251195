// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Origin: whom a connection is made to.

#include <compare>
#include <cstdint>
#include <string>

namespace sluice::upstream {

/// What makes two requests able to share a connection, apart from the address.
struct Origin {
  bool tls = false;
  std::string host;  ///< Lower case, no brackets.
  std::uint16_t port = 0;
  std::string via = {};  ///< Of a connection: Profile::Via. Empty in a URL's origin.

  /// "host:port", for messages.
  std::string Label() const {
    return host.find(':') == std::string::npos ? host + ":" + std::to_string(port)
                                               : "[" + host + "]:" + std::to_string(port);
  }
  auto operator<=>(const Origin&) const = default;
};

}  // namespace sluice::upstream
