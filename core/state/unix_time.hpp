// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Times as the tables have them.

#include <chrono>
#include <cstdint>

namespace sluice::state {

/// Milliseconds since 1970.
inline std::int64_t UnixMilliseconds(std::chrono::system_clock::time_point time = std::chrono::system_clock::now()) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

}  // namespace sluice::state
