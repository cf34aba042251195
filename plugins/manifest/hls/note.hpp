// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Note: what a link of ours carries for the time when somebody follows it.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::plugins::hls {

/// Texts one after another, each behind its length. Any octets.
class Items {
 public:
  static void Put(std::string_view item, std::string& out);

  explicit Items(std::string_view packed) : rest_(packed) {}
  /// \returns  false at the end, and where the octets are none that Put wrote: then `whole` is false too.
  bool Next(std::string_view& item);
  bool whole() const { return whole_; }

 private:
  std::string_view rest_;
  bool whole_ = true;
};

struct Note {
  /// kPart: a partial segment, which the origin may still be recording.
  enum class To : char { kPlaylist = 'p', kSteering = 's', kAssets = 'a', kPart = 'h' };

  To to = To::kPlaylist;
  /// Names the multivariant playlist whose pathways may be cloned into this link. Empty: none.
  std::string scope{};
  /// What the multivariant playlist defines, for IMPORT (RFC 8216bis §4.4.2.3).
  std::vector<std::pair<std::string, std::string>> variables{};
  bool variables_left_out = false;  ///< There are some, and they are too long to be carried.

  /// At most sdk::kMaxNoteBytes: what is too long is left out. Empty when there is nothing to say of a playlist.
  std::string Pack() const;
  /// \returns  nothing: no note of ours.
  static std::optional<Note> Unpack(std::string_view packed);
  /// What a link with this note leads to; kPlaylist also where the note is none of ours.
  static To Leads(std::string_view packed) noexcept;
};

}  // namespace sluice::plugins::hls
