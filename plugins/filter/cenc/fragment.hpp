// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Fragment: which samples of a `moof` are encrypted, where they lie and how.

#include <cstdint>
#include <sluice/sdk/result.hpp>
#include <vector>

#include "init.hpp"
#include "octets.hpp"
#include "protection.hpp"

namespace sluice::plugins::cenc {

/// A clear part of a sample and an encrypted one behind it.
struct Subsample {
  std::uint32_t clear_bytes = 0;
  std::uint32_t protected_bytes = 0;
};

struct SampleKind {
  Scheme scheme = Scheme::kCenc;
  Protection protection{};
};

/// One encrypted sample.
struct Sample {
  std::uint64_t offset = 0;  ///< From the start of the file, or of the segment.
  std::uint32_t size_bytes = 0;
  std::uint32_t kind = 0;  ///< Index into `Fragment::kinds`.
  std::uint32_t first_subsample = 0;
  std::uint32_t subsample_count = 0;  ///< 0: all of it is encrypted.
  Block iv{};
};

struct Fragment {
  std::vector<SampleKind> kinds;
  std::vector<Sample> samples;  ///< The encrypted ones, as they lie in the file, none over another.
  std::vector<Subsample> subsamples;
};

/// More samples in one `moof` than this are refused: the figures of a few octets could stand for any number.
inline constexpr std::size_t kMaxSamples = 1U << 18U;

/// Reads the `moof` and makes it one of clear samples, of the same length.
/// \param moof    the whole box. \param offset  of its first octet. \param init  of the segment; null: not known.
/// \returns  kUpstreamFailed: malformed; or encrypted samples, and `init` says nothing of their track.
sdk::Result<Fragment> OpenFragment(MutableOctets moof, std::uint64_t offset, const Init* init);

}  // namespace sluice::plugins::cenc
