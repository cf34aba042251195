// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Torrent: one torrent of an account, read from what Real-Debrid says of it.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <sluice/sdk/store.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "dialect.hpp"
#include "store/common/json.hpp"
#include "store/common/paths.hpp"

namespace sluice::plugins::realdebrid {

struct TorrentFile {
  std::uint32_t number = 0;  ///< The store's id: position in the torrent, counted from 1.
  std::string path;          ///< Safe, without the torrent's folder.
  std::uint64_t size_bytes = 0;
  bool is_selected = false;
  bool is_video = false;
  std::string link{};  ///< The store's own, to be unrestricted. Empty: there is none, or not yet.

  /// Whether `name` is this file's, and not that of an archive which it was packed into.
  bool IsCalled(std::string_view name) const { return path.substr(path.rfind('/') + 1) == store::SafePath(name); }
};

struct Torrent {
  std::string id;
  std::string hash;  ///< 40 lower-case hex digits.
  std::string name;
  const StatusRow* status = nullptr;  ///< Not null.
  std::uint64_t size_bytes = 0;
  sdk::Seconds added_at{};
  std::vector<TorrentFile> files{};  ///< Empty until the store knows them, and in lists.
  bool is_packed = false;            ///< Fewer links than files: they may be one archive.

  bool ready() const { return status->state == sdk::ItemState::kReady; }
  bool failed() const { return status->state == sdk::ItemState::kFailed; }
  bool waits_for_selection() const { return status->name == kWaitsForSelection; }

  /// What SelectFiles is told: the videos, or all files where there are none.
  std::string Selection() const;
  /// Whether all that would be selected is, so that the torrent serves as it is.
  bool IsSelectedWell() const;

  /// Its files have links once it is ready; those that nobody asked the store for are left out.
  sdk::Item ToItem() const;
};

/// \returns  nothing: `entry` names no id or info hash.
std::optional<Torrent> ReadTorrent(const store::Json& entry);

}  // namespace sluice::plugins::realdebrid
