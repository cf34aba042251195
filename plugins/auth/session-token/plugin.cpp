// SPDX-License-Identifier: MIT
#include "session_token.hpp"

SLUICE_PLUGIN("org.sluice.auth.session-token", "1.0.0", "MIT",
              &sluice::sdk::kComponent<sluice::plugins::session_token::SessionToken>);
