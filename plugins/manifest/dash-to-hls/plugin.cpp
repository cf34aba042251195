// SPDX-License-Identifier: MIT
#include "dash_to_hls.hpp"

SLUICE_PLUGIN("org.sluice.manifest.dash-to-hls", "1.0.0", "MIT",
              &sluice::sdk::kComponent<sluice::plugins::dash_to_hls::DashToHls>);
