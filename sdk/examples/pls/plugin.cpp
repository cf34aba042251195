// SPDX-License-Identifier: MIT
#include <sluice/sdk/plugin.hpp>

#include "pls.hpp"

SLUICE_PLUGIN("org.example.pls", "1.0.0", "MIT", &sluice::sdk::kComponent<example::Pls>);
