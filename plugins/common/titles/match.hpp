// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Whether a release is of the work that is wanted.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/titles/release.hpp"

namespace sluice::plugins::titles {

enum class Kind : std::uint8_t { kMovie, kSeries, kAnime };

/// A film, or one episode.
struct Wanted {
  Kind kind = Kind::kMovie;
  std::vector<std::string> titles{};  ///< As people write them, all languages that may be met.
  int year = 0;                       ///< Of a series, of its first season. 0: not known.
  std::optional<int> season{};        ///< 0: specials. Not set for a film.
  std::optional<int> episode{};
  std::optional<int> absolute{};       ///< Of anime: the episode counted through all seasons.
  std::string date{};                  ///< When a daily show was aired, "2024-01-15"; empty: not known.
  bool season_may_be_missing = false;  ///< Whether a release that names no season may do: indexers that search exactly.
};

/// Whether two titles are the same but for what people get wrong: a letter in ten is forgiven, none in a title of less
/// than ten, and no number ("Rocky II" is not "Rocky III", "2" is "II").
/// \param a, b  as Normalise makes them. Threads: [any].
bool TitlesAgree(std::string_view a, std::string_view b);

/// Whether the title of `release` is one of `wanted`. What a release's name says behind the title may belong to it: a
/// year ("Wonder Woman 1984"), a country or a language ("Show US", "Film German"). Threads: [any].
bool TitleMatches(const Wanted& wanted, const Release& release);

/// TitleMatches, and whether `release` is, or holds, what is wanted of it: the film of that year; that season, and no
/// episodes or that one. Trailers, samples and the like never are. Threads: [any].
bool Matches(const Wanted& wanted, const Release& release);

}  // namespace sluice::plugins::titles
