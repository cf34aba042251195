// SPDX-License-Identifier: MIT
#include "core/upstream/tunnel.hpp"

#include <sluice/sdk/base64.hpp>

#include "core/upstream/exchange.hpp"
#include "core/upstream/socks.hpp"

namespace sluice::upstream {
namespace {

std::string AuthorityOf(const Destination& to) {
  if (!to.address) return to.origin.Label();
  return Origin{.tls = false, .host = to.address->ToString(), .port = to.origin.port}.Label();
}

std::optional<Failure> OpenConnect(Connection& connection, const ProxyOptions& proxy, const Destination& to,
                                   const sdk::Call& call, Clock::time_point deadline) {
  const auto authority = AuthorityOf(to);
  std::string head = "CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority + "\r\n";
  if (const auto credentials = ProxyAuthorization(proxy); !credentials.empty()) {
    head += "Proxy-Authorization: " + credentials + "\r\n";
  }
  head += "User-Agent: Sluice/" SLUICE_VERSION "\r\n\r\n";
  const ExchangeRequest request{head, {}, true, std::chrono::milliseconds::max(), deadline};
  auto result = RunExchange(connection, call, request);
  if (auto* failed = std::get_if<ExchangeFailure>(&result)) {
    auto failure = std::move(failed->failure);
    if (failure.reason == Reason::kCancelled) return failure;
    failure.message = "proxy " + proxy.Label() + ": want an answer to CONNECT" +
                      (failure.reason == Reason::kTimeout ? " in time" : "");
    return failure;
  }
  const auto& answer = std::get<ExchangeResult>(result);
  // Some say 401 to a wrong password; no origin has had a say yet.
  if (answer.head.status == 407 || answer.head.status == 401) return ProxyWantsCredentials(proxy);
  if (answer.head.status / 100 != 2) {
    return Failure{
        Reason::kProxy, sdk::Errc::kUpstreamFailed,
        to.origin.Label() + ": want a tunnel through the proxy, which answered " + std::to_string(answer.head.status),
        answer.head.status / 100 == 4};
  }
  if (answer.leftover.empty()) return std::nullopt;
  return Failure{Reason::kProxy, sdk::Errc::kUpstreamFailed,
                 "proxy " + proxy.Label() + ": want nothing after its answer to CONNECT"};
}

}  // namespace

std::optional<Failure> OpenTunnel(Connection& connection, const ProxyOptions& proxy, const Destination& to,
                                  const sdk::Call& call, Clock::time_point deadline) {
  return proxy.socks() ? OpenSocks(connection, proxy, to, call, deadline)
                       : OpenConnect(connection, proxy, to, call, deadline);
}

std::string ProxyAuthorization(const ProxyOptions& proxy) {
  if (proxy.user.empty()) return {};
  return "Basic " + sdk::Base64Encode(proxy.user + ":" + proxy.password);
}

Failure ProxyWantsCredentials(const ProxyOptions& proxy) {
  return {Reason::kProxy, sdk::Errc::kUpstreamFailed,
          "proxy " + proxy.Label() + ": want a user and password that it accepts", true};
}

}  // namespace sluice::upstream
