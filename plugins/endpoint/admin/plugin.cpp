// SPDX-License-Identifier: MIT
#include "admin.hpp"
#include "home.hpp"

SLUICE_PLUGIN("org.sluice.endpoint.admin", "1.0.0", "MIT", &sluice::sdk::kComponent<sluice::plugins::admin::Admin>,
              &sluice::sdk::kComponent<sluice::plugins::admin::Home>);
