// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Indexer: searches for releases. Results arrive one by one, so a slow indexer still gives what it has at the
/// deadline.

#include <sluice/sdk/call.hpp>
#include <sluice/sdk/types.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sluice::sdk {

/// What to look for.
struct Query {
  std::string_view text{};                           ///< Free text; may be empty when `imdb_id` is not.
  std::string_view imdb_id{};                        ///< "tt" and digits; may be empty.
  std::optional<std::uint32_t> season{}, episode{};  ///< Nothing: any.
  std::uint32_t limit = 100;                         ///< 1 to 1000.
};

/// One thing that can be asked of a store.
struct Release {
  std::string title;             ///< As the indexer has it.
  std::string info_hash{};       ///< 40 lower-case hex digits; empty when only `magnet` is known.
  std::string magnet{};          ///< Magnet URI or URL of a .torrent; may be empty when `info_hash` is not.
  std::uint64_t size_bytes = 0;  ///< 0: not said.
  std::uint32_t seeders = 0;     ///< 0: none, or not said.
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
  /// \returns  kInvalidArgument when both text and imdb_id are empty; kUnauthenticated (API key), kRateLimited,
  ///           kUpstreamFailed, kDeadlineExceeded (what was put counts), kCancelled.
  virtual Status Search(const Call& call, const Query& query, ReleaseSink& sink) = 0;
};

}  // namespace sluice::sdk
