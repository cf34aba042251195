// SPDX-License-Identifier: MIT
#include "jwt.hpp"

SLUICE_PLUGIN("org.sluice.auth.jwt", "1.0.0", "MIT", &sluice::sdk::kComponent<sluice::plugins::jwt::Jwt>);
