// SPDX-License-Identifier: MIT
#include <poll.h>

#include <algorithm>
#include <sluice/sdk/url.hpp>

#include "core/http/server.hpp"
#include "core/net/coarse_clock.hpp"
#include "core/pipeline/accounting.hpp"
#include "core/pipeline/head_by_get.hpp"
#include "core/pipeline/key_check.hpp"
#include "core/pipeline/ranges.hpp"
#include "core/pipeline/request_fields.hpp"
#include "core/pipeline/shared_fetch.hpp"
#include "core/pipeline/steps.hpp"
#include "core/telemetry/log.hpp"
#include "core/upstream/fields.hpp"
#include "core/upstream/file.hpp"

namespace sluice::pipeline {
namespace {

/// Where a redirect leads is for whoever named the source to say.
sdk::Result<std::vector<sdk::Header>> AskResolver(const Exchange& exchange, std::string_view url) {
  Exchange::HeadView view;
  exchange.FillHead(view, exchange.viewer.path());
  auto source = exchange.resolver->ResolveChild(exchange.fetch_call->call(), view.head,
                                                {.url = url,
                                                 .context = exchange.source->context,
                                                 .kind = exchange.link ? exchange.link->kind : sdk::LinkKind::kData});
  if (!source) return std::move(source).error();
  return std::move(source->headers);
}

upstream::Request MakeRequest(const Exchange& exchange, bool whole) {
  const auto& step = exchange.fetching();
  const auto& fetch = step.config.fetch;
  upstream::Request request{.method = exchange.viewer.method(),
                            .url = exchange.source->url,
                            .headers = RequestFields(exchange, fetch, whole),
                            .body = {},
                            .connect_timeout = fetch.connect_timeout,
                            .read_timeout = std::max(fetch.read_timeout, exchange.wait),
                            .max_redirects = fetch.max_redirects,
                            .profile = step.profile.get(),
                            .home = exchange.home};
  if (exchange.resolver != nullptr) {
    request.on_redirect = [&exchange](std::string_view url) { return AskResolver(exchange, url); };
  }
  return request;
}

void MakeCall(Exchange& exchange) {
  const auto deadline = std::chrono::steady_clock::now() + std::max(exchange.fetching().config.deadline, exchange.wait);
  exchange.fetch_call = std::make_unique<CallContext>(exchange.viewer, deadline);
}

bool IsFile(const upstream::Request& request) { return request.url.starts_with("file:"); }

/// As Fetching::Advance. \param request  of `pending`.
std::optional<sdk::Result<upstream::Response>> Begin(const StepContext& context, Exchange& exchange,
                                                     PendingFetch& pending, const upstream::Request& request) {
  if (IsFile(request)) return upstream::FetchFile(request);
  MakeCall(exchange);
  pending.fetching = std::make_unique<Fetching>(context, exchange, request);
  return pending.fetching->Advance();
}

/// Waits for what the fetching awaits, and goes on.
std::optional<sdk::Result<upstream::Response>> WaitAndAdvance(const Exchange& exchange, PendingFetch& pending) {
  auto& fetching = *pending.fetching;
  return fetching.Advance(WaitFor(fetching.awaited(), exchange.fetch_call->call()));
}

/// What is nearly over is waited for by the worker, which is not late.
bool IsWorthSuspending(const upstream::Awaited& awaited) {
  return awaited.events == POLLIN && awaited.until - net::CoarseNow() > http::kNextLook;
}

/// The principal's first: whoever has too many takes nothing from others. What is taken is kept for another fetch.
sdk::Status TakeSlots(const StepContext& context, Exchange& exchange) {
  if (auto counted = CountResponse(context, exchange); !counted) return counted;
  const auto& step = exchange.fetching();
  if (!step.slots || exchange.slot) return sdk::Ok();
  const auto limit = step.config.fetch.max_concurrent;
  exchange.slot = step.slots->Take(limit);
  return exchange.slot ? sdk::Ok() : sdk::Status(TooManyStreams(limit));
}

/// Says that parts may be asked for, unless the upstream says something itself, has just shown that they may not, or
/// compresses as it goes.
void AddAcceptRanges(const Exchange& exchange, std::string_view sent_range, upstream::Response& response) {
  const auto& fetch = exchange.fetching().config.fetch;
  if (!fetch.add_accept_ranges || !fetch.ranges) return;
  if (!exchange.source->ranges || !response.Header("Accept-Ranges").empty()) return;
  if (!response.Header("Content-Encoding").empty()) return;
  if (response.status == 206 || (response.status == 200 && sent_range.empty())) {
    response.headers.push_back({"Accept-Ranges", "bytes"});
  }
}

bool SendsBody(const Exchange& exchange) {
  return exchange.viewer.method() != "GET" && exchange.viewer.method() != "HEAD";
}

sdk::Status Prepare(const StepContext& context, Exchange& exchange, Part part, PendingFetch& pending) {
  pending.begin = std::chrono::steady_clock::now();
  if (auto taken = TakeSlots(context, exchange); !taken) return taken;
  exchange.response.reset();  // its body uses the call that MakeCall replaces
  std::string_view body;
  if (SendsBody(exchange)) {
    const auto read = exchange.Body();
    if (!read) return read.error();
    body = *read;
  }
  pending.whole = part == Part::kWhole;
  pending.request = MakeRequest(exchange, pending.whole || LooksLikeManifest(exchange));
  pending.request.body = body;
  return sdk::Ok();
}

/// Whether the upstream is to be asked by GET, after all.
bool AsksAgain(const Exchange& exchange, PendingFetch& pending, sdk::Result<upstream::Response>& response) {
  if (!response || pending.by_get || pending.whole || LooksLikeManifest(exchange)) return false;
  if (!RefusesHead(pending.request, *response)) return false;
  // Both use the call that MakeCall replaces.
  response->body.reset();
  pending.fetching.reset();
  pending.by_get = FirstOctet(pending.request);
  return true;
}

/// Sets the exchange's response, if it is one that may be handed on.
sdk::Result<Flow> Take(Exchange& exchange, PendingFetch& pending, sdk::Result<upstream::Response> response) {
  auto& request = pending.request;
  if (response && pending.by_get) response = HeadOfPart(std::move(*response));
  exchange.timings.upstream =
      std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - pending.begin);
  if (!response) return WithoutPeer(exchange, std::move(response).error());
  if (pending.whole && response->status == 206) {
    return sdk::Error{.code = sdk::Errc::kUpstreamFailed, .message = "the upstream sent a part of what was asked for"};
  }
  const auto range = upstream::FindField(request.headers, "Range").value_or("");
  if (auto checked = CheckParts(range, *response); !checked) return std::move(checked).error();
  if (auto checked = CheckKey(exchange, *response); !checked) return std::move(checked).error();
  AddAcceptRanges(exchange, range, *response);
  exchange.response = std::move(*response);
  exchange.sent_headers = std::move(request.headers);
  return Flow::kContinue;
}

}  // namespace

sdk::Error WithoutPeer(const Exchange& exchange, sdk::Error error) {
  const auto end = error.message.find(": ");
  if (end == std::string::npos) return error;
  telemetry::Log(telemetry::Level::kWarning, "upstream failed",
                 {{"request_id", exchange.viewer.request_id()},
                  {"pipeline", exchange.pipeline.config.name},
                  {"upstream", std::string_view(error.message).substr(0, end)},
                  {"error", std::string_view(error.message).substr(end + 2)}});
  error.message.replace(0, end, "upstream");
  return error;
}

sdk::Error UpstreamFailed(const Exchange& exchange, std::string_view url, const std::string& message) {
  const auto parsed = sdk::ParseUrl(url);
  const auto peer = parsed && !parsed->host_port.empty() ? std::string(parsed->host_port) : std::string("file");
  return WithoutPeer(exchange, {.code = sdk::Errc::kUpstreamFailed, .message = peer + ": " + message});
}

sdk::Result<Flow> Fetch(const StepContext& context, Exchange& exchange, Part part) {
  PendingFetch pending;
  if (auto prepared = Prepare(context, exchange, part, pending); !prepared) return std::move(prepared).error();
  auto response = Begin(context, exchange, pending, pending.request);
  while (!response) response = WaitAndAdvance(exchange, pending);
  return Take(exchange, pending, std::move(*response));
}

sdk::Result<Flow> FetchOrSuspend(const StepContext& context, Exchange& exchange) {
  std::optional<sdk::Result<upstream::Response>> response;
  if (exchange.pending) {
    auto& fetching = *exchange.pending->fetching;
    response = fetching.Advance();
    if (!response && exchange.viewer.ClientGone()) response = fetching.Advance(upstream::Wait::kCancelled);
  } else {
    if (SendsBody(exchange) && exchange.AwaitsBody()) return Flow::kSuspended;  // a slow viewer takes no slot
    auto pending = std::make_unique<PendingFetch>();
    if (auto prepared = Prepare(context, exchange, Part::kAsAsked, *pending); !prepared) {
      return std::move(prepared).error();
    }
    response = Begin(context, exchange, *pending, pending->request);
    exchange.pending = std::move(pending);
  }
  while (!response || AsksAgain(exchange, *exchange.pending, *response)) {
    auto& pending = *exchange.pending;
    if (!pending.fetching) {
      response = Begin(context, exchange, pending, *pending.by_get);
      continue;
    }
    if (IsWorthSuspending(pending.fetching->awaited()) && exchange.viewer.CanSuspend()) return Flow::kSuspended;
    response = WaitAndAdvance(exchange, pending);
  }
  const auto pending = std::move(exchange.pending);
  return Take(exchange, *pending, std::move(*response));
}

}  // namespace sluice::pipeline
