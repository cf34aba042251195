// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// TrackFragment: what a `traf` says, before it is put together.

#include <cstdint>
#include <optional>
#include <sluice/sdk/result.hpp>
#include <vector>

#include "box.hpp"
#include "protection.hpp"

namespace sluice::plugins::cenc {

/// `tfhd`. What is absent is the track's default.
struct FragmentHeader {
  std::uint32_t track = 0;
  std::optional<std::uint64_t> base_offset;
  std::optional<std::uint32_t> entry;
  std::optional<std::uint32_t> sample_size;
  bool base_is_moof = false;
};

/// `trun`, read as far as its samples.
struct Run {
  std::uint32_t samples = 0;
  std::optional<std::int32_t> data_offset;
  std::uint32_t sample_bytes = 0;             ///< Of each sample's fields.
  std::optional<std::uint32_t> size_at = {};  ///< Where in them the size stands. Nothing: the default holds.
  Octets fields{};
};

/// Where the samples' initialisation vectors and subsamples stand.
struct AuxiliaryData {
  bool has_subsamples = false;
  std::uint32_t samples = 0;
  Octets entries{};
};

/// The boxes of one `traf`. Those about encryption are `free` once it was read.
struct TrackFragment {
  FragmentHeader header{};
  std::vector<Run> runs;
  std::optional<AuxiliaryData> auxiliary;  ///< `senc`, or what stood for it before there was one.
  std::optional<Octets> sizes;             ///< `saiz`, its body.
  std::optional<Octets> offsets;           ///< `saio`, its body.
  std::optional<GroupDescriptions> descriptions;
  std::vector<GroupRun> groups;

  /// Whether something in it is about encryption.
  bool is_marked() const { return auxiliary || sizes || !groups.empty(); }
};

sdk::Result<TrackFragment> ReadTrackFragment(const Box& traf);

}  // namespace sluice::plugins::cenc
