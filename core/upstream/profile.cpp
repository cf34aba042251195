// SPDX-License-Identifier: MIT
#include "core/upstream/profile.hpp"

#include <algorithm>

#include "core/telemetry/log.hpp"
#include "core/upstream/digest.hpp"
#include "core/upstream/target.hpp"

namespace sluice::upstream {
namespace {

sdk::Error Below(const char* pointer, sdk::Error error) {
  error.message.insert(0, pointer);
  return error;
}

sdk::Error Fault(std::string message) { return {.code = sdk::Errc::kInvalidArgument, .message = std::move(message)}; }

sdk::Result<std::vector<Origin>> ReadOrigins(const std::vector<std::string>& urls) {
  std::vector<Origin> origins;
  for (std::size_t i = 0; i < urls.size(); ++i) {
    const auto pointer = "/origins/" + std::to_string(i);
    const auto target = ParseTarget(urls[i]);
    if (!target || target->path != "/") return Fault(pointer + ": want http:// or https://, a host and nothing more");
    if (std::find(origins.begin(), origins.end(), target->origin) != origins.end()) {
      return Fault(pointer + ": want each origin once");
    }
    origins.push_back(target->origin);
  }
  return origins;
}

}  // namespace

Profile::Profile(ProfileOptions options, std::vector<Origin> origins, std::shared_ptr<Tls> tls,
                 std::shared_ptr<Tls> proxy_tls)
    : options_(std::move(options)),
      origins_(std::move(origins)),
      tls_(std::move(tls)),
      proxy_tls_(std::move(proxy_tls)),
      via_tls_(tls_->identity()),
      memory_(new Memory{RetryBudgets(options_.retry.budget), Health(origins_.size(), options_.health)}) {
  if (options_.proxy) DescribeProxy(*options_.proxy);
  std::vector<std::string> parts = {via_plain_, via_tls_};
  parts.insert(parts.end(), options_.origins.begin(), options_.origins.end());
  identity_ = Digest(parts);
}

void Profile::DescribeProxy(const ProxyOptions& proxy) {
  std::vector<std::string> parts = {std::to_string(static_cast<int>(proxy.protocol)),
                                    proxy.Label(),
                                    proxy.user,
                                    proxy.password,
                                    options_.proxy_resolves ? "names" : "addresses",
                                    proxy_tls_ ? proxy_tls_->identity() : std::string()};
  via_plain_ = Digest(parts);
  parts.push_back(tls_->identity());
  via_tls_ = Digest(parts);
}

sdk::Result<std::shared_ptr<const Profile>> Profile::Make(ProfileOptions options) {
  if (options.proxy) {
    if (auto valid = options.proxy->Validate(); !valid) return std::move(valid).error();
  }
  if (options.proxy_resolves && !options.proxy) return Fault("/proxy_resolves: want a proxy");
  if (auto valid = options.retry.Validate(); !valid) return Below("/retry", std::move(valid).error());
  if (auto valid = options.health.Validate(); !valid) return Below("/health", std::move(valid).error());
  auto origins = ReadOrigins(options.origins);
  if (!origins) return std::move(origins).error();
  auto tls = Tls::Shared(options.tls);
  if (!tls) return Below("/tls", std::move(tls).error());
  std::shared_ptr<Tls> proxy_tls;
  if (options.proxy && options.proxy->protocol == ProxyOptions::Protocol::kHttps) {
    auto made = Tls::Shared({.ca_file = options.proxy->ca_file});
    if (!made) return Below("/proxy", std::move(made).error());
    proxy_tls = std::move(*made);
  }
  if (options.tls.insecure_skip_verify) {
    telemetry::Log(telemetry::Level::kWarning,
                   "TLS CERTIFICATES ARE NOT VERIFIED: whoever stands in between can read and forge what this sends",
                   {{"used_by", options.name}});
  }
  if (options.proxy) telemetry::AddSecret(options.proxy->password);
  std::shared_ptr<const Profile> strangers;
  if (TlsOptions plain{.ca_file = options.tls.ca_file}; options.tls != plain) {
    auto made = Tls::Shared(plain);
    if (!made) return Below("/tls", std::move(made).error());
    auto others = options;
    others.tls = std::move(plain);
    strangers.reset(new Profile(std::move(others), {}, std::move(*made), proxy_tls));
  }
  std::shared_ptr<Profile> profile(
      new Profile(std::move(options), std::move(*origins), std::move(*tls), std::move(proxy_tls)));
  profile->strangers_ = std::move(strangers);
  return std::shared_ptr<const Profile>(std::move(profile));
}

std::shared_ptr<const Profile> Profile::Plain(const std::string& ca_file) {
  ProfileOptions options{.tls = {.ca_file = ca_file}, .retry = {.attempts = 1}};
  auto shared = Tls::Shared(options.tls);
  auto tls = shared ? std::move(*shared) : std::make_shared<Tls>(options.tls);
  return std::shared_ptr<const Profile>(new Profile(std::move(options), {}, std::move(tls), nullptr));
}

}  // namespace sluice::upstream
