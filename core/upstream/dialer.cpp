// SPDX-License-Identifier: MIT
#include "core/upstream/dialer.hpp"

#include <algorithm>
#include <optional>

#include "core/upstream/eyeballs.hpp"
#include "core/upstream/tunnel.hpp"

namespace sluice::upstream {
namespace {

constexpr std::size_t kMaxTunnels = 3;  // of the addresses of a name, how many a proxy is asked for

std::optional<Failure> FailureOf(Connected::Outcome outcome, const std::string& label) {
  switch (outcome) {
    case Connected::Outcome::kConnected:
      return std::nullopt;
    case Connected::Outcome::kCancelled:
      return Failure{Reason::kCancelled, sdk::Errc::kCancelled, "the viewer is gone"};
    case Connected::Outcome::kTimeout:
      return Failure{Reason::kTimeout, sdk::Errc::kDeadlineExceeded,
                     label + ": want a connection within the connect timeout"};
    case Connected::Outcome::kFailed:
      break;
  }
  return Failure{Reason::kConnect, sdk::Errc::kUpstreamFailed, label + ": want a connection"};
}

std::optional<Failure> Secure(Connection& connection, const std::shared_ptr<Tls>& tls, const Origin& peer,
                              const std::string& label, const sdk::Call& call, Clock::time_point deadline) {
  if (!tls->status()) return Failure{Reason::kTls, sdk::Errc::kInternal, tls->status().error().message, true};
  switch (connection.StartTls(tls, peer, call, deadline)) {
    case Handshake::kDone:
      return std::nullopt;
    case Handshake::kCancelled:
      return Failure{Reason::kCancelled, sdk::Errc::kCancelled, "the viewer is gone"};
    case Handshake::kTimeout:
      return Failure{Reason::kTimeout, sdk::Errc::kDeadlineExceeded,
                     label + ": want a TLS handshake within the connect timeout"};
    case Handshake::kUntrusted:
      return Failure{Reason::kTls, sdk::Errc::kUpstreamFailed,
                     label + ": want a certificate for this name from a trusted authority", true};
    case Handshake::kFailed:
      break;
  }
  return Failure{Reason::kTls, sdk::Errc::kUpstreamFailed, label + ": want TLS 1.2 or later"};
}

}  // namespace

Tried<std::unique_ptr<Connection>> Dialer::Dial(const sdk::Call& call, const Profile& profile, const DialPlan& plan,
                                                Clock::time_point deadline) {
  auto reached = Reach(call, profile, plan, deadline);
  auto* connection = std::get_if<std::unique_ptr<Connection>>(&reached);
  if (connection == nullptr) return reached;
  if (plan.origin.tls) {
    if (auto failure = Secure(**connection, profile.tls(), plan.origin, plan.origin.Label(), call, deadline)) {
      return std::move(*failure);
    }
  }
  metrics_.ConnectionUsed(false);
  return reached;
}

Tried<std::unique_ptr<Connection>> Dialer::Reach(const sdk::Call& call, const Profile& profile, const DialPlan& plan,
                                                 Clock::time_point deadline) {
  if (!profile.options().proxy) {
    auto connected = ConnectFirst(Interleave(plan.addresses), plan.origin.port, call, deadline);
    if (auto failure = FailureOf(connected.outcome, plan.origin.Label())) return std::move(*failure);
    auto key = plan.origin;
    key.via = profile.Via(plan.origin.tls);
    return std::make_unique<Connection>(std::move(connected.socket), std::move(key), connected.peer);
  }
  const auto candidates = Interleave(plan.addresses);
  for (std::size_t i = 0;; ++i) {
    auto reached = ReachProxy(call, profile, plan, candidates[i], deadline);
    const auto* failure = std::get_if<Failure>(&reached);
    const bool refused = failure != nullptr && failure->reason == Reason::kProxy && !failure->permanent;
    if (!refused || plan.absolute_form || i + 1 == std::min(candidates.size(), kMaxTunnels)) return reached;
  }
}

Tried<std::unique_ptr<Connection>> Dialer::ReachProxy(const sdk::Call& call, const Profile& profile,
                                                      const DialPlan& plan, const net::IpAddress& peer,
                                                      Clock::time_point deadline) {
  const auto& proxy = *profile.options().proxy;
  const auto label = "proxy " + proxy.Label();
  std::vector<net::IpAddress> addresses;
  if (const auto literal = net::IpAddress::Parse(proxy.host)) {
    addresses.push_back(*literal);
  } else {
    auto resolved = names_.Resolve(proxy.host, call, deadline);
    if (auto* failure = std::get_if<Failure>(&resolved)) return std::move(*failure);
    addresses = std::move(std::get<0>(resolved));
  }
  auto connected = ConnectFirst(Interleave(addresses), proxy.port, call, deadline);
  if (auto failure = FailureOf(connected.outcome, label)) return std::move(*failure);
  auto key = plan.origin;
  key.via = profile.Via(plan.origin.tls);
  auto connection = std::make_unique<Connection>(std::move(connected.socket), std::move(key), peer);
  if (profile.proxy_tls()) {
    const Origin to_proxy{.tls = true, .host = proxy.host, .port = proxy.port};
    if (auto failure = Secure(*connection, profile.proxy_tls(), to_proxy, label, call, deadline)) {
      return std::move(*failure);
    }
  }
  if (!plan.absolute_form) {
    const Destination to{plan.by_name ? std::nullopt : std::optional(peer), plan.origin};
    if (auto failure = OpenTunnel(*connection, proxy, to, call, deadline)) return std::move(*failure);
  }
  return connection;
}

}  // namespace sluice::upstream
