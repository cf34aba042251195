// SPDX-License-Identifier: MIT
#include "torbox.hpp"

SLUICE_PLUGIN("org.sluice.store.torbox", "1.0.0", "MIT", &sluice::sdk::kComponent<sluice::plugins::torbox::TorBox>);
