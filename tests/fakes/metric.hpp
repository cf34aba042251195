// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// What a registry says, for assertions.

#include <prometheus/registry.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace sluice::testing {

using Labels = std::vector<std::pair<std::string, std::string>>;

/// Value of a counter or gauge, or the count of a histogram: the sum over the series of `name` that have all of
/// `labels`; 0 when there is none.
inline double Metric(const prometheus::Registry& registry, const std::string& name, const Labels& labels = {}) {
  double sum = 0;
  for (const auto& family : registry.Collect()) {
    if (family.name != name) continue;
    for (const auto& metric : family.metric) {
      const auto has = [&](const auto& wanted) {
        return std::any_of(metric.label.begin(), metric.label.end(), [&](const auto& label) {
          return label.name == wanted.first && label.value == wanted.second;
        });
      };
      if (!std::all_of(labels.begin(), labels.end(), has)) continue;
      sum += metric.counter.value + metric.gauge.value + static_cast<double>(metric.histogram.sample_count);
    }
  }
  return sum;
}

}  // namespace sluice::testing
