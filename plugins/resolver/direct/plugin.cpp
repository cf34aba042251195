// SPDX-License-Identifier: MIT
#include "direct.hpp"

SLUICE_PLUGIN("org.sluice.resolver.direct", "1.0.0", "MIT", &sluice::sdk::kComponent<sluice::plugins::direct::Direct>);
