// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Search: what indexers have of a title.

#include <sluice/sdk/host.hpp>
#include <sluice/sdk/indexer.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "common/titles/match.hpp"
#include "common/titles/release.hpp"
#include "settings.hpp"
#include "userdata.hpp"

namespace sluice::plugins::stremio {

/// A release that is, or holds, what is wanted.
struct Finding {
  sdk::Release release{};  ///< Its hash is not empty.
  titles::Release parsed{};
  bool of_viewer = false;  ///< Its `torrent_url` is what an index of the viewer's own says.
};

/// Why an indexer found nothing, or less than it could have.
struct SearchFault {
  std::string indexer{};
  sdk::Error error{};
};

struct SearchOutcome {
  std::vector<Finding> findings{};  ///< Each hash once: of several the one with the most seeders; private if one is.
  std::vector<SearchFault> faults{};
};

/// Of `Settings::viewer_indexers` the one that searches such an index; null: there is none. \param name  as
/// IndexerChoice::name.
sdk::Indexer* SpeakerOf(const Settings& settings, std::string_view name);

/// Asks every configured indexer, and those that the viewer brings, side by side, until `Settings::search_time` is
/// over; what indexers find later they keep for the next who asks. At most 2000 hashes: those that come first. \param
/// imdb_id  "tt" and digits. Threads: [any].
SearchOutcome Search(const sdk::Host& host, const Settings& settings, const sdk::Call& call, const UserData& userdata,
                     const titles::Wanted& wanted, std::string_view imdb_id);

}  // namespace sluice::plugins::stremio
