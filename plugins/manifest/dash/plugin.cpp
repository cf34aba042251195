// SPDX-License-Identifier: MIT
#include "dash_rewriter.hpp"

SLUICE_PLUGIN("org.sluice.manifest.dash", "1.0.0", "MIT",
              &sluice::sdk::kComponent<sluice::plugins::dash::DashRewriter>);
