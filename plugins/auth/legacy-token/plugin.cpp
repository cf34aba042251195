// SPDX-License-Identifier: MIT
#include "legacy_token.hpp"

SLUICE_PLUGIN("org.sluice.auth.legacy-token", "1.0.0", "MIT",
              &sluice::sdk::kComponent<sluice::plugins::legacy_token::LegacyToken>);
