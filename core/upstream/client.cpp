// SPDX-License-Identifier: MIT
#include "core/upstream/client.hpp"

#include <exception>

#include "core/telemetry/log.hpp"
#include "core/upstream/dns.hpp"
#include "core/upstream/fetcher.hpp"
#include "core/upstream/fields.hpp"
#include "core/upstream/pacer.hpp"

namespace sluice::upstream {
namespace {

TrustedUpstreams ReadTrusted(const std::vector<std::string>& entries) {
  auto trusted = TrustedUpstreams::Parse(entries);
  if (trusted) return std::move(*trusted);
  telemetry::Log(telemetry::Level::kError, "No upstream is trusted: the list cannot be read",
                 {{"reason", trusted.error().message}});
  return {};
}

}  // namespace

class Client::Impl {
 public:
  Impl(const ClientOptions& options, prometheus::Registry& registry, ClientParts parts)
      : metrics_(registry),
        trusted_(ReadTrusted(options.trusted)),
        profile_(options.profile ? options.profile : Profile::Plain(options.ca_file)),
        names_(parts.resolver ? std::move(parts.resolver) : MakeSystemResolver(), parts.names_live),
        pacer_(parts.pacer ? std::move(parts.pacer) : std::make_unique<Pacer>()),
        pool_(options.max_idle_per_origin, options.idle_timeout, metrics_),
        attempter_(trusted_, names_, pool_, metrics_),
        fetcher_(attempter_, *pacer_, metrics_) {}

  sdk::Result<Response> Fetch(const sdk::Call& call, const Request& request) {
    const auto started = Clock::now();
    auto response = fetcher_.Fetch(call, request, request.profile != nullptr ? *request.profile : *profile_);
    metrics_.Observe(response ? response->status : 0, response ? nullptr : &response.error(), Clock::now() - started);
    return response;
  }

 private:
  Metrics metrics_;
  const TrustedUpstreams trusted_;
  const std::shared_ptr<const Profile> profile_;
  NameService names_;
  const std::unique_ptr<Pacer> pacer_;
  Pool pool_;
  Attempter attempter_;
  Fetcher fetcher_;
};

ClientParts::ClientParts() = default;
ClientParts::ClientParts(ClientParts&&) noexcept = default;
ClientParts::~ClientParts() = default;

std::string_view Response::Header(std::string_view name) const { return FindField(headers, name).value_or(""); }

Client::Client(ClientOptions options, prometheus::Registry& registry) : Client(std::move(options), registry, {}) {}

Client::Client(ClientOptions options, prometheus::Registry& registry, ClientParts parts)
    : impl_(std::make_unique<Impl>(options, registry, std::move(parts))) {}

Client::~Client() = default;

sdk::Status Client::Validate(const ClientOptions& options) {
  if (auto trusted = TrustedUpstreams::Parse(options.trusted); !trusted) return std::move(trusted).error();
  if (auto tls = MakeTlsContext({.ca_file = options.ca_file}); !tls) return std::move(tls).error();
  return sdk::Ok();
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
