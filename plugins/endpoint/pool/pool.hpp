// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Pool: the authority that gives users of other instances, or of this one, keys of stores.

#include <memory>
#include <sluice/sdk/endpoint.hpp>
#include <sluice/sdk/plugin.hpp>
#include <vector>

#include "answers.hpp"
#include "grants.hpp"
#include "internal_api.hpp"
#include "key_health.hpp"
#include "keys_api.hpp"
#include "personal.hpp"
#include "schema.hpp"
#include "settings.hpp"
#include "usage_api.hpp"
#include "usage_log.hpp"
#include "users_api.hpp"

namespace sluice::plugins::pool {

class Pool final : public sdk::Endpoint {
 public:
  static constexpr sdk::ComponentInfo kInfo{
      .type = "pool",
      .summary = "Pool authority: users, devices and encrypted store keys, handed out to instances that have its key",
      .config_schema = R"({"type": "object", "additionalProperties": false, "required": ["internal_api_key"],
        "properties": {
          "internal_api_key": {"type": "string", "secret": true,
            "description": "What instances show as a bearer token; 32 characters or more. Empty: none gets in"},
          "internal_api_key_next": {"type": "string", "secret": true,
            "description": "Another one that is as good, while instances change over from one to the other"},
          "grant_ttl": {"type": "integer", "minimum": 0, "maximum": 86400, "default": 300,
            "description": "Seconds for which instances may keep a key before they ask again"},
          "device_limit": {"type": "integer", "minimum": 1, "maximum": 1000, "default": 3,
            "description": "Devices of a user who has no limit of their own"},
          "retention_days": {"type": "integer", "minimum": 1, "maximum": 36500, "default": 90,
            "description": "Days after which usage is dropped"},
          "check_hours": {"type": "integer", "minimum": 0, "maximum": 8760, "default": 24,
            "description": "Hours after which a key in use is checked with its store; 0: only keys that instances report"},
          "budgets": {"type": "object", "additionalProperties": {"type": "integer", "minimum": 1, "maximum": 1000000},
            "default": {}, "description": "store: how often a minute each of its keys is handed out at the most"},
          "account_urls": {"type": "object", "additionalProperties": {"type": "string"}, "default": {},
            "description": "store: where its API is, for checks of keys, if not where it usually is"},
          "base_url": {"type": "string", "default": "",
            "description": "In front of personal links: https://pool.example.com. Empty: they are paths"},
          "link_path": {"type": "string", "pattern": "^(/[^/?#{}]+)+$", "default": "/api/v1/pool/me",
            "description": "Where personal links are; the pipeline's match is this and /{token}"}}})",
      .migrations = kMigrations,
      .sealed_columns = kSealedColumns};

  static sdk::Result<std::unique_ptr<Pool>> Create(sdk::Host host, const sdk::Config& config);

  std::vector<sdk::Route> Routes() const override;
  sdk::Result<std::optional<sdk::Source>> Handle(const sdk::Call& call, std::size_t route, const sdk::RequestHead& head,
                                                 std::span<const std::byte> body,
                                                 sdk::ResponseWriter& response) override;

 private:
  Pool(sdk::Host host, Settings settings);

  const sdk::Host host_;
  const Settings settings_;
  Grants grants_;
  UsageLog usage_;
  KeyHealth health_;
  InternalApi internal_api_;
  UsersApi users_api_;
  KeysApi keys_api_;
  UsageApi usage_api_;
  Personal personal_;
  std::vector<Served> served_;
};

}  // namespace sluice::plugins::pool
