// SPDX-License-Identifier: MIT
#include "chillstreams.hpp"

SLUICE_PLUGIN("org.sluice.auth.chillstreams", "1.0.0", "MIT",
              &sluice::sdk::kComponent<sluice::plugins::chillstreams::Chillstreams>);
