// SPDX-License-Identifier: MIT
#include "core/pipeline/hand_over.hpp"

#include <algorithm>

#include "core/http/detached_response.hpp"
#include "core/http/error_reply.hpp"
#include "core/http/server.hpp"
#include "core/pipeline/access_log.hpp"
#include "core/pipeline/metrics.hpp"
#include "core/pipeline/prefixed_body.hpp"
#include "core/pipeline/response_head.hpp"
#include "core/pipeline/resume.hpp"
#include "core/relay/relay.hpp"
#include "core/upstream/body.hpp"
#include "core/upstream/file.hpp"

namespace sluice::pipeline {
namespace {

/// \param prefix  octets that a step has read from the body.
std::optional<relay::Body> TakeBody(upstream::Response& response, std::string& prefix) {
  if (auto* const prefixed = dynamic_cast<PrefixedBody*>(response.body.get())) {
    auto [first, rest] = prefixed->Split();
    response.body = std::move(rest);
    prefix = std::move(first);
  }
  if (auto raw = upstream::ReleaseRaw(response)) return std::move(*raw);
  if (auto part = upstream::ReleaseFile(response)) return std::move(*part);
  if (!prefix.empty())
    response.body = std::make_unique<PrefixedBody>(std::exchange(prefix, {}), std::move(response.body));
  return std::nullopt;
}

sdk::Errc CodeOf(relay::End end) {
  switch (end) {
    case relay::End::kUpstreamBroke:
      return sdk::Errc::kUpstreamFailed;
    case relay::End::kUpstreamStalled:
    case relay::End::kClientStalled:
      return sdk::Errc::kDeadlineExceeded;
    default:
      return sdk::Errc::kCancelled;
  }
}

}  // namespace

bool HandOver(const StepContext& context, Exchange& exchange) {
  auto& response = *exchange.response;
  auto& viewer = exchange.viewer;
  if (!viewer.CanDetach()) return false;
  std::string prefix;
  auto body = TakeBody(response, prefix);
  if (!body) return false;
  relay::Job job{.client = nullptr, .prefix = std::move(prefix), .body = std::move(*body)};
  job.resume = MakeResume(context, exchange);
  const auto& fetch = exchange.fetching().config.fetch;
  job.read_timeout = std::max(fetch.read_timeout, exchange.wait);  // what is waited for may come in pieces
  job.bytes_per_second = fetch.max_rate;
  if (exchange.filters.empty()) {  // which have no say about trailers
    job.trailer = [snapshot = exchange.snapshot, &fetch](std::string_view name) {
      return IsVisible(snapshot->config, fetch, name);
    };
  }
  auto metrics = exchange.pipeline.metrics;
  metrics->Count(viewer.method(), viewer.status(), std::chrono::steady_clock::now() - viewer.received_at());
  metrics->streams.Increment();
  auto* const counted = exchange.counted.get();
  if (counted != nullptr) counted->BeginStream();
  job.progress = [metrics, counted, sent = std::uint64_t{0}](relay::Mode mode, std::uint64_t bytes) mutable {
    metrics->Relayed(mode).Increment(static_cast<double>(bytes));
    if (counted != nullptr) counted->Reach(sent += bytes);
  };
  // Comes last. The snapshot holds what the connection was made with; the slots are the body's alone, so that they are
  // free before the client's next request is read.
  job.done = [metrics, snapshot = exchange.snapshot, record = Describe(viewer, exchange),
              slot = std::move(exchange.slot),
              held = std::move(exchange.counted)](const relay::Result& result) mutable {
    if (result.end != relay::End::kComplete) metrics->Failures("deliver", http::CodeOf(CodeOf(result.end))).Increment();
    record.bytes = result.bytes;
    record.end = relay::NameOf(result.end);
    if (snapshot->config.log.access) LogAccess(record);
    slot.reset();
    held.reset();
    metrics->streams.Decrement();
  };
  exchange.handed_over = true;
  job.client = viewer.Detach();
  context.relay.Run(std::move(job));
  return true;
}

}  // namespace sluice::pipeline
