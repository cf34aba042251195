// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Releases and files that are no work of their own.

#include "common/titles/release.hpp"

namespace sluice::plugins::titles {

/// Whether it is a trailer, a sample, an opening without credits or another extra.
bool IsExtra(const Release& release);

/// Whether it is a special, an OVA and the like: episodes that do not count among others.
bool IsSpecial(const Release& release);

}  // namespace sluice::plugins::titles
