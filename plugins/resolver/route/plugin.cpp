// SPDX-License-Identifier: MIT
#include "route.hpp"

SLUICE_PLUGIN("org.sluice.resolver.route", "1.0.0", "MIT", &sluice::sdk::kComponent<sluice::plugins::route::Route>);
