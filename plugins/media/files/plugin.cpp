// SPDX-License-Identifier: MIT
#include "files.hpp"

SLUICE_PLUGIN("org.sluice.media.files", "1.0.0", "MIT", &sluice::sdk::kComponent<sluice::plugins::files::Files>);
