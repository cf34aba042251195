// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Streams as a list: one for each thing that can be played, the best first.

#include <vector>

#include "sort.hpp"
#include "stream.hpp"

namespace sluice::plugins::stremio {

/// One stream for each hash and store, where the first of them stood. What one does not say, another may: sizes, file,
/// indexer, seeders (the most that anybody counted). It is private if one says so, and cached if one says so.
/// Threads: [any].
std::vector<Stream> WithoutDuplicates(std::vector<Stream> streams);

/// As players are shown them: without duplicates; of what a store has cached, that store's first stream and none of
/// the others; sorted; cached ones first, then those of which it is not known, then the rest.
/// \param cached_only  leave out what is not known to be cached. Streams of peers are never cached, and stay.
/// Threads: [any].
std::vector<Stream> Arranged(std::vector<Stream> streams, const std::vector<SortKey>& keys, bool cached_only);

}  // namespace sluice::plugins::stremio
