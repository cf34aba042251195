// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Builds a snapshot from a configuration.

#include <memory>

#include "core/pipeline/snapshot.hpp"

namespace sluice::plugin {
class Registry;
}

namespace sluice::pipeline {

class Metrics;

/// Makes every component (those of `previous` with the same kind, type, configuration and plugin build are used again)
/// and compiles every pipeline. `config` has been loaded without faults, and its components checked.
/// \returns  null, with every fault added, when a component cannot be made or does not fit its step.
std::shared_ptr<const Snapshot> Build(config::Config config, plugin::Registry& registry, const Snapshot* previous,
                                      Metrics& metrics, config::Faults& faults);

}  // namespace sluice::pipeline
