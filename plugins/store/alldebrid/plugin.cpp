// SPDX-License-Identifier: MIT
#include "alldebrid.hpp"

SLUICE_PLUGIN("org.sluice.store.alldebrid", "1.0.0", "MIT",
              &sluice::sdk::kComponent<sluice::plugins::alldebrid::AllDebrid>);
