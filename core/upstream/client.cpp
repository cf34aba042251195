// SPDX-License-Identifier: MIT
#include "core/upstream/client.hpp"

#include <algorithm>
#include <array>
#include <exception>

#include "core/http/head_scanner.hpp"
#include "core/telemetry/log.hpp"
#include "core/upstream/address_guard.hpp"
#include "core/upstream/body.hpp"
#include "core/upstream/dialer.hpp"
#include "core/upstream/dns.hpp"
#include "core/upstream/exchange.hpp"
#include "core/upstream/fields.hpp"
#include "core/upstream/metrics.hpp"
#include "core/upstream/pool.hpp"
#include "core/upstream/redirect.hpp"
#include "core/upstream/request_head.hpp"
#include "core/upstream/tls.hpp"

namespace sluice::upstream {
namespace {

constexpr std::uint64_t kDrainBytes = 16 * 1024;

TrustedUpstreams ReadTrusted(const std::vector<std::string>& entries) {
  auto trusted = TrustedUpstreams::Parse(entries);
  if (trusted) return std::move(*trusted);
  telemetry::Log(telemetry::Level::kError, "No upstream is trusted: the list cannot be read",
                 {{"reason", trusted.error().message}});
  return {};
}

/// A short body of a redirect is read, so that the connection can be used for what follows.
void Drain(Response& response) {
  if (!response.content_length || *response.content_length > kDrainBytes) return;
  std::array<std::byte, 4096> scratch{};
  for (auto got = response.body->Read(scratch); got && *got > 0;) got = response.body->Read(scratch);
}

}  // namespace

class Client::Impl {
 public:
  Impl(const ClientOptions& options, prometheus::Registry& registry, std::unique_ptr<Resolver> resolver)
      : metrics_(registry),
        trusted_(ReadTrusted(options.trusted)),
        tls_(options.ca_file),
        resolver_(std::move(resolver)),
        pool_(options.max_idle_per_origin, options.idle_timeout, metrics_),
        dialer_(tls_, metrics_) {}

  sdk::Result<Response> Fetch(const sdk::Call& call, const Request& request) {
    const auto started = Clock::now();
    auto response = FollowChain(call, request);
    metrics_.Observe(response ? response->status : 0, response ? nullptr : &response.error(), Clock::now() - started);
    return response;
  }

 private:
  sdk::Result<Response> FollowChain(const sdk::Call& call, const Request& request) {
    auto target = ParseTarget(request.url);
    if (!target) return Count(Reason::kInvalid, std::move(target).error());
    Hop hop{request.method, std::move(*target), request.headers, request.body};
    for (std::uint32_t followed = 0;; ++followed) {
      auto response = FetchOne(call, request, hop);
      if (!response || request.max_redirects == 0 || !IsRedirect(response->status)) return response;
      if (followed == request.max_redirects) {
        return metrics_.Fail(Reason::kRedirect, sdk::Errc::kUpstreamFailed,
                             hop.target.origin.Label() + ": want at most " + std::to_string(followed) + " redirects");
      }
      if (auto led = Follow(response->status, response->Header("Location"), hop); !led) {
        return Count(Reason::kRedirect, std::move(led).error());
      }
      if (auto asked = AskAbout(request, hop); !asked) return Count(Reason::kRedirect, std::move(asked).error());
      Drain(*response);
    }
  }

  static sdk::Status AskAbout(const Request& request, Hop& hop) {
    if (!request.on_redirect) return sdk::Ok();
    auto fields = request.on_redirect(hop.target.url);
    if (!fields) return std::move(fields).error();
    for (auto& field : *fields) {
      std::erase_if(hop.headers, [&](const sdk::Header& held) { return http::EqualNoCase(held.name, field.name); });
      hop.headers.push_back(std::move(field));
    }
    return sdk::Ok();
  }

  sdk::Result<Response> FetchOne(const sdk::Call& call, const Request& request, const Hop& hop) {
    const auto deadline = std::min(call.deadline(), request.body_deadline);
    if (call.cancelled()) return metrics_.Fail(Reason::kCancelled, sdk::Errc::kCancelled, "the viewer is gone");
    if (Clock::now() >= deadline) {
      return metrics_.Fail(Reason::kTimeout, sdk::Errc::kDeadlineExceeded,
                           hop.target.origin.Label() + ": want time left before the deadline");
    }
    auto head = WriteRequestHead(hop.method, hop.target, hop.headers, hop.body.size());
    if (!head) return Count(Reason::kInvalid, std::move(head).error());
    auto checked = CheckedAddresses(hop.target.origin);
    if (!checked) return std::move(checked).error();
    const ExchangeRequest wire{*head, hop.body, hop.method == "HEAD", request.read_timeout, deadline};
    auto connection = pool_.Take(hop.target.origin, *checked);
    if (connection) metrics_.ConnectionUsed(true);
    for (;;) {
      if (!connection) {
        auto dialed =
            dialer_.Dial(call, hop.target.origin, *checked, std::min(deadline, After(request.connect_timeout)));
        if (!dialed) return std::move(dialed).error();
        connection = std::move(*dialed);
      }
      auto result = RunExchange(*connection, call, wire);
      if (auto* done = std::get_if<ExchangeResult>(&result)) {
        return Answer(call, request, hop, std::move(*done), std::move(connection));
      }
      auto& failed = std::get<ExchangeFailure>(result);
      if (!failed.stale || !IsIdempotent(hop.method)) return metrics_.Fail(std::move(failed.failure));
      // The others of this origin were probably closed at the same time. A fresh connection is never stale.
      connection.reset();
      pool_.Drop(hop.target.origin);
    }
  }

  sdk::Result<std::vector<net::IpAddress>> CheckedAddresses(const Origin& origin) {
    std::vector<net::IpAddress> addresses;
    if (const auto literal = net::IpAddress::Parse(origin.host)) {
      addresses.push_back(*literal);
    } else {
      auto resolved = resolver_.Resolve(origin.host);
      if (!resolved) return Count(Reason::kDns, std::move(resolved).error());
      addresses = std::move(*resolved);
    }
    if (const auto refused = Refused(trusted_, origin.host, origin.port, addresses)) {
      metrics_.Refused(*refused);
      return metrics_.Fail(Reason::kGuard, sdk::Errc::kPermissionDenied,
                           origin.Label() + ": want a public address, or a trusted upstream");
    }
    return addresses;
  }

  Response Answer(const sdk::Call& call, const Request& request, const Hop& hop, ExchangeResult result,
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
        std::move(raw), call, BodyLimits{request.read_timeout, request.body_deadline}, Shared{pool_, tls_, metrics_});
    return response;
  }

  sdk::Error Count(Reason reason, sdk::Error error) {
    return metrics_.Fail(reason, error.code, std::move(error.message));
  }

  Metrics metrics_;
  const TrustedUpstreams trusted_;
  Tls tls_;
  CachingResolver resolver_;
  Pool pool_;
  Dialer dialer_;
};

std::string_view Response::Header(std::string_view name) const { return FindField(headers, name).value_or(""); }

Client::Client(ClientOptions options, prometheus::Registry& registry)
    : Client(std::move(options), registry, MakeSystemResolver()) {}

Client::Client(ClientOptions options, prometheus::Registry& registry, std::unique_ptr<Resolver> resolver)
    : impl_(std::make_unique<Impl>(options, registry, std::move(resolver))) {}

Client::~Client() = default;

sdk::Status Client::Validate(const ClientOptions& options) {
  if (auto trusted = TrustedUpstreams::Parse(options.trusted); !trusted) return std::move(trusted).error();
  const Tls tls(options.ca_file);
  if (tls.status()) return sdk::Ok();
  return sdk::Error{.code = sdk::Errc::kInvalidArgument, .message = tls.status().error().message};
}

sdk::Result<Response> Client::Fetch(const sdk::Call& call, const Request& request) {
  try {
    return impl_->Fetch(call, request);
  } catch (const std::exception&) {
    // The text of an exception may quote what must not be shown.
    return sdk::Error{.code = sdk::Errc::kInternal, .message = "the upstream client failed"};
  }
}

}  // namespace sluice::upstream
