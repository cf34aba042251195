// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// SHA-256.

#include <string>
#include <string_view>

namespace sluice::plugins::page {

/// The 32 octets of SHA-256. Threads: [any].
std::string Sha256(std::string_view text);

}  // namespace sluice::plugins::page
