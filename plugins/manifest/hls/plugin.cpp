// SPDX-License-Identifier: MIT
#include "hls_rewriter.hpp"

SLUICE_PLUGIN("org.sluice.manifest.hls", "1.0.0", "MIT", &sluice::sdk::kComponent<sluice::plugins::hls::HlsRewriter>);
