// SPDX-License-Identifier: MIT
#include "core/pipeline/snapshot.hpp"

#include <algorithm>

namespace sluice::pipeline {

const Step* Pipeline::Find(config::Step::Kind kind) const {
  const auto found =
      std::find_if(steps.begin(), steps.end(), [&](const Step& step) { return step.config.kind == kind; });
  return found == steps.end() ? nullptr : &*found;
}

const Pipeline* Snapshot::FindPipeline(std::string_view name) const {
  const auto found = std::find_if(pipelines.begin(), pipelines.end(),
                                  [&](const Pipeline& pipeline) { return pipeline.config.name == name; });
  return found == pipelines.end() ? nullptr : &*found;
}

}  // namespace sluice::pipeline
