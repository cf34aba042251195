// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Torznab's answers: what an index can, what it found, and why it refuses.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <sluice/sdk/result.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "indexer/common/item.hpp"

namespace sluice::plugins::indexer {

/// One function of an index, and the parameters that it takes.
struct Function {
  bool available = false;
  bool q = false;
  bool imdb_id = false;
  bool season = false;
  bool episode = false;
  bool year = false;
};

/// What an index can.
struct Caps {
  std::string server{};                     ///< Name of the program; may be empty.
  std::uint32_t max = 100;                  ///< Items in one answer, 1 to 1000.
  Function search{}, tv{}, movie{};         ///< t=search, tvsearch, movie.
  std::vector<std::uint32_t> categories{};  ///< Those at the top, and theirs; empty: not said.
};

/// Answers are no larger: 4 MiB, 200,000 tags, 32 levels.
inline constexpr std::size_t kMaxXmlBytes = 4U * 1024 * 1024;

/// \param secret  shown in no message, though the answer quote it.
/// \returns  kUpstreamFailed: no XML, one with a document type, too large, or something else than asked for; otherwise
///           what an `<error>` says: kUnauthenticated (100 to 102), kRateLimited (429, 500, 501), kUpstreamFailed.
sdk::Result<Caps> ReadCaps(std::string_view body, std::string_view secret);

/// Items without a title, those for Usenet, and those of Jackett with neither size nor downloads are left out.
/// Enclosures of length 0 are no links. Otherwise as ReadCaps.
sdk::Result<std::vector<Item>> ReadFeed(std::string_view body, std::string_view secret);

/// What `body` says if it is an `<error>`; nothing: it is something else.
std::optional<sdk::Error> ReadErrorOf(std::string_view body, std::string_view secret);

}  // namespace sluice::plugins::indexer
