// SPDX-License-Identifier: MIT
#include "chillstreams.hpp"

#include <array>
#include <sluice/sdk/url.hpp>
#include <utility>

#include "device_id.hpp"
#include "user_id.hpp"

namespace sluice::plugins::chillstreams {
namespace {

constexpr std::size_t kMaxReported = 10'000;

/// Whoever reads along on the way takes the keys.
bool IsReadOnTheWay(const std::string& text) {
  const auto url = sdk::ParseUrl(text);
  return url && url->Is("http") && url->host != "localhost" && url->host != "127.0.0.1" && url->host != "::1";
}

}  // namespace

Chillstreams::Chillstreams(sdk::Host host, Options options)
    : host_(std::move(host)),
      options_(std::move(options)),
      pool_(host_, options_),
      grants_(host_, options_.refusal_ttl, options_.max_grants),
      feed_(host_, pool_, grants_),
      records_(host_.metrics().Declare(sdk::MetricKind::kCounter, "usage_records_total",
                                       "Usage records that the pool took, or will never take: taken, lost",
                                       std::array{std::string_view("outcome")})) {}

sdk::Result<std::unique_ptr<Chillstreams>> Chillstreams::Create(sdk::Host host, const sdk::Config& config) {
  auto options = ReadOptions(config);
  if (!options) return options.error();
  if (!options->enabled) {
    host.Log(sdk::LogLevel::kInfo, "pool authentication is switched off: user ids are refused");
  } else if (IsReadOnTheWay(options->url)) {
    host.Log(sdk::LogLevel::kWarning, "the pool is asked by http: whoever stands between may read its keys");
  }
  return std::unique_ptr<Chillstreams>(new Chillstreams(std::move(host), *std::move(options)));
}

sdk::Result<std::optional<sdk::Principal>> Chillstreams::Authenticate(const sdk::Call& call,
                                                                      const sdk::Credentials& credentials) {
  // Keys of stores may look like user ids.
  if (credentials.scheme == "userdata") return std::optional<sdk::Principal>{};
  if (credentials.scheme == "viewer" && credentials.user != options_.store) return std::optional<sdk::Principal>{};
  const auto viewer = ParseCredential(credentials.secret, options_.client_id);
  if (!viewer) return std::optional<sdk::Principal>{};
  if (!options_.enabled) {
    return sdk::Error{.code = sdk::Errc::kPermissionDenied, .message = "pool authentication is switched off"};
  }
  const auto device = DeviceIdOf(
      viewer->client_id.empty() ? DescribeDevice(credentials.client_ip, credentials.user_agent) : viewer->client_id,
      options_.device_salt);
  if (device.empty()) return sdk::Error{.code = sdk::Errc::kInternal, .message = "the device's digest failed"};
  const auto lease = grants_.Find(call, viewer->user_id, device, [&] {
    return pool_.GetKey(
        call,
        {.user_id = viewer->user_id, .device_id = device, .action = credentials.action, .hash = credentials.hash});
  });
  if (!lease) return lease.error();
  sdk::Principal principal{.subject = viewer->user_id, .scopes = options_.scopes};
  principal.grants.push_back(
      {.store = options_.store, .key = lease->key, .key_id = lease->key_id, .expires_at = lease->expires_at});
  return std::optional(std::move(principal));
}

sdk::AuthInterests Chillstreams::Interests() const noexcept {
  return {.usage = options_.enabled, .revocations = options_.enabled && options_.events};
}

sdk::Status Chillstreams::ReportUsage(const sdk::Call& call, std::span<const sdk::UsageRecord> records) {
  if (!options_.enabled) return sdk::AuthBackend::ReportUsage(call, records);
  for (const auto& record : records) {
    if (reported_.contains(record.id)) continue;
    const auto delivery = pool_.LogUsage(call, record);
    if (!delivery) {
      auto error = delivery.error();
      if (error.code == sdk::Errc::kRateLimited) error.code = sdk::Errc::kUpstreamFailed;
      return error;
    }
    CountRecord(*delivery == Delivery::kTaken ? "taken" : "lost");
    if (reported_.size() == kMaxReported) reported_.clear();
    reported_.emplace(record.id);
  }
  for (const auto& record : records) {
    if (const auto found = reported_.find(record.id); found != reported_.end()) reported_.erase(found);
  }
  return sdk::Ok();
}

sdk::Status Chillstreams::Watch(const sdk::Call& call, sdk::RevocationSink& out) {
  if (!Interests().revocations) return sdk::AuthBackend::Watch(call, out);
  return feed_.Watch(call, out);
}

void Chillstreams::CountRecord(std::string_view outcome) const {
  if (records_) host_.metrics().Record(*records_, 1, std::array{outcome});
}

}  // namespace sluice::plugins::chillstreams
