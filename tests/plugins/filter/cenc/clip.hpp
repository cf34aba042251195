// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Small fragmented files whose samples are random octets in the shape of video and audio. No player plays them.

#include <cstdint>
#include <string>
#include <vector>

namespace sluice::testing::media {

struct Clip {
  unsigned fragments = 3;
  unsigned video_samples = 4;  ///< Of each fragment; 0: no video track.
  unsigned audio_samples = 6;
  unsigned runs = 1;              ///< `trun` boxes that a fragment's samples of a track are spread over.
  bool fixed_audio_size = false;  ///< `trex` says how long all audio samples are.
  std::uint32_t largest_unit = 700;
  std::uint64_t seed = 7;
};

/// ftyp and moov.
std::string MakeInit(const Clip& clip);
/// moof and mdat of each fragment.
std::vector<std::string> MakeFragments(const Clip& clip);
/// All of it.
std::string MakeClip(const Clip& clip = {});

/// What the `mdat` boxes of a file hold, one after another.
std::string SamplesOf(const std::string& file);

}  // namespace sluice::testing::media
