// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Boxes of ISO base media files (ISO/IEC 14496-12 §4.2).

#include <cstdint>
#include <optional>
#include <sluice/sdk/result.hpp>
#include <string_view>

#include "common/isobmff/box_header.hpp"
#include "octets.hpp"

namespace sluice::plugins::cenc {

using isobmff::BadMedia;
using isobmff::BoxHeader;
using isobmff::kMaxHeaderBytes;
using isobmff::ReadHeader;

inline constexpr std::uint32_t kFree = FourCc("free");

/// Whether files and segments begin with boxes of this type (ISO/IEC 14496-12 §6.2.3, ISO/IEC 23009-1 §6.3). What
/// begins otherwise is no such file: a playlist, a transport stream, an image.
bool BeginsFiles(std::uint32_t type);

/// A box that is held whole.
struct Box {
  std::uint32_t type = 0;
  MutableOctets whole{};
  std::size_t header_bytes = 0;

  MutableOctets body() const { return whole.subspan(header_bytes); }
  /// Makes players skip it. It stays as long as it was.
  void Free() const { WriteFourCc(kFree, whole.subspan(4, 4)); }
};

/// The boxes within a box, one after another. How deep boxes are nested is for the caller to say: nothing here
/// recurses.
class Boxes {
 public:
  /// \param path  of the box that holds them, for messages: "moov/trak".
  Boxes(MutableOctets octets, std::string_view path) : rest_(octets), path_(path) {}

  /// \returns  false at the end, and at a box that does not fit into its parent: then `status` says so.
  bool Next(Box& box);
  const sdk::Status& status() const { return status_; }

 private:
  MutableOctets rest_;
  std::string_view path_;
  sdk::Status status_;
};

/// The first box of that type. \returns nothing when there is none; kUpstreamFailed as `Boxes::status`.
sdk::Result<std::optional<Box>> FindBox(MutableOctets octets, std::uint32_t type, std::string_view path);

}  // namespace sluice::plugins::cenc
