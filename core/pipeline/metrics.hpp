// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// What pipelines count.

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <array>
#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "core/relay/relay.hpp"

namespace sluice::pipeline {

/// Label of what no pipeline serves. No pipeline can be called that.
inline constexpr std::string_view kNoPipeline = "-";

/// The series of one pipeline, looked up once.
struct PipelineMetrics {
  /// One request. \param took  from its head to the response head; nothing: there was none.
  void Count(std::string_view method, int status, std::optional<std::chrono::steady_clock::duration> took);
  /// \param step  "fetch". \param code  "upstream_failed".
  prometheus::Counter& Failures(std::string_view step, std::string_view code);

  /// \param result  "resumed", "changed" (another representation by now), "failed"
  prometheus::Counter& Resumes(std::string_view result);

  /// One manifest. \param kept  it came out of a ManifestCache.
  void CountManifest(bool kept) { manifests_[kept ? 1 : 0]->Increment(); }

  /// Body octets sent to viewers.
  prometheus::Counter& Relayed(relay::Mode mode) { return *relayed_bytes_[static_cast<std::size_t>(mode)]; }
  prometheus::Gauge& streams;

  PipelineMetrics(std::string pipeline, prometheus::Family<prometheus::Counter>& requests,
                  prometheus::Family<prometheus::Counter>& failures, prometheus::Family<prometheus::Histogram>& seconds,
                  prometheus::Family<prometheus::Counter>& bytes, prometheus::Family<prometheus::Counter>& resumes,
                  prometheus::Family<prometheus::Counter>& manifests, prometheus::Family<prometheus::Gauge>& streams);

 private:
  prometheus::Counter& Requests(std::string_view method, int status);

  const std::string pipeline_;
  prometheus::Histogram& seconds_;
  std::array<prometheus::Counter*, relay::kModes> relayed_bytes_{};
  std::array<prometheus::Counter*, 2> manifests_{};
  prometheus::Family<prometheus::Counter>& requests_;
  prometheus::Family<prometheus::Counter>& failures_;
  prometheus::Family<prometheus::Counter>& resumes_;
  // By method and status class; null until the first request of that kind. Every request passes here: no lock.
  std::array<std::array<std::atomic<prometheus::Counter*>, 10>, 8> requests_by_kind_{};
};

/// Threads: [any].
class Metrics {
 public:
  explicit Metrics(prometheus::Registry& registry);
  /// The same object for the same name, across reloads.
  std::shared_ptr<PipelineMetrics> Of(const std::string& pipeline);

 private:
  prometheus::Family<prometheus::Counter>& requests_;
  prometheus::Family<prometheus::Counter>& failures_;
  prometheus::Family<prometheus::Histogram>& seconds_;
  prometheus::Family<prometheus::Counter>& bytes_;
  prometheus::Family<prometheus::Counter>& resumes_;
  prometheus::Family<prometheus::Counter>& manifests_;
  prometheus::Family<prometheus::Gauge>& streams_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<PipelineMetrics>> by_name_;
};

}  // namespace sluice::pipeline
