// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// The time as an MPD's UTCTiming has it: at the live edge some seconds of skew are segments that are not there.

#include <sluice/sdk/host.hpp>
#include <sluice/sdk/manifest.hpp>

#include "manifest/common/mpd.hpp"

namespace sluice::plugins::dash_to_hls {

struct Now {
  mpd::Instant time{};
  bool agreed = false;  ///< The MPD's own clock says so, not just this machine's.
};

/// Asks the first UTCTiming that answers; what it said holds for a minute.
/// \param references  null: only this machine's clock, and what the MPD itself says.
Now ReadClock(const sdk::Call& call, const sdk::Host& host, const mpd::Mpd& mpd, sdk::ReferenceFetcher* references);

}  // namespace sluice::plugins::dash_to_hls
