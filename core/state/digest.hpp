// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// SHA-256 as people read it.

#include <string>
#include <string_view>

namespace sluice::state {

/// SHA-256 in 64 lower-case hex digits.
std::string Sha256Hex(std::string_view octets);

}  // namespace sluice::state
