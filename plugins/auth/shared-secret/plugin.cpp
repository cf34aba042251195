// SPDX-License-Identifier: MIT
#include "shared_secret.hpp"

SLUICE_PLUGIN("org.sluice.auth.shared-secret", "1.0.0", "MIT",
              &sluice::sdk::kComponent<sluice::plugins::shared_secret::SharedSecret>);
