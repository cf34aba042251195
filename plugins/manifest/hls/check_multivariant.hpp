// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// MultivariantChecks: the rules of multivariant playlists (RFC 8216bis §4.4.6).

#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "check_lines.hpp"

namespace sluice::plugins::hls {

/// Sees every line of a playlist, in order. Used once.
class MultivariantChecks {
 public:
  explicit MultivariantChecks(Findings& findings) : findings_(findings) {}

  void Tag(const CheckedLine& line);
  void Uri(const CheckedLine& line);
  void End();

 private:
  /// Where a group is named that an EXT-X-MEDIA has to define, perhaps a later one.
  struct Reference {
    std::uint64_t line;
    std::string type, group;
  };

  void Media(const CheckedLine& line);
  void Variant(const CheckedLine& line);
  void NoUri();

  Findings& findings_;
  std::uint64_t variant_ = 0;  ///< The line of an EXT-X-STREAM-INF whose URI is to come. 0: there is none.
  std::vector<Reference> references_;
  std::set<std::pair<std::string, std::string>> groups_, defaults_;  ///< TYPE and GROUP-ID.
  std::set<std::string> names_;                                      ///< With the group they are in.
};

}  // namespace sluice::plugins::hls
