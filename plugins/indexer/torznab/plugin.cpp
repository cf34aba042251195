// SPDX-License-Identifier: MIT
#include "torznab.hpp"

SLUICE_PLUGIN("org.sluice.indexer.torznab", "1.0.0", "MIT",
              &sluice::sdk::kComponent<sluice::plugins::torznab::TorznabIndexer>);
