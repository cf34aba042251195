// SPDX-License-Identifier: MIT
#include "stremio.hpp"

SLUICE_PLUGIN("org.sluice.endpoint.stremio", sluice::plugins::stremio::kVersion, "MIT",
              &sluice::sdk::kComponent<sluice::plugins::stremio::Stremio>);
