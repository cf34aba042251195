// SPDX-License-Identifier: MIT
#include "core/pipeline/metrics.hpp"

#include <algorithm>
#include <array>

namespace sluice::pipeline {
namespace {

const prometheus::Histogram::BucketBoundaries kSeconds = {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                                          0.25,   0.5,   1,      2.5,   5,    10,    30,   60};

/// A fixed set: a client must not be able to make label values up.
constexpr std::array<std::string_view, 8> kMethods = {"GET",    "HEAD",    "POST",  "PUT",
                                                      "DELETE", "OPTIONS", "PATCH", "other"};

std::size_t IndexOf(std::string_view method) {
  return static_cast<std::size_t>(std::find(kMethods.begin(), kMethods.end() - 1, method) - kMethods.begin());
}

}  // namespace

PipelineMetrics::PipelineMetrics(std::string pipeline, prometheus::Family<prometheus::Counter>& requests,
                                 prometheus::Family<prometheus::Counter>& failures,
                                 prometheus::Family<prometheus::Histogram>& seconds,
                                 prometheus::Family<prometheus::Counter>& bytes,
                                 prometheus::Family<prometheus::Counter>& resumes,
                                 prometheus::Family<prometheus::Counter>& manifests,
                                 prometheus::Family<prometheus::Gauge>& streams_family)
    : streams(streams_family.Add({{"pipeline", pipeline}})),
      pipeline_(std::move(pipeline)),
      seconds_(seconds.Add({{"pipeline", pipeline_}}, kSeconds)),
      requests_(requests),
      failures_(failures),
      resumes_(resumes) {
  manifests_ = {&manifests.Add({{"pipeline", pipeline_}, {"result", "rewritten"}}),
                &manifests.Add({{"pipeline", pipeline_}, {"result", "kept"}})};
  for (const auto mode : {relay::Mode::kSplice, relay::Mode::kBuffered, relay::Mode::kTls}) {
    relayed_bytes_[static_cast<std::size_t>(mode)] =
        &bytes.Add({{"pipeline", pipeline_}, {"mode", std::string(relay::NameOf(mode))}});
  }
}

prometheus::Counter& PipelineMetrics::Failures(std::string_view step, std::string_view code) {
  return failures_.Add({{"pipeline", pipeline_}, {"step", std::string(step)}, {"code", std::string(code)}});
}

prometheus::Counter& PipelineMetrics::Resumes(std::string_view result) {
  return resumes_.Add({{"pipeline", pipeline_}, {"result", std::string(result)}});
}

void PipelineMetrics::Count(std::string_view method, int status,
                            std::optional<std::chrono::steady_clock::duration> took) {
  Requests(method, status).Increment();
  if (took) seconds_.Observe(std::chrono::duration<double>(*took).count());
}

prometheus::Counter& PipelineMetrics::Requests(std::string_view method, int status) {
  const auto index = IndexOf(method);
  const auto status_class = static_cast<std::size_t>(std::clamp(status, 0, 999)) / 100;
  auto& held = requests_by_kind_[index][status_class];
  auto* counter = held.load(std::memory_order_acquire);
  if (counter == nullptr) {
    const auto label = status_class == 0 ? std::string("none") : std::to_string(status_class) + "xx";
    // The same counter, should two threads get here at once.
    counter = &requests_.Add({{"pipeline", pipeline_}, {"method", std::string(kMethods[index])}, {"status", label}});
    held.store(counter, std::memory_order_release);
  }
  return *counter;
}

Metrics::Metrics(prometheus::Registry& registry)
    : requests_(prometheus::BuildCounter()
                    .Name("sluice_requests_total")
                    .Help("Requests by pipeline (\"-\": no pipeline served it), method and status class "
                          "(\"none\": the viewer left before an answer).")
                    .Register(registry)),
      failures_(prometheus::BuildCounter()
                    .Name("sluice_step_failures_total")
                    .Help("Steps that failed, by pipeline, step and error code, whatever on_error made of it.")
                    .Register(registry)),
      seconds_(prometheus::BuildHistogram()
                   .Name("sluice_request_seconds")
                   .Help("Time from a complete request head to the response head, by pipeline.")
                   .Register(registry)),
      bytes_(prometheus::BuildCounter()
                 .Name("sluice_relayed_bytes_total")
                 .Help("Body bytes sent to viewers, by pipeline and mode.")
                 .Register(registry)),
      resumes_(prometheus::BuildCounter()
                   .Name("sluice_resumes_total")
                   .Help("Bodies that broke off and whose rest was asked for, by pipeline and result.")
                   .Register(registry)),
      manifests_(prometheus::BuildCounter()
                     .Name("sluice_manifests_total")
                     .Help("Manifests rewritten, by pipeline and whether the result was kept from another request.")
                     .Register(registry)),
      streams_(prometheus::BuildGauge()
                   .Name("sluice_streams_active")
                   .Help("Bodies on their way to viewers, by pipeline.")
                   .Register(registry)) {}

std::shared_ptr<PipelineMetrics> Metrics::Of(const std::string& pipeline) {
  const std::lock_guard lock(mutex_);
  auto& held = by_name_[pipeline];
  if (!held)
    held = std::make_shared<PipelineMetrics>(pipeline, requests_, failures_, seconds_, bytes_, resumes_, manifests_,
                                             streams_);
  return held;
}

}  // namespace sluice::pipeline
