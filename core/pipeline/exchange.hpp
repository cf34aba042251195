// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Exchange: one request on its way through its pipeline. Each step adds to it, or ends it with a reply.

#include <chrono>
#include <memory>
#include <optional>
#include <sluice/sdk/filter.hpp>
#include <sluice/sdk/resolver.hpp>
#include <sluice/sdk/types.hpp>
#include <string>
#include <vector>

#include "core/http/server.hpp"
#include "core/pipeline/call_context.hpp"
#include "core/pipeline/principals.hpp"
#include "core/pipeline/snapshot.hpp"
#include "core/relay/copy.hpp"
#include "core/state/links.hpp"
#include "core/upstream/client.hpp"

namespace sluice::pipeline {

/// Where the time went; for the access log.
struct Timings {
  std::chrono::microseconds resolve{};
  std::chrono::microseconds upstream{};  ///< Until the upstream's response head.
};

class Fetching;

/// A fetch whose upstream has not begun to answer.
struct PendingFetch {
  std::chrono::steady_clock::time_point begin;
  bool whole = false;  ///< The whole is asked for, whatever the viewer asked for.
  upstream::Request request;
  std::optional<upstream::Request> by_get;  ///< What is asked in place of `request`, a HEAD that was refused.
  std::unique_ptr<Fetching> fetching;       ///< Of either.

  PendingFetch();
  ~PendingFetch();
};

/// Owned by the worker that runs it. Threads: one at a time.
struct Exchange {
  Exchange(http::ServerExchange& from, std::shared_ptr<const Snapshot> of, const Pipeline& by);

  http::ServerExchange& viewer;
  const std::shared_ptr<const Snapshot> snapshot;  ///< An exchange keeps the snapshot that it started with.
  const Pipeline& pipeline;

  // The request as plugins and the upstream may see it: credentials that a step consumed are gone.
  std::string query;
  std::vector<sdk::Header> headers;
  std::vector<std::string> set_by_filters;  ///< Names of fields that go upstream because a filter says so.
  std::vector<config::PathTemplate::Capture> captures;
  std::string_view rest;                  ///< What the template's tail covered, as received.
  std::optional<state::LinkTarget> link;  ///< The request came by a minted link.
  std::vector<const Pipeline*> tried;     ///< Pipelines that passed the request on with `on_error: next`.
  /// The request body, or why there is none, once somebody asked: a connection gives it only once.
  std::optional<sdk::Result<std::string>> body;

  std::optional<sdk::Principal> principal;
  std::string backend;  ///< Auth component that let `principal` in.
  std::optional<sdk::Source> source;
  /// Of a request by a link: origin that a resolver named, from which links led here. Empty: the source's.
  std::string home;
  /// For the upstream's answer, and for each piece of it, where the fetch step allows less.
  std::chrono::milliseconds wait{};
  sdk::Resolver* resolver = nullptr;   ///< That named the source, and is asked where redirects may lead. Null: no such.
  const Step* resolve_step = nullptr;  ///< That named the source. Null: an endpoint did.

  std::optional<sdk::Error> failure;  ///< Of the last step that failed.
  const Step* fetch_step = nullptr;   ///< The last that ran; null: none did.
  // Both go along with the body, and are given back when that is done.
  std::shared_ptr<const void> slot;               ///< Of `fetch_step`.
  std::shared_ptr<Principals::Response> counted;  ///< Of `principal`. Null: nothing was fetched for one.
  // In this order: the response's body uses the call, and transforms may use the body's stream until the end.
  std::unique_ptr<CallContext> fetch_call;
  std::unique_ptr<PendingFetch> pending;
  std::optional<upstream::Response> response;
  std::vector<sdk::Header> sent_headers;  ///< That the response answers. May hold secrets.
  std::vector<const Step*> filters;       ///< Of the pipeline, in the order in which the request met them.
  const Step* failed_filter = nullptr;    ///< Whose failure with the response ended the attempt; its on_error counts.
  relay::Transforms transforms;

  Timings timings;
  bool handed_over = false;  ///< The relay sends the body: the viewer is not to be used any more.

  /// The request for a plugin. Views live as long as the result and this exchange, unchanged.
  struct HeadView {
    std::vector<sdk::Field> headers;
    std::vector<sdk::Field> params;
    sdk::RequestHead head;
  };
  /// \param path  what the plugin sees as path.
  void FillHead(HeadView& view, std::string_view path) const;

  /// First field of that name (no case), or empty.
  std::string_view Header(std::string_view name) const;

  /// `fetch_step`, or the defaults of one: an endpoint may hand back a source in a pipeline without it.
  const Step& fetching() const;

  /// Whether Body() would wait for the viewer. A step that needs the body answers kSuspended then.
  bool AwaitsBody() { return !body && !viewer.CollectBody(pipeline.max_body_bytes); }
  /// The request body, whoever read it before.
  /// \returns  http::kBodyTooLarge when it is longer than the pipeline takes; otherwise as
  /// http::ServerExchange::ReadBody.
  sdk::Result<std::string_view> Body();
};

/// The origin that a resolver named; of a request by a link, the one from which links led here. Whatever else a
/// manifest or a redirect leads to is a stranger. \pre  there is a source. \returns  as upstream::OriginOf.
std::string HomeOf(const Exchange& exchange);
/// Whether `url` lies elsewhere.
bool IsStranger(const Exchange& exchange, std::string_view url);

/// "http" or "https": how the viewer's request came in.
std::string_view ViewerScheme(const Exchange& exchange);

/// Whether the exchange goes on to the next step.
enum class Flow {
  kContinue,
  kReplied,
  /// The viewer is to be suspended for what `pending` awaits, or for its body if there is none; then comes the same
  /// step again.
  kSuspended,
};

}  // namespace sluice::pipeline
