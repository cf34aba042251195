// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// MediaChecks: the rules of media playlists (RFC 8216bis §4.4.3 to §4.4.5).

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "check_lines.hpp"

namespace sluice::plugins::hls {

/// Sees every line of a playlist, in order. Used once.
class MediaChecks {
 public:
  /// \param target  the target duration, wherever it stands. Nothing: none that can be read.
  MediaChecks(Findings& findings, std::optional<std::uint64_t> target) : findings_(findings), target_(target) {}

  void Tag(const CheckedLine& line);
  void Uri(const CheckedLine& line);
  void End();

 private:
  struct Range {
    std::uint64_t line = 0;
    bool has_offset = false;
  };

  void Duration(const CheckedLine& line);
  void ByteRange(const CheckedLine& line);
  void Key(const CheckedLine& line);
  void Part(const CheckedLine& line);
  void Order(const CheckedLine& line);

  Findings& findings_;
  const std::optional<std::uint64_t> target_;
  std::uint64_t first_segment_ = 0;  ///< Its line. 0: none yet.
  std::uint64_t duration_ = 0;       ///< The line of an EXTINF whose URI is to come. 0: there is none.
  std::uint64_t end_list_ = 0;
  std::uint64_t part_ = 0;
  bool has_target_ = false;
  bool behind_end_ = false;
  bool discontinuous_ = false;
  bool skips_ = false;  ///< Of a delta update: what came before is not all here.
  bool has_map_ = false;
  bool lacks_map_ = false;
  bool has_part_info_ = false;
  std::optional<Range> range_;
  std::string ranged_uri_;  ///< Of the segment before, if it was a part of that. Empty: it was not.
  std::string ranged_part_;
};

}  // namespace sluice::plugins::hls
