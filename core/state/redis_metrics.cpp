// SPDX-License-Identifier: MIT
#include "core/state/redis_metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

namespace sluice::state {
namespace {

constexpr std::array<const char*, kRedisOperations> kNames = {"get", "put", "put_if", "increment", "erase", "publish"};

}  // namespace

RedisMetrics::RedisMetrics(prometheus::Registry& registry) {
  up_ = &prometheus::BuildGauge()
             .Name("sluice_cache_up")
             .Help("1 while the server of state.cache can be used")
             .Register(registry)
             .Add({});
  auto& errors = prometheus::BuildCounter()
                     .Name("sluice_cache_errors_total")
                     .Help("Operations that the server of state.cache did not do, those included that were not sent")
                     .Register(registry);
  auto& seconds = prometheus::BuildHistogram()
                      .Name("sluice_cache_seconds")
                      .Help("How long operations of the server of state.cache took, failed ones included")
                      .Register(registry);
  const prometheus::Histogram::BucketBoundaries bounds = {0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01,
                                                          0.025,  0.05,    0.1,    0.25,  0.5,    1,     2.5};
  for (std::size_t i = 0; i < kRedisOperations; ++i) {
    errors_[i] = &errors.Add({{"operation", kNames[i]}});
    seconds_[i] = &seconds.Add({{"operation", kNames[i]}}, bounds);
  }
}

void RedisMetrics::SetUp(bool up) { up_->Set(up ? 1 : 0); }

void RedisMetrics::Observe(RedisOperation operation, std::chrono::steady_clock::duration taken, bool failed) {
  const auto i = static_cast<std::size_t>(operation);
  seconds_[i]->Observe(std::chrono::duration<double>(taken).count());
  if (failed) errors_[i]->Increment();
}

}  // namespace sluice::state
