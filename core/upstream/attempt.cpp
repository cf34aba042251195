// SPDX-License-Identifier: MIT
#include "core/upstream/attempt.hpp"

#include <algorithm>

#include "core/net/coarse_clock.hpp"
#include "core/upstream/address_guard.hpp"
#include "core/upstream/body.hpp"
#include "core/upstream/pool.hpp"
#include "core/upstream/request_head.hpp"
#include "core/upstream/tunnel.hpp"

namespace sluice::upstream {
namespace {

Failure Gone() { return {Reason::kCancelled, sdk::Errc::kCancelled, "the viewer is gone"}; }

}  // namespace

Attempt::Attempt(const Tools& tools, const sdk::Call& call, const Request& request, const Hop& hop,
                 const Profile& profile)
    : tools_(tools),
      call_(call),
      request_(request),
      hop_(hop),
      profile_(profile),
      deadline_(std::min(call.deadline(), request.body_deadline)) {}

std::optional<Tried<Response>> Attempt::Advance(Wait wait) {
  std::optional<Exchange::Outcome> outcome;
  if (!exchange_) {
    if (auto failure = Prepare()) return std::move(*failure);
    if (auto failure = Send()) return std::move(*failure);
    // An answer is not there as soon as the request is sent. What TLS holds would not be seen by whoever waits.
    if (connection_->plain()) return std::nullopt;
  } else if (wait != Wait::kReady) {
    outcome = exchange_->GiveUp(wait);
  }
  for (;;) {
    if (!outcome) outcome = exchange_->Receive();
    if (!outcome) return std::nullopt;
    if (auto* done = std::get_if<ExchangeResult>(&*outcome)) {
      if (plan_.absolute_form && done->head.status == 407) return ProxyWantsCredentials(*profile_.options().proxy);
      return Answer(std::move(*done));
    }
    auto& failed = std::get<ExchangeFailure>(*outcome);
    if (!failed.stale || !IsIdempotent(hop_.method)) return std::move(failed.failure);
    // The others of this origin were probably closed at the same time. A fresh connection is never stale.
    exchange_.reset();
    connection_.reset();
    tools_.pool.Drop(key_);
    outcome.reset();
    if (auto failure = Send()) return std::move(*failure);
  }
}

std::optional<Failure> Attempt::Prepare() {
  const auto& origin = hop_.target.origin;
  if (net::CoarseNow() >= deadline_) {
    return Failure{Reason::kTimeout, sdk::Errc::kDeadlineExceeded,
                   origin.Label() + ": want time left before the deadline"};
  }
  auto head = WriteRequestHead(hop_.method, hop_.target, hop_.headers, hop_.body.size());
  if (!head) return Failure{Reason::kInvalid, head.error().code, head.error().message, true};
  if (auto failure = Plan(std::min(deadline_, After(request_.connect_timeout)))) return failure;
  if (plan_.absolute_form) {
    const auto credentials = ProxyAuthorization(*profile_.options().proxy);
    head = WriteRequestHead(hop_.method, hop_.target, hop_.headers, hop_.body.size(), &credentials);
  }
  head_ = std::move(*head);
  key_ = origin;
  key_.via = profile_.Via(origin.tls);
  const bool idempotent = IsIdempotent(hop_.method);
  if (!idempotent && call_.cancelled()) return Gone();
  connection_ = tools_.pool.Take(key_, plan_.addresses, idempotent);
  if (connection_) tools_.metrics.ConnectionUsed(true);
  return std::nullopt;
}

std::optional<Failure> Attempt::Send() {
  if (!connection_) {
    if (call_.cancelled()) return Gone();
    auto dialed = tools_.dialer.Dial(call_, profile_, plan_, std::min(deadline_, After(request_.connect_timeout)));
    if (auto* failure = std::get_if<Failure>(&dialed)) return std::move(*failure);
    connection_ = std::move(std::get<0>(dialed));
  }
  exchange_.emplace(*connection_,
                    ExchangeRequest{head_, hop_.body, hop_.method == "HEAD", request_.read_timeout, deadline_});
  auto failed = exchange_->Send(call_);
  return failed ? std::optional(std::move(failed->failure)) : std::nullopt;
}

bool Attempt::ProxyGetsName() const {
  const auto& proxy = profile_.options().proxy;
  if (!proxy || proxy->protocol == ProxyOptions::Protocol::kSocks5) return false;
  const auto& origin = hop_.target.origin;
  return profile_.options().proxy_resolves || tools_.rules.trusted.Has(origin.host, origin.port);
}

Failure Attempt::Refuse(std::string_view range) const {
  tools_.metrics.Refused(range);
  return {Reason::kGuard, sdk::Errc::kPermissionDenied,
          hop_.target.origin.Label() + ": want " + std::string(WantedInstead(range)), true};
}

std::optional<Failure> Attempt::Plan(Clock::time_point deadline) {
  const auto& origin = hop_.target.origin;
  plan_.origin = origin;
  const bool http_proxy = profile_.options().proxy && !profile_.options().proxy->socks();
  if (const auto literal = net::IpAddress::Parse(origin.host)) {
    plan_.addresses.push_back(*literal);
    plan_.absolute_form = http_proxy && !origin.tls;
  } else if (ProxyGetsName()) {
    // The proxy's own machine, by the one name that every resolver knows.
    const bool local = origin.host == "localhost" || origin.host.ends_with(".localhost");
    if (local && !tools_.rules.trusted.Has(origin.host, origin.port)) return Refuse("loopback");
    if (const auto refused = Refused(tools_.rules, origin.host, origin.port, {})) return Refuse(*refused);
    plan_.addresses.emplace_back();
    plan_.by_name = true;
    plan_.absolute_form = http_proxy && !origin.tls;
    return std::nullopt;
  } else {
    auto resolved = tools_.names.Resolve(origin.host, call_, deadline);
    if (auto* failure = std::get_if<Failure>(&resolved)) return std::move(*failure);
    plan_.addresses = std::move(std::get<0>(resolved));
  }
  const auto refused = Refused(tools_.rules, origin.host, origin.port, plan_.addresses);
  return refused ? std::optional(Refuse(*refused)) : std::nullopt;
}

Response Attempt::Answer(ExchangeResult result) {
  Response response;
  response.status = result.head.status;
  response.reason = std::move(result.head.reason);
  response.url = hop_.target.url;
  response.headers = std::move(result.head.headers);
  response.content_length = result.head.announced_length;
  if (result.head.framing.kind == BodyKind::kNone && !response.content_length && hop_.method != "HEAD" &&
      result.head.status != 304) {
    response.content_length = 0;
  }
  RawBody raw{std::move(connection_), std::move(result.leftover), result.head.framing, {}, result.head.keep_alive};
  response.body =
      std::make_unique<NetworkBody>(std::move(raw), call_, BodyLimits{request_.read_timeout, request_.body_deadline},
                                    Shared{tools_.pool, tools_.metrics});
  return response;
}

}  // namespace sluice::upstream
