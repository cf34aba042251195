// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Builds a snapshot from a configuration.

#include <memory>

#include "core/pipeline/snapshot.hpp"

namespace sluice::plugin {
class PluginSet;
}

namespace sluice::pipeline {

class Metrics;

/// Checks every component, makes those without a fault (the ones of `previous` with the same kind, type, configuration
/// and plugin build are used again) and compiles every pipeline.
/// \param faults  may hold some of the configuration already: the components are tried all the same.
/// \returns  null, with every fault added, when there is one: of before, or of a component that cannot be made or does
///           not fit its step.
std::shared_ptr<const Snapshot> Build(config::Config config, std::shared_ptr<const plugin::PluginSet> plugins,
                                      const Snapshot* previous, Metrics& metrics, config::Faults& faults);

}  // namespace sluice::pipeline
