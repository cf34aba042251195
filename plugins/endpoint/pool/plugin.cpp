// SPDX-License-Identifier: MIT
#include "pool.hpp"

SLUICE_PLUGIN("org.sluice.endpoint.pool", "1.0.0", "MIT", &sluice::sdk::kComponent<sluice::plugins::pool::Pool>);
