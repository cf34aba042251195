// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Init: what a `moov` says of how the samples of its tracks are encrypted, and what fragments leave to it.

#include <cstdint>
#include <optional>
#include <sluice/sdk/result.hpp>
#include <vector>

#include "octets.hpp"
#include "protection.hpp"

namespace sluice::plugins::cenc {

/// One of a track's sample entries; clear parts of an encrypted track have one of their own.
struct SampleEntry {
  std::optional<Scheme> scheme;  ///< Nothing: clear.
  Protection defaults{};         ///< `tenc`.
};

struct Track {
  std::uint32_t id = 0;
  std::vector<SampleEntry> entries;
  std::vector<Protection> groups;         ///< `sgpd` of type `seig`.
  std::uint32_t default_group = 0;        ///< Of samples that no group names.
  std::uint32_t default_entry = 1;        ///< `trex`; 1 is the first.
  std::uint32_t default_sample_size = 0;  ///< `trex`.
};

struct Init {
  std::vector<Track> tracks;

  const Track* Find(std::uint32_t id) const;
  /// Whether a track has an encrypted sample entry.
  bool is_protected() const;
};

/// Reads the `moov` and makes it one of clear tracks, of the same length: sample entries get back their own format, and
/// `sinf`, `pssh` and the like become `free`.
/// \param moov  the whole box.
/// \returns  kUpstreamFailed (malformed), kUnsupported (a scheme that nobody here knows; encrypted samples outside of
///           fragments). What `moov` holds is undefined then.
sdk::Result<Init> OpenInit(MutableOctets moov);

}  // namespace sluice::plugins::cenc
