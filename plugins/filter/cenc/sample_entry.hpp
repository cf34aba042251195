// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Sample entries of encrypted tracks (ISO/IEC 14496-12 §8.12), and Microsoft's boxes from before the standard (PIFF).

#include <sluice/sdk/result.hpp>

#include "box.hpp"
#include "init.hpp"

namespace sluice::plugins::cenc {

/// Gives an encrypted entry its own format back, and makes its `sinf` a `free`.
/// \returns  kUnsupported: a scheme that nobody here knows.
sdk::Result<SampleEntry> OpenSampleEntry(const Box& entry);

/// `uuid` boxes of PIFF. The two for fragments and files stand for `senc` and `pssh`.
bool IsPiffSenc(const Box& box);
bool IsPiffPssh(const Box& box);
inline constexpr std::size_t kUuidBytes = 16;

}  // namespace sluice::plugins::cenc
