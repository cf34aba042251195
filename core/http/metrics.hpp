// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Metrics of the HTTP server (design 9). Counters are resolved once; connection gauges are set from the connection
/// table's own counts, so that a request touches none of them.

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

#include <array>
#include <cstddef>
#include <string>

#include "core/http/fault.hpp"

namespace sluice::http {

enum class Refusal : std::uint8_t { kConnectionLimit, kDescriptors };
enum class TimeoutKind : std::uint8_t { kIdle, kHead, kBody, kWrite, kHandshake };
/// kFull and kResumed are good.
enum class HandshakeResult : std::uint8_t { kFull, kResumed, kFailed, kTimeout };

struct ListenerMetrics {
  prometheus::Counter* accepted;
  std::array<prometheus::Counter*, 2> refused;  ///< By Refusal.
  prometheus::Counter* accept_pauses;
  prometheus::Gauge* active;
  prometheus::Gauge* parked;
};

/// Threads: [any].
class Metrics {
 public:
  explicit Metrics(prometheus::Registry& registry);

  ListenerMetrics ForListener(const std::string& name);
  void BadRequest(Fault fault) { bad_requests_[static_cast<std::size_t>(fault)]->Increment(); }
  void Timeout(TimeoutKind kind) { timeouts_[static_cast<std::size_t>(kind)]->Increment(); }
  void TlsHandshake(HandshakeResult result) { handshakes_[static_cast<std::size_t>(result)]->Increment(); }
  void HandlerFailed() { handler_failures_->Increment(); }
  void BrokenResponse() { broken_responses_->Increment(); }

 private:
  prometheus::Family<prometheus::Counter>& accepted_;
  prometheus::Family<prometheus::Counter>& refused_;
  prometheus::Family<prometheus::Counter>& accept_pauses_;
  prometheus::Family<prometheus::Gauge>& connections_;
  std::array<prometheus::Counter*, kFaultCount> bad_requests_{};
  std::array<prometheus::Counter*, 5> timeouts_{};
  std::array<prometheus::Counter*, 4> handshakes_{};
  prometheus::Counter* handler_failures_;
  prometheus::Counter* broken_responses_;
};

}  // namespace sluice::http
