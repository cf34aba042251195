// SPDX-License-Identifier: MIT
#include "realdebrid.hpp"

SLUICE_PLUGIN("org.sluice.store.realdebrid", "1.0.0", "MIT",
              &sluice::sdk::kComponent<sluice::plugins::realdebrid::RealDebrid>);
