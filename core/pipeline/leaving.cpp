// SPDX-License-Identifier: MIT
#include "core/pipeline/leaving.hpp"

#include "core/upstream/profile.hpp"

namespace sluice::pipeline {
namespace {

sdk::Result<std::optional<upstream::ProxyOptions>> ProxyOf(const config::Proxy& proxy, const std::string& fallback) {
  if (proxy.url == "direct") return std::optional<upstream::ProxyOptions>();
  const auto& url = proxy.url.empty() ? fallback : proxy.url;
  if (url.empty()) return std::optional<upstream::ProxyOptions>();
  auto parsed = upstream::ProxyOptions::Parse(url);
  if (!parsed) return std::move(parsed).error();
  if (!proxy.username.empty()) {
    parsed->user = proxy.username;
    parsed->password = proxy.password;
  }
  return std::optional(std::move(*parsed));
}

upstream::RetryOptions RetryOf(const config::Retry& retry) {
  upstream::RetryOptions options;
  options.attempts = retry.attempts;
  options.on_status = retry.on_status;
  options.referer = retry.referer;
  options.backoff = {.initial_delay = retry.initial_delay,
                     .multiplier = retry.multiplier,
                     .max_delay = retry.max_delay,
                     .jitter = retry.jitter};
  options.budget = {
      .ttl = retry.budget_ttl, .min_per_second = retry.budget_min_per_second, .ratio = retry.budget_ratio};
  return options;
}

}  // namespace

sdk::Result<std::shared_ptr<const upstream::Profile>> MakeProfile(const config::FetchStep& step,
                                                                  const config::Upstream& upstream, std::string name) {
  auto proxy = ProxyOf(step.proxy, upstream.proxy);
  if (!proxy) return std::move(proxy).error();
  upstream::ProfileOptions options;
  options.name = std::move(name);
  options.proxy = std::move(*proxy);
  options.proxy_resolves = step.proxy.resolves && options.proxy.has_value();
  options.tls = {.server_name = step.tls.server_name,
                 .ca_file = step.tls.ca_file.empty() ? upstream.ca_file : step.tls.ca_file,
                 .certificate_file = step.tls.certificate,
                 .private_key_file = step.tls.private_key,
                 .insecure_skip_verify = step.tls.insecure_skip_verify};
  options.retry = RetryOf(step.retry);
  options.origins = step.origins;
  options.health = {.failures = step.health.failures,
                    .ejected_for = step.health.ejected_for,
                    .max_ejected_for = step.health.max_ejected_for};
  return upstream::Profile::Make(std::move(options));
}

}  // namespace sluice::pipeline
