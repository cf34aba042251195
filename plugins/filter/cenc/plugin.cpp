// SPDX-License-Identifier: MIT
#include "cenc.hpp"

SLUICE_PLUGIN("org.sluice.filter.cenc", "1.0.0", "MIT", &sluice::sdk::kComponent<sluice::plugins::cenc::Cenc>);
