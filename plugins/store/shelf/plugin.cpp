// SPDX-License-Identifier: MIT
#include "shelf.hpp"

SLUICE_PLUGIN("org.sluice.store.shelf", "1.0.0", "MIT", &sluice::sdk::kComponent<sluice::plugins::shelf::Shelf>);
