// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// What fake indexes hold, and how they misbehave.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::fakes {

/// By what an index says how a release is had.
enum class Offer {
  kHash,             ///< The attribute infohash.
  kMagnet,           ///< The attribute magneturl.
  kMagnetEnclosure,  ///< A magnet URI as link and enclosure.
  kRedirect,         ///< A link that redirects to a magnet URI.
  kTorrent,          ///< A link to a .torrent file.
  kPrivateTorrent,   ///< The same, and the file says that it is private.
  kHtml,             ///< A link to a page.
  kGone,             ///< A link to nothing.
};

struct FakeRelease {
  std::string title;
  Offer offer = Offer::kHash;
  std::string imdb_id = "tt0903747";
  std::uint32_t season = 0, episode = 0;  ///< 0: of a film, or of a whole season.
  std::uint32_t category = 2000;
  std::uint64_t size_bytes = 1'000'000'000;
  std::uint32_t seeders = 7;
  std::uint32_t grabs = 3;
  std::string published = "Sat, 14 Mar 2015 17:10:42 -0400";
};

/// What an index answers in place of what it should.
enum class Fault {
  kNone,
  kError,        ///< `<error>` with the index's `error_code`.
  kTooMany,      ///< 429 with Retry-After: 30.
  kServerError,  ///< 500 with a page.
  kHtml,         ///< 200 with a page.
  kEmpty,        ///< 200 with nothing.
  kTruncated,    ///< Half of the answer.
  kBomb,         ///< Entities that multiply.
  kWrongType,    ///< The right answer as text/plain.
  kHeld,         ///< The right answer, once FakeIndexers::ReleaseHeld was called.
};

struct FakeIndex {
  std::string id;            ///< Jackett's.
  std::uint32_t number = 0;  ///< Prowlarr's.
  std::string privacy = "public";
  bool enabled = true;
  bool usenet = false;
  bool imdb_id = true;  ///< Whether its functions take one.
  bool numbers = true;  ///< Whether tvsearch takes season and ep.
  bool year = false;    ///< Whether movie takes a year.
  std::uint32_t max = 100;
  std::vector<FakeRelease> releases{};
  Fault fault = Fault::kNone;       ///< Of searches.
  Fault caps_fault = Fault::kNone;  ///< Of caps.
  std::uint32_t error_code = 100;
};

/// The hash by which the release of that title is known, however it is offered. 40 lower-case hex digits.
std::string HashOf(const FakeRelease& release);
/// A .torrent file with that hash.
std::string TorrentOf(const FakeRelease& release);
std::string MagnetOf(const FakeRelease& release);

/// As text of XML.
std::string Escaped(std::string_view text);

/// Where the link of the release at that position leads.
using LinkTo = std::function<std::string(std::size_t position)>;

/// What Torznab says: caps, and the feed of `found`. \param element  "jackettindexer", "prowlarrindexer" or none.
std::string CapsOf(const FakeIndex& index, const std::string& server);
std::string FeedOf(const FakeIndex& index, const std::vector<const FakeRelease*>& found, const LinkTo& link,
                   const std::string& element);
/// What Prowlarr's search says.
std::string ResultsOf(const FakeIndex& index, const std::vector<const FakeRelease*>& found, const LinkTo& link);

}  // namespace sluice::fakes
