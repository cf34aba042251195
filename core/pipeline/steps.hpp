// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// The steps of a pipeline. Each takes the exchange one further, or ends it with a reply, or fails.

#include <sluice/sdk/result.hpp>

#include "core/pipeline/exchange.hpp"

namespace sluice::relay {
class Relay;
}
namespace sluice::state {
class Secrets;
class Sessions;
}  // namespace sluice::state
namespace sluice::upstream {
class SmallCache;
}

namespace sluice::pipeline {

class Admission;
class OwnRequests;
class Revocations;

/// What steps need besides the exchange. Outlives every exchange, and every body that the relay sends.
struct StepContext {
  upstream::Client& client;
  upstream::SmallCache& small;
  const state::Secrets& secrets;
  relay::Relay& relay;
  Principals& principals;
  const Revocations& revocations;
  state::Sessions& sessions;
  state::UsageOutbox* usage = {};  ///< Null: nothing is written down.
  Admission* admission = {};       ///< The engine's.
  const OwnRequests* own = {};     ///< Null: nobody's request is told from others'.
};

/// Finds the credential and the backend that recognises it. A link brings its own principal.
/// \returns  kUnauthenticated when there is no credential or nobody recognises it; kPermissionDenied when whoever it is
///           was revoked, or a link's session is over; http::kAuthUnavailable when the backend, or the database about
///           a session, cannot say; otherwise as the backend answered.
sdk::Result<Flow> Authenticate(const StepContext& context, const Step& step, Exchange& exchange);

/// Sets `exchange.source` by asking a resolver, media backend or store.
sdk::Result<Flow> Resolve(const Step& step, Exchange& exchange);

/// What to fetch for a link out of a manifest whose source `step` named. \param step  null: an endpoint named it.
sdk::Result<sdk::Source> ResolveChild(const Step* step, const Exchange& exchange, const sdk::Call& call,
                                      const sdk::Child& child);

/// What to ask of the upstream: whatever part the viewer asked for, or the whole in any case.
enum class Part { kAsAsked, kWhole };

/// Sets `exchange.response` from `exchange.source`, as `exchange.fetch_step` says (or by its defaults: an endpoint may
/// hand back a source in a pipeline without one).
/// \returns  kUpstreamFailed also when the whole was asked for and a part came; otherwise as upstream::Client::Fetch.
sdk::Result<Flow> Fetch(const StepContext& context, Exchange& exchange, Part part);

/// As Fetch for what the viewer asked for, but where it can, it lets the worker go until the request's body has come
/// and until the upstream answers.
/// \returns  kSuspended; call it again then.
sdk::Result<Flow> FetchOrSuspend(const StepContext& context, Exchange& exchange);

/// `error` of the upstream client as a viewer may see it: without the name of the server, which goes to the log.
sdk::Error WithoutPeer(const Exchange& exchange, sdk::Error error);
/// What is wrong with an answer of the server at `url`, whose name goes to the log alone.
sdk::Error UpstreamFailed(const Exchange& exchange, std::string_view url, const std::string& message);

/// Replaces a manifest's body by a rewritten one and replies; leaves anything else alone.
sdk::Result<Flow> Rewrite(const StepContext& context, const Step& step, Exchange& exchange);

/// Lets an endpoint answer. It may set `exchange.source` instead, and then the pipeline goes on.
/// \returns  kSuspended while the body of the request is on its way; call it again then.
sdk::Result<Flow> Serve(const Step& step, Exchange& exchange);

/// Runs a filter's request phase now and remembers it for the response phase.
sdk::Result<Flow> Filter(const Step& step, Exchange& exchange);

/// Sends `exchange.response` to the viewer, through the filters. The last thing that happens to an exchange.
sdk::Status Deliver(const StepContext& context, Exchange& exchange);

}  // namespace sluice::pipeline
