// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Streams for tests.

#include <string>
#include <utility>

#include "plugins/endpoint/stremio/stream.hpp"

namespace sluice::plugins::stremio {

/// A stream whose hash is made of one digit, out of the name of its torrent.
inline Stream StreamOf(char hash, std::string name, std::string store_code = "tb") {
  Stream out{.hash = std::string(40, hash), .store_code = std::move(store_code)};
  out.release = titles::Parse(name);
  out.name = std::move(name);
  return out;
}

}  // namespace sluice::plugins::stremio
