// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Components that name others.

#include "core/config/config.hpp"
#include "core/config/fault.hpp"
#include "core/config/schema.hpp"

namespace sluice::config {

/// Adds a fault for each component that `component` names, where its schema says so, and that is none of its kind.
void CheckReferences(const Schema& schema, const Component& component, const Config& config, const Places& places,
                     Faults& faults);

}  // namespace sluice::config
