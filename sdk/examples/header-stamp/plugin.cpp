// SPDX-License-Identifier: MIT
#include <sluice/sdk/plugin.hpp>

#include "header_stamp.hpp"

SLUICE_PLUGIN("org.example.header-stamp", "1.0.0", "MIT", &sluice::sdk::kComponent<example::HeaderStamp>);
