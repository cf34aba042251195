// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Chillstreams: lets in whom a key pool lends a store's key, and tells the pool what it was used for.

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <sluice/sdk/auth.hpp>
#include <sluice/sdk/plugin.hpp>
#include <string>

#include "feed.hpp"
#include "grant_cache.hpp"
#include "options.hpp"
#include "pool_client.hpp"

namespace sluice::plugins::chillstreams {

/// Keys live in this instance's memory and in the exchange that they are given to.
class Chillstreams final : public sdk::AuthBackend {
 public:
  static constexpr sdk::ComponentInfo kInfo{
      .type = "chillstreams", .summary = "Lets in whom a key pool lends a store's key", .config_schema = R"({
        "type": "object", "additionalProperties": false,
        "properties": {
          "url": {"type": "string", "default": "http://localhost:3000",
            "description": "http or https URL of the pool, in front of /api/v1/internal/pool"},
          "key": {"type": "string", "secret": true, "default": "",
            "description": "API key that the pool knows this server by"},
          "enabled": {"default": true,
            "description": "true or false, also as text, of which only \"true\" is true; false: user ids are refused"},
          "store": {"type": "string", "pattern": "^[a-z][a-z0-9-]*$", "default": "torbox",
            "description": "Component type of the store whose keys the pool lends"},
          "scopes": {"type": "array", "items": {"type": "string", "pattern": "^[!-~]{1,64}$"}, "default": ["play"],
            "description": "Scopes of whoever is let in"},
          "ttl": {"type": "integer", "minimum": 5, "maximum": 3600, "default": 300,
            "description": "Seconds for which a grant holds when the pool does not say"},
          "refusal_ttl": {"type": "integer", "minimum": 0, "maximum": 300, "default": 10,
            "description": "Seconds for which a refusal holds"},
          "timeout": {"type": "integer", "minimum": 1, "maximum": 60, "default": 10,
            "description": "Seconds until the pool counts as away"},
          "device": {"type": "string", "enum": ["plain", "salted"], "default": "plain",
            "description": "How devices are named: SHA-256 of address and user agent, or HMAC-SHA-256 under device_salt"},
          "device_salt": {"type": "string", "secret": true, "default": "",
            "description": "16 octets or more; the same on every server of this pool"},
          "client_id": {"type": "boolean", "default": false,
            "description": "Whether viewers may name their device: <user id>:<1 to 64 of A-Za-z0-9._->"},
          "events": {"type": "string", "enum": ["auto", "off"], "default": "auto",
            "description": "auto: news of revoked users and retired keys is followed, where the pool has it"},
          "max_grants": {"type": "integer", "minimum": 1, "maximum": 1000000, "default": 10000,
            "description": "Devices of which is remembered what the pool said"}}})"};

  static sdk::Result<std::unique_ptr<Chillstreams>> Create(sdk::Host host, const sdk::Config& config);

  sdk::Result<std::optional<sdk::Principal>> Authenticate(const sdk::Call& call,
                                                          const sdk::Credentials& credentials) override;
  sdk::AuthInterests Interests() const noexcept override;
  sdk::Status ReportUsage(const sdk::Call& call, std::span<const sdk::UsageRecord> records) override;
  sdk::Status Watch(const sdk::Call& call, sdk::RevocationSink& out) override;

 private:
  Chillstreams(sdk::Host host, Options options);
  void CountRecord(std::string_view outcome) const;

  const sdk::Host host_;
  const Options options_;
  const PoolClient pool_;
  GrantCache grants_;
  Feed feed_;
  const sdk::Result<sdk::MetricsService::Id> records_;
  /// Ids of records that the pool has, of reports that broke off: they come again, and a slow pool would get no
  /// further.
  std::set<std::string, std::less<>> reported_;
};

}  // namespace sluice::plugins::chillstreams
