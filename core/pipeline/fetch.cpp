// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <sluice/sdk/url.hpp>

#include "core/http/server.hpp"
#include "core/pipeline/steps.hpp"
#include "core/telemetry/log.hpp"
#include "core/upstream/file.hpp"

namespace sluice::pipeline {
namespace {

/// What a viewer's request may say to an upstream. Everything else stays here, unless a filter set it: cookies and
/// referrers tell other sites' secrets, or this gateway's own links.
constexpr std::array<std::string_view, 12> kForwarded = {
    "accept",        "accept-language", "cache-control", "content-type",        "if-match", "if-modified-since",
    "if-none-match", "if-range",        "pragma",        "if-unmodified-since", "range",    "user-agent"};
/// Those that ask for a part of a body, or for none: a manifest is needed whole.
constexpr std::array<std::string_view, 6> kPartial = {
    "range", "if-range", "if-match", "if-modified-since", "if-none-match", "if-unmodified-since"};

template <std::size_t N>
bool Contains(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::any_of(names.begin(), names.end(),
                     [&](std::string_view listed) { return sdk::EqualsIgnoreCase(listed, name); });
}

bool LooksLikeManifest(const Exchange& exchange) {
  if (exchange.link && exchange.link->kind == sdk::LinkKind::kManifest) return true;
  const auto extension = sdk::PathExtension(exchange.source->url);
  return extension == "m3u8" || extension == "m3u" || extension == "mpd";
}

bool Rewrites(const Exchange& exchange) { return exchange.pipeline.Find(config::Step::Kind::kRewrite) != nullptr; }

upstream::Request MakeRequest(const config::FetchStep& step, const Exchange& exchange, bool whole) {
  const auto& source = *exchange.source;
  upstream::Request request{.method = exchange.viewer.request().getMethod(),
                            .url = source.url,
                            .headers = source.headers,
                            .body = {},
                            .connect_timeout = step.connect_timeout,
                            .read_timeout = step.read_timeout,
                            .max_redirects = step.max_redirects};
  const bool ranges = step.ranges && source.ranges && !whole;
  for (const auto& header : exchange.headers) {
    const auto same = [&](std::string_view name) { return sdk::EqualsIgnoreCase(name, header.name); };
    const auto& own = exchange.set_by_filters;
    if (!Contains(kForwarded, header.name) && std::none_of(own.begin(), own.end(), same)) continue;
    if (!ranges && Contains(kPartial, header.name)) continue;
    const bool set = std::any_of(source.headers.begin(), source.headers.end(),
                                 [&](const sdk::Header& given) { return same(given.name); });
    if (!set) request.headers.push_back(header);
  }
  return request;
}

sdk::Result<upstream::Response> Send(const StepContext& context, const config::Step& step, Exchange& exchange,
                                     upstream::Request request) {
  if (request.url.starts_with("file:")) return upstream::FetchFile(request);
  exchange.fetch_call =
      std::make_unique<CallContext>(exchange.viewer, std::chrono::steady_clock::now() + step.deadline);
  return context.client.Fetch(exchange.fetch_call->call(), request);
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

sdk::Result<Flow> Fetch(const StepContext& context, Exchange& exchange, Part part) {
  static const config::Step kDefault;
  const auto& step = exchange.fetch_step == nullptr ? kDefault : exchange.fetch_step->config;
  const auto begin = std::chrono::steady_clock::now();
  exchange.response.reset();  // its body uses the call that Send replaces
  std::string_view body;
  if (exchange.viewer.request().getMethod() != "GET" && exchange.viewer.request().getMethod() != "HEAD") {
    const auto read = exchange.Body();
    if (!read) return read.error();
    body = *read;
  }
  const bool whole = part == Part::kWhole || (Rewrites(exchange) && LooksLikeManifest(exchange));
  auto request = MakeRequest(step.fetch, exchange, whole);
  request.body = body;
  auto response = Send(context, step, exchange, std::move(request));
  exchange.timings.upstream =
      std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() - begin);
  if (!response) return WithoutPeer(exchange, std::move(response).error());
  if (part == Part::kWhole && response->status == 206) {
    return sdk::Error{.code = sdk::Errc::kUpstreamFailed, .message = "the upstream sent a part of what was asked for"};
  }
  exchange.response = std::move(*response);
  return Flow::kContinue;
}

}  // namespace sluice::pipeline
