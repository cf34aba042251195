// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Encrypts fragmented MP4 (ISO/IEC 23001-7) for tests. Written from the standard, block by block, and sharing no code
/// with the filter: ffmpeg 5.1 writes fragments that nobody can decrypt.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::testing::media {

/// 16 octets each.
struct ContentKey {
  std::string kid;
  std::string key;
};

struct Encryption {
  std::string scheme = "cenc";
  unsigned crypt = 0, skip = 0;  ///< Pattern, in blocks.
  unsigned iv_bytes = 8;         ///< 0: one constant vector of 16 octets for all samples.
  bool whole_samples = false;    ///< No subsamples in video; audio has them never, unless `audio_subsamples`.
  bool audio_subsamples = false;
  bool odd_sizes = false;         ///< Encrypted parts need not be whole blocks.
  std::vector<ContentKey> keys;   ///< The first is the track's; with several, each fragment has the next, by `seig`.
  bool groups_in_moov = false;    ///< Where `seig` describes the keys.
  bool clear_first = false;       ///< The first fragment's samples are clear, by `seig`.
  bool senc = true;               ///< False: only `saiz` and `saio`, whose data lies in a `free`.
  bool absolute_offsets = false;  ///< `tfhd` with base_data_offset.
  bool large_mdat = false;        ///< 64-bit size.
  std::uint64_t seed = 1;         ///< Of the vectors.
  std::string first_iv{};         ///< Vector of each track's first sample. Empty: by the seed.
};

/// \param file  whole: ftyp, moov, then fragments with default-base-is-moof.
std::string Encrypt(std::string_view file, const Encryption& how);

/// AES-128 of one block.
std::string AesBlock(std::string_view key, std::string_view block);

}  // namespace sluice::testing::media
