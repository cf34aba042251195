// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Which requests a Torznab index is asked for a question, by what it can.

#include <cstdint>
#include <string>
#include <vector>

#include "indexer/common/question.hpp"
#include "indexer/common/torznab_xml.hpp"

namespace sluice::plugins::indexer {

struct TorznabRequest {
  std::string parameters;  ///< "t=tvsearch&imdbid=tt0903747&season=1&ep=2&cat=5000&limit=100"
  bool exact = false;      ///< Its results are found by id and numbers.
  bool operator==(const TorznabRequest&) const = default;
};

/// By IMDb id where the function for its kind takes one, and it is no anime: exact for a film, and for a series when
/// season and episode are both sent. Otherwise one request for each of TextsOf. A free text is searched for in any
/// case. \param categories  empty: by kind. \returns  empty: the index can do nothing for it.
std::vector<TorznabRequest> PlanOf(const Caps& caps, const Question& question,
                                   const std::vector<std::uint32_t>& categories);

/// Categories for a question of that kind, where none are configured: "2000,5000". May be empty.
std::vector<std::uint32_t> CategoriesOf(sdk::TitleKind kind);

}  // namespace sluice::plugins::indexer
