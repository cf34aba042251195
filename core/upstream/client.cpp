// SPDX-License-Identifier: MIT
#include "core/upstream/client.hpp"

#include <array>

#include "core/telemetry/log.hpp"
#include "core/upstream/address_guard.hpp"
#include "core/upstream/dns.hpp"
#include "core/upstream/fetching.hpp"
#include "core/upstream/fields.hpp"
#include "core/upstream/pacer.hpp"
#include "core/upstream/pool.hpp"

namespace sluice::upstream {
namespace {

AddressRules ReadRules(const ClientOptions& options) {
  auto rules = AddressRules::Parse(options.trusted, options.denied, options.ports);
  if (rules) return std::move(*rules);
  telemetry::Log(telemetry::Level::kError, "Every upstream is denied: the rules cannot be read",
                 {{"reason", rules.error().message}});
  return AddressRules::Parse({}, std::array<std::string, 2>{"0.0.0.0/0", "::/0"}, {}).value();
}

}  // namespace

class Client::Impl {
 public:
  Impl(const ClientOptions& options, prometheus::Registry& registry, ClientParts parts)
      : metrics_(registry),
        rules_(ReadRules(options)),
        profile_(options.profile ? options.profile : Profile::Plain(options.ca_file)),
        names_(parts.resolver ? std::move(parts.resolver) : MakeSystemResolver(), parts.names_live),
        pacer_(parts.pacer ? std::move(parts.pacer) : std::make_unique<Pacer>()),
        pool_(options.max_idle_per_origin, options.idle_timeout, metrics_),
        dialer_(names_, metrics_) {}

  std::unique_ptr<Fetching> Begin(const sdk::Call& call, const Request& request) {
    return std::make_unique<Fetching>(tools_, call, request, request.profile != nullptr ? *request.profile : *profile_);
  }

 private:
  Metrics metrics_;
  const AddressRules rules_;
  const std::shared_ptr<const Profile> profile_;
  NameService names_;
  const std::unique_ptr<Pacer> pacer_;
  Pool pool_;
  Dialer dialer_;
  const Tools tools_{rules_, names_, pool_, dialer_, *pacer_, metrics_};
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
  if (auto rules = AddressRules::Parse(options.trusted, options.denied, options.ports); !rules) {
    return std::move(rules).error();
  }
  if (auto tls = MakeTlsContext({.ca_file = options.ca_file}); !tls) return std::move(tls).error();
  return sdk::Ok();
}

std::unique_ptr<Fetching> Client::Begin(const sdk::Call& call, const Request& request) {
  return impl_->Begin(call, request);
}

sdk::Result<Response> Client::Fetch(const sdk::Call& call, const Request& request) {
  const auto fetching = Begin(call, request);
  auto answer = fetching->Advance();
  while (!answer) answer = fetching->Advance(WaitFor(fetching->awaited(), call));
  return std::move(*answer);
}

}  // namespace sluice::upstream
