// SPDX-License-Identifier: MIT
#include "prowlarr.hpp"

SLUICE_PLUGIN("org.sluice.indexer.prowlarr", "1.0.0", "MIT",
              &sluice::sdk::kComponent<sluice::plugins::prowlarr::ProwlarrIndexer>);
