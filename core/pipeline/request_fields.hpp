// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// What of a viewer's request head an upstream gets to see.

#include <sluice/sdk/types.hpp>
#include <vector>

#include "core/config/config.hpp"

namespace sluice::pipeline {

struct Exchange;

/// The source's fields, then those of the viewer's that `step` lets pass and the source does not set, then what the
/// gateway says of the viewer. A stranger (HomeOf) gets the source's, and of the viewer's what holds no secret.
/// \param whole  a part of the body, or none, will not do: fields that ask for that stay behind.
std::vector<sdk::Header> RequestFields(const Exchange& exchange, const config::FetchStep& step, bool whole);

/// The same for another source than the exchange's.
std::vector<sdk::Header> RequestFields(const Exchange& exchange, const sdk::Source& source,
                                       const config::FetchStep& step, bool whole);

}  // namespace sluice::pipeline
