// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Indexer: searches for releases. Results arrive one by one, so a slow indexer still gives what it has at the
/// deadline.

#include <sluice/sdk/call.hpp>
#include <sluice/sdk/types.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace sluice::sdk {

enum class TitleKind : std::uint32_t { kAny, kMovie, kSeries, kAnime };

/// Whose index is asked.
struct IndexerUser {
  std::string_view url{};  ///< Of the viewer's own index; empty: the configured one.
  std::string_view key{};  ///< Its API key. Secret.
};

/// What to look for.
struct Query {
  std::string_view text{};     ///< Free text, searched for as it is; may be empty when `titles` or `imdb_id` are not.
  std::string_view imdb_id{};  ///< "tt" and digits; may be empty.
  std::optional<std::uint32_t> season{}, episode{};  ///< Nothing: any.
  std::uint32_t limit = 100;                         ///< 1 to 1000.
  TitleKind kind = TitleKind::kAny;
  std::uint32_t year = 0;                         ///< 0: not known.
  std::span<const std::string_view> titles = {};  ///< Names of the title, best first. The indexer makes its own texts
                                                  ///< of them, with year, season and episode.
};

/// One thing that can be asked of a store.
struct Release {
  std::string title;             ///< As the indexer has it.
  std::string info_hash{};       ///< 40 lower-case hex digits; empty when only `torrent_url` is known.
  std::string magnet{};          ///< Magnet URI; may be empty.
  std::uint64_t size_bytes = 0;  ///< 0: not said.
  std::uint32_t seeders = 0;     ///< 0: none, or not said.
  std::string torrent_url{};     ///< Of a .torrent file; may be empty. May carry a key of the viewer's: secret.
  std::string indexer{};         ///< Name of where it was found, for people.
  Seconds published_at{};        ///< Zero: not said.
  bool is_private = false;       ///< Of a private tracker: never to be added by hash.
  bool exact = false;            ///< Found by id and numbers, so that its title need not be compared.
};

struct ReleaseSink {
  /// Takes one release. \returns false when the caller wants no more.
  virtual bool Put(const Release& release) = 0;

 protected:
  ~ReleaseSink() = default;
};

/// Implemented by plugins. Id: "sluice.indexer/1".
/// Threads: [worker].
struct Indexer {
  virtual ~Indexer() = default;

  /// Puts what matches into `sink` as it becomes known, at most `query.limit` releases; stops when the sink wants no
  /// more (that is no error: answer OK) or the call is over.
  /// \returns  kInvalidArgument when text, titles and imdb_id are all empty, and for a URL that is none;
  ///           kUnauthenticated (API key), kPermissionDenied (a viewer's URL where none may be given), kRateLimited,
  ///           kUpstreamFailed, kDeadlineExceeded (what was put counts), kCancelled.
  virtual Status Search(const Call& call, const IndexerUser& user, const Query& query, ReleaseSink& sink) = 0;
};

}  // namespace sluice::sdk
