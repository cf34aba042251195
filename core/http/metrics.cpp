// SPDX-License-Identifier: MIT
#include "core/http/metrics.hpp"

#include <string_view>

namespace sluice::http {
namespace {

constexpr std::array<std::string_view, 2> kRefusals{"connection_limit", "descriptors"};
constexpr std::array<std::string_view, 5> kTimeouts{"idle", "head", "body", "write", "handshake"};
constexpr std::array<std::string_view, 4> kHandshakes{"full", "resumed", "failed", "timeout"};

prometheus::Family<prometheus::Counter>& Counter(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
}

}  // namespace

Metrics::Metrics(prometheus::Registry& registry)
    : accepted_(Counter(registry, "sluice_http_connections_accepted_total", "Connections accepted")),
      refused_(Counter(registry, "sluice_http_connections_refused_total", "Connections closed as soon as accepted")),
      accept_pauses_(Counter(registry, "sluice_http_accept_pauses_total",
                             "Times that accepting rested because no descriptor was free")),
      connections_(prometheus::BuildGauge()
                       .Name("sluice_http_connections")
                       .Help("Open connections: active ones are with a worker, parked ones wait for octets")
                       .Register(registry)),
      handler_failures_(
          &Counter(registry, "sluice_http_handler_failures_total", "Requests whose handler threw or gave no answer")
               .Add({})),
      broken_responses_(&Counter(registry, "sluice_http_broken_responses_total",
                                 "Responses that ended short of what their head announced")
                             .Add({})) {
  auto& bad = Counter(registry, "sluice_http_bad_requests_total", "Requests refused before any pipeline saw them");
  for (std::size_t i = 1; i < kFaultCount; ++i) {
    bad_requests_[i] = &bad.Add({{"reason", std::string(ReasonOf(static_cast<Fault>(i)))}});
  }
  auto& timeouts = Counter(registry, "sluice_http_timeouts_total", "Connections that a time limit ended");
  for (std::size_t i = 0; i < kTimeouts.size(); ++i)
    timeouts_[i] = &timeouts.Add({{"limit", std::string(kTimeouts[i])}});
  auto& handshakes = Counter(registry, "sluice_http_tls_handshakes_total", "TLS handshakes with clients, by result");
  for (std::size_t i = 0; i < kHandshakes.size(); ++i) {
    handshakes_[i] = &handshakes.Add({{"result", std::string(kHandshakes[i])}});
  }
}

ListenerMetrics Metrics::ForListener(const std::string& name) {
  ListenerMetrics metrics{.accepted = &accepted_.Add({{"listener", name}}),
                          .refused = {},
                          .accept_pauses = &accept_pauses_.Add({{"listener", name}}),
                          .active = &connections_.Add({{"listener", name}, {"state", "active"}}),
                          .parked = &connections_.Add({{"listener", name}, {"state", "parked"}})};
  for (std::size_t i = 0; i < kRefusals.size(); ++i) {
    metrics.refused[i] = &refused_.Add({{"listener", name}, {"reason", std::string(kRefusals[i])}});
  }
  return metrics;
}

}  // namespace sluice::http
