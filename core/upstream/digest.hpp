// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Digest: a short name for a list of texts.

#include <span>
#include <string>

namespace sluice::upstream {

/// SHA-256 of the texts and their lengths, 32 octets: no two lists run into each other.
std::string Digest(std::span<const std::string> texts);

}  // namespace sluice::upstream
