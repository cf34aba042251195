// SPDX-License-Identifier: MIT
#include "clearkey.hpp"

SLUICE_PLUGIN("org.sluice.endpoint.clearkey", "1.0.0", "MIT",
              &sluice::sdk::kComponent<sluice::plugins::clearkey::ClearKey>);
