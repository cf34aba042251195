// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Gives the rest of a response to the relay, so that no worker waits for a viewer's player.

#include "core/pipeline/steps.hpp"

namespace sluice::pipeline {

/// After the response has started. Then the exchange's viewer may not be used any more; metrics and log line follow
/// when the body has ended.
/// \returns  false, and nothing has changed, when the body must be sent from here: it is at hand already, or it comes
///           neither over a connection nor from a file.
bool HandOver(const StepContext& context, Exchange& exchange);

}  // namespace sluice::pipeline
