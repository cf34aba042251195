// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// What players ask for: ids of videos, and the paths of requests.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <sluice/sdk/result.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::plugins::stremio {

enum class IdSpace : std::uint8_t { kImdb, kKitsu, kMal };

/// A film, or one episode. The two of kKitsu and kMal count episodes through and know no seasons.
struct VideoId {
  IdSpace space = IdSpace::kImdb;
  std::string title{};                     ///< Without season and episode: "tt1234567", "kitsu:42".
  std::optional<std::uint32_t> season{};   ///< 0: specials. kImdb only, and there with `episode`.
  std::optional<std::uint32_t> episode{};  ///< 0: what stands in front of the first, such as a pilot.

  /// The id as players write it, numbers without leading zeros.
  std::string Text() const;

  friend bool operator==(const VideoId&, const VideoId&) = default;
};

/// "tt" and 1 to 10 digits, alone or with ":season:episode"; "kitsu:" or "mal:" and 1 to 9 digits, alone or with
/// ":episode". Season 0 and episode 0 are ids like others: catalogues list specials under them.
/// \param id  without escapes. \returns  kInvalidArgument; the message does not quote it. Threads: [any].
sdk::Result<VideoId> ReadVideoId(std::string_view id);

/// Whether an id can be of that type: films have no episode, episodes of IMDb titles have one, and "anime" is of kKitsu
/// and kMal alone. \param type  "movie", "series" or "anime". \returns  kInvalidArgument. Threads: [any].
sdk::Status CheckType(const VideoId& id, std::string_view type);

/// "/stream/series/tt1234567%3A1%3A2/skip=100&genre=Drama.json".
struct ResourcePath {
  std::string resource{};                                     ///< "stream"
  std::string type{};                                         ///< "series"
  std::string id{};                                           ///< "tt1234567:1:2"; any text.
  std::vector<std::pair<std::string, std::string>> extras{};  ///< In the order given; a name may stand twice.
};

/// \param path  behind the configuration, with its escapes: they are undone once, after it was taken apart.
/// \returns  kInvalidArgument: another shape, more than 4 KiB, an id or extra of more than 512 octets, more than 16
///           extras, what is no UTF-8, control characters. Threads: [any].
sdk::Result<ResourcePath> ReadResourcePath(std::string_view path);

}  // namespace sluice::plugins::stremio
