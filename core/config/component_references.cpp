// SPDX-License-Identifier: MIT
#include "core/config/component_references.hpp"

#include <algorithm>
#include <string>

namespace sluice::config {

void CheckReferences(const Schema& schema, const Component& component, const Config& config, const Places& places,
                     Faults& faults) {
  for (const auto& reference : schema.ComponentReferences(*component.config)) {
    const bool known = std::any_of(config.components.begin(), config.components.end(), [&](const auto& other) {
      return other.kind == reference.kind && other.name == reference.name;
    });
    if (known) continue;
    std::string names;
    for (const auto& other : config.components) {
      if (other.kind == reference.kind) names += (names.empty() ? "" : ", ") + other.name;
    }
    faults.Add(PlaceOf(places, component.config_pointer + reference.pointer),
               "want the name of a component of kind " + reference.kind + ", found \"" + reference.name +
                   "\"; known: " + (names.empty() ? "none" : names));
  }
}

}  // namespace sluice::config
