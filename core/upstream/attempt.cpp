// SPDX-License-Identifier: MIT
#include "core/upstream/attempt.hpp"

#include <algorithm>

#include "core/upstream/body.hpp"
#include "core/upstream/request_head.hpp"
#include "core/upstream/tunnel.hpp"

namespace sluice::upstream {
namespace {

Failure Gone() { return {Reason::kCancelled, sdk::Errc::kCancelled, "the viewer is gone"}; }

}  // namespace

Tried<Response> Attempter::Run(const sdk::Call& call, const Request& request, const Hop& hop, const Profile& profile) {
  const auto& origin = hop.target.origin;
  const auto deadline = std::min(call.deadline(), request.body_deadline);
  if (Clock::now() >= deadline) {
    return Failure{Reason::kTimeout, sdk::Errc::kDeadlineExceeded,
                   origin.Label() + ": want time left before the deadline"};
  }
  auto head = WriteRequestHead(hop.method, hop.target, hop.headers, hop.body.size());
  if (!head) return Failure{Reason::kInvalid, head.error().code, head.error().message, true};
  auto planned = Plan(call, origin, profile, std::min(deadline, After(request.connect_timeout)));
  if (auto* failure = std::get_if<Failure>(&planned)) return std::move(*failure);
  const auto& plan = std::get<DialPlan>(planned);
  if (plan.absolute_form) {
    const auto credentials = ProxyAuthorization(*profile.options().proxy);
    head = WriteRequestHead(hop.method, hop.target, hop.headers, hop.body.size(), &credentials);
  }
  const ExchangeRequest wire{*head, hop.body, hop.method == "HEAD", request.read_timeout, deadline};
  auto key = origin;
  key.via = profile.Via(origin.tls);
  if (!IsIdempotent(hop.method) && call.cancelled()) return Gone();
  auto connection = pool_.Take(key, plan.addresses);
  if (connection) metrics_.ConnectionUsed(true);
  for (;;) {
    if (!connection) {
      if (call.cancelled()) return Gone();
      auto dialed = dialer_.Dial(call, profile, plan, std::min(deadline, After(request.connect_timeout)));
      if (auto* failure = std::get_if<Failure>(&dialed)) return std::move(*failure);
      connection = std::move(std::get<0>(dialed));
    }
    auto result = RunExchange(*connection, call, wire);
    if (auto* done = std::get_if<ExchangeResult>(&result)) {
      if (plan.absolute_form && done->head.status == 407) return ProxyWantsCredentials(*profile.options().proxy);
      return Answer(call, request, hop, std::move(*done), std::move(connection));
    }
    auto& failed = std::get<ExchangeFailure>(result);
    if (!failed.stale || !IsIdempotent(hop.method)) return std::move(failed.failure);
    // The others of this origin were probably closed at the same time. A fresh connection is never stale.
    connection.reset();
    pool_.Drop(key);
  }
}

bool Attempter::ProxyGetsName(const Origin& origin, const Profile& profile) const {
  const auto& proxy = profile.options().proxy;
  if (!proxy || proxy->protocol == ProxyOptions::Protocol::kSocks5) return false;
  return profile.options().proxy_resolves || trusted_.Trusts(origin.host, origin.port);
}

Failure Attempter::Refuse(const Origin& origin, std::string_view range) {
  metrics_.Refused(range);
  return {Reason::kGuard, sdk::Errc::kPermissionDenied,
          origin.Label() + ": want a public address, or a trusted upstream", true};
}

Tried<DialPlan> Attempter::Plan(const sdk::Call& call, const Origin& origin, const Profile& profile,
                                Clock::time_point deadline) {
  DialPlan plan{.origin = origin, .addresses = {}};
  const bool http_proxy = profile.options().proxy && !profile.options().proxy->socks();
  if (const auto literal = net::IpAddress::Parse(origin.host)) {
    plan.addresses.push_back(*literal);
    plan.absolute_form = http_proxy && !origin.tls;
  } else if (ProxyGetsName(origin, profile)) {
    // The proxy's own machine, by the one name that every resolver knows.
    const bool local = origin.host == "localhost" || origin.host.ends_with(".localhost");
    if (local && !trusted_.Trusts(origin.host, origin.port)) return Refuse(origin, "loopback");
    plan.addresses.emplace_back();
    plan.by_name = true;
    plan.absolute_form = http_proxy && !origin.tls;
    return plan;
  } else {
    auto resolved = names_.Resolve(origin.host, call, deadline);
    if (auto* failure = std::get_if<Failure>(&resolved)) return std::move(*failure);
    plan.addresses = std::move(std::get<0>(resolved));
  }
  if (const auto refused = Refused(trusted_, origin.host, origin.port, plan.addresses)) return Refuse(origin, *refused);
  return plan;
}

Response Attempter::Answer(const sdk::Call& call, const Request& request, const Hop& hop, ExchangeResult result,
                           std::unique_ptr<Connection> connection) {
  Response response;
  response.status = result.head.status;
  response.reason = std::move(result.head.reason);
  response.url = hop.target.url;
  response.headers = std::move(result.head.headers);
  response.content_length = result.head.announced_length;
  if (result.head.framing.kind == BodyKind::kNone && !response.content_length && hop.method != "HEAD" &&
      result.head.status != 304) {
    response.content_length = 0;
  }
  RawBody raw{std::move(connection), std::move(result.leftover), result.head.framing, {}, result.head.keep_alive};
  response.body = std::make_unique<NetworkBody>(
      std::move(raw), call, BodyLimits{request.read_timeout, request.body_deadline}, Shared{pool_, metrics_});
  return response;
}

}  // namespace sluice::upstream
