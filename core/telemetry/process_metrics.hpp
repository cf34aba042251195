// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Memory, descriptors, threads and CPU time of this process, under the names that Prometheus clients share.

#include <prometheus/collectable.h>
#include <prometheus/registry.h>

namespace sluice::telemetry {

/// Read anew for each scrape. Threads: [any].
class ProcessMetrics final : public prometheus::Collectable {
 public:
  std::vector<prometheus::MetricFamily> Collect() const override;
};

}  // namespace sluice::telemetry
