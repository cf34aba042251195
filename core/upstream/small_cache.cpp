// SPDX-License-Identifier: MIT
#include "core/upstream/small_cache.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

#include "core/upstream/fields.hpp"
#include "core/upstream/small_fetching.hpp"

namespace sluice::upstream {
namespace {

prometheus::Counter& Counter(prometheus::Registry& registry, const char* name, const char* help,
                             const prometheus::Labels& labels = {}) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry).Add(labels);
}

prometheus::Counter& Requests(prometheus::Registry& registry, const char* result) {
  return Counter(registry, "sluice_upstream_small_requests_total",
                 "Requests for small things, by where the answer came from", {{"result", result}});
}

prometheus::Gauge& Gauge(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add({});
}

}  // namespace

class SmallCache::Parts {
 public:
  Parts(Client& client, prometheus::Registry& registry, std::size_t max_bytes, std::unique_ptr<Pacer> pacer)
      : pacer_(pacer ? std::move(pacer) : std::make_unique<Pacer>()),
        store_(max_bytes),
        flights_(Gauge(registry, "sluice_upstream_small_waiting",
                       "Requests for small things that wait for the answer to somebody else's")),
        tools_{
            .client = client,
            .pacer = *pacer_,
            .flights = flights_,
            .store = store_,
            .hits = Requests(registry, "hit"),
            .misses = Requests(registry, "miss"),
            .coalesced = Requests(registry, "coalesced"),
            .bypassed = Requests(registry, "bypass"),
            .evictions = Counter(registry, "sluice_upstream_small_cache_evictions_total",
                                 "Small responses that left to make room for others"),
            .bytes = Gauge(registry, "sluice_upstream_small_cache_bytes", "Octets of small responses that are kept")} {}

  const SmallTools& tools() const { return tools_; }

 private:
  const std::unique_ptr<Pacer> pacer_;
  SmallStore store_;
  Flights flights_;
  const SmallTools tools_;
};

std::string_view SmallResponse::Header(std::string_view name) const { return FindField(headers, name).value_or(""); }

std::chrono::seconds SmallResponse::AgeAt(Clock::time_point now) const {
  return age + std::chrono::floor<std::chrono::seconds>(std::max(now - received, Clock::duration::zero()));
}

SmallCache::SmallCache(Client& client, prometheus::Registry& registry, std::size_t max_bytes)
    : SmallCache(client, registry, max_bytes, nullptr) {}

SmallCache::SmallCache(Client& client, prometheus::Registry& registry, std::size_t max_bytes,
                       std::unique_ptr<Pacer> pacer)
    : parts_(std::make_unique<Parts>(client, registry, max_bytes, std::move(pacer))) {}

SmallCache::~SmallCache() = default;

std::unique_ptr<SmallFetching> SmallCache::Begin(const sdk::Call& call, const Request& request,
                                                 const SmallOptions& options) {
  return std::make_unique<SmallFetching>(parts_->tools(), call, request, options);
}

}  // namespace sluice::upstream
