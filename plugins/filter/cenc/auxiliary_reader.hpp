// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// AuxiliaryReader: initialisation vector and subsamples of one sample after another (ISO/IEC 23001-7 §7).

#include <cstdint>
#include <sluice/sdk/result.hpp>
#include <vector>

#include "fragment.hpp"
#include "track_fragment.hpp"

namespace sluice::plugins::cenc {

/// Unopened, it knows of no sample anything: enough where all share one vector and are encrypted whole.
class AuxiliaryReader {
 public:
  sdk::Status OpenSenc(const AuxiliaryData& senc);
  /// `saiz` and `saio` say where to look. \param base  what offsets count from, seen from the start of `moof`.
  sdk::Status OpenSizes(Octets saiz, Octets saio, Octets moof, std::uint64_t base);

  /// \param sample  with its size; gets its vector and subsamples. Message without the track's name.
  sdk::Status Next(const Protection& protection, Sample& sample, std::vector<Subsample>& subsamples);

 private:
  enum class Form { kNone, kSenc, kSizes };

  sdk::Status ReadSubsamples(Fields& from, Sample& sample, std::vector<Subsample>& subsamples);

  Form form_ = Form::kNone;
  bool has_subsamples_ = false;
  std::uint32_t left_ = 0;  ///< Samples that there is something of.
  Fields entries_{Octets{}};
  std::uint8_t entry_bytes_ = 0;  ///< Of kSizes; 0: each sample's stand in `sizes_`.
  Octets sizes_{};
};

}  // namespace sluice::plugins::cenc
