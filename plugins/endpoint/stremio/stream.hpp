// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// One way to watch what is wanted: what is known of it, and how players are told.

#include <chrono>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "common/titles/release.hpp"

namespace sluice::plugins::stremio {

/// Whether a store can play it at once. Some stores do not say.
enum class CacheState : std::uint8_t { kCached, kUnknown, kUncached };

/// A release, and through which store it would be played. Texts are as strangers wrote them; JSON is made of what may
/// be shown.
struct Stream {
  std::string hash{};        ///< Info hash, 40 lower-case hex digits.
  std::string store_code{};  ///< "tb"; kPeerToPeer; empty: not chosen yet.
  CacheState cache = CacheState::kUnknown;
  bool proxied = false;     ///< The gateway fetches it, and not the player.
  bool is_private = false;  ///< Of a private tracker.
  std::string name{};       ///< Of the torrent.
  titles::Release release{};
  std::string file_name{};                   ///< Without folders; empty: which file is not known.
  std::optional<std::int64_t> file_index{};  ///< Of the file in the torrent; 0 is the first.
  std::uint64_t file_size_bytes = 0;         ///< 0: not known.
  std::uint64_t size_bytes = 0;              ///< Of the torrent. 0: not known.
  std::uint64_t bits_per_second = 0;         ///< 0: not known.
  std::string video_hash{};                  ///< OpenSubtitles hash; empty: not known.
  std::optional<std::uint32_t> seeders{};
  std::string indexer{};                      ///< Name of where it was found.
  std::string indexer_host{};                 ///< Its host; may be empty.
  std::string category{};                     ///< As the filter sees it; may be empty.
  std::optional<std::chrono::seconds> age{};  ///< Since it was published; shown where it is what counts (usenet).

  /// Of the file if it is known, else of the torrent.
  std::uint64_t PlayedBytes() const { return file_size_bytes != 0 ? file_size_bytes : size_bytes; }
};

/// Whether a player may take part in the torrent by itself: not in one of a private tracker, and not without knowing
/// which file to play.
bool CanBePeerToPeer(const Stream& stream);

/// A stream object of the protocol: with `infoHash` and `fileIdx` where its store is kPeerToPeer, else with `url`.
/// \param addon  its name, the second line. \param url  of playback; a secret of the viewer's may stand in it.
/// Threads: [any].
nlohmann::ordered_json StreamObject(const Stream& stream, std::string_view addon, std::string_view url);

/// A stream that says why there are none, and leads to `url`: a page or a clip. Threads: [any].
nlohmann::ordered_json NoticeObject(std::string_view addon, std::string_view text, std::string_view url);

}  // namespace sluice::plugins::stremio
