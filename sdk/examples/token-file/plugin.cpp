// SPDX-License-Identifier: MIT
#include <sluice/sdk/plugin.hpp>

#include "token_file.hpp"

SLUICE_PLUGIN("org.example.token-file", "1.0.0", "MIT", &sluice::sdk::kComponent<example::TokenFile>);
