// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Item: one release as an index describes it, before it is known how a store can be asked for it.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <sluice/sdk/types.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::plugins::indexer {

struct Item {
  std::string title{};
  std::string info_hash{};           ///< 40 lower-case hex digits; empty: not said.
  std::vector<std::string> links{};  ///< Magnet URIs and URLs of .torrent files, in the order in which they count.
  std::uint64_t size_bytes = 0;
  std::uint32_t seeders = 0;
  sdk::Seconds published_at{};
  bool is_private = false;
  std::string indexer{};  ///< Name, for people; empty: not said.
  std::vector<std::uint32_t> categories{};
  std::string imdb_id{};  ///< "tt" and digits; empty: not said.
};

/// Items of one answer that are looked at.
inline constexpr std::size_t kMaxItems = 1000;

/// UTF-8 without control characters, at most `max_bytes` long: what indexes have of people is neither, at times.
std::string CleanText(std::string_view text, std::size_t max_bytes);

/// A whole decimal number in bounds; 0 for another text, a negative number and one over `max`.
std::uint64_t CountOf(std::string_view text, std::uint64_t max);

/// "public", or one of "private", "semi-private" and "semiPrivate", whose torrents are not to be added by hash.
bool IsPrivateKind(std::string_view text);

/// Whether categories say that it is something else than films and series: music, books, programs, games. Source:
/// Newznab's categories, by thousands. None says nothing.
bool IsOtherMedium(const std::vector<std::uint32_t>& categories);

/// "Sat, 14 Mar 2015 17:10:42 -0400", without the day, with a year of two digits, or as RFC 3339 has it. Source: RFC
/// 5322 §3.3, §4.3. \returns  nothing for what is none, before the epoch, or after the year 2100.
std::optional<sdk::Seconds> ReadPubDate(std::string_view text);

/// What no torrent is larger than: 2^50 octets.
inline constexpr std::uint64_t kMaxSizeBytes = std::uint64_t{1} << 50U;
inline constexpr std::size_t kMaxTitleBytes = 1024;
inline constexpr std::size_t kMaxLinkBytes = 8192;

}  // namespace sluice::plugins::indexer
