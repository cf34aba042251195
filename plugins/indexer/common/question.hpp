// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Question: what is searched for, and the texts that say it to an index which knows titles only.

#include <cstdint>
#include <optional>
#include <sluice/sdk/indexer.hpp>
#include <sluice/sdk/result.hpp>
#include <string>
#include <vector>

namespace sluice::plugins::indexer {

/// A query that owns its texts: the search may outlive the call that brought it.
struct Question {
  std::string text{};
  std::string imdb_id{};  ///< "tt" and digits; may be empty.
  std::optional<std::uint32_t> season{}, episode{};
  sdk::TitleKind kind = sdk::TitleKind::kAny;
  std::uint32_t year = 0;
  std::vector<std::string> titles{};  ///< Best first, none twice.

  /// Whether seasons and episodes count: anime too.
  bool is_series() const {
    return kind == sdk::TitleKind::kSeries || kind == sdk::TitleKind::kAnime ||
           (kind == sdk::TitleKind::kAny && (season || episode));
  }
};

/// \returns  kInvalidArgument: nothing to search for, an IMDb id that is none, or a text over 500 octets.
sdk::Result<Question> ReadQuestion(const sdk::Query& query);

/// Names what is asked: equal for questions that every index answers alike.
std::string IdOf(const Question& question);

/// A text for an index's `q`.
struct SearchText {
  std::string words;
  std::uint32_t year = 0;  ///< May be said apart, where the index can; 0: none.

  /// All in one text.
  std::string whole() const { return year == 0 ? words : words + " " + std::to_string(year); }
  bool operator==(const SearchText&) const = default;
};

/// The free text as it is; then for each of the first three titles, what is narrowest first: "Title S01E02",
/// "Title S01", "Title", or for a film "Title" with its year.
std::vector<SearchText> TextsOf(const Question& question);

}  // namespace sluice::plugins::indexer
