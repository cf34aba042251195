// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Direct: fetches the URL that the viewer names in the query parameter `d`, if it is on the allow-list.

#include <memory>
#include <sluice/sdk/plugin.hpp>
#include <sluice/sdk/resolver.hpp>
#include <string>
#include <vector>

#include "allow_list.hpp"

namespace sluice::plugins::direct {

/// Redirects pass the same allow-list: the host asks ResolveChild about each of them. Immutable after Create.
class Direct final : public sdk::Resolver {
 public:
  static constexpr sdk::ComponentInfo kInfo{
      .type = "direct", .summary = "Fetches the URL that the viewer names, from an allow-list", .config_schema = R"({
        "type": "object", "additionalProperties": false,
        "properties": {
          "api_password": {"type": "string", "secret": true, "default": "",
            "description": "What viewers must present; empty: nothing"},
          "allowlist": {"type": "array", "default": [],
            "description": "Where viewers may send the gateway; empty: nowhere",
            "items": {"type": "object", "additionalProperties": false, "required": ["domain"],
              "properties": {
                "domain": {"type": "string", "minLength": 1,
                  "description": "Host name or address, exactly; without port, which may be any"},
                "schemes": {"type": "array", "default": ["https"], "items": {"type": "string", "enum": ["http", "https"]},
                  "description": "Schemes of the URL"},
                "paths": {"type": "array", "default": [], "items": {"type": "string", "pattern": "^/"},
                  "description": "Globs for the whole path, as it is written in the URL; `*` crosses /; none: every path"}}}}}})"};

  static sdk::Result<std::unique_ptr<Direct>> Create(sdk::Host host, const sdk::Config& config);

  sdk::Result<sdk::Source> Resolve(const sdk::Call& call, const sdk::RequestHead& head) override;
  sdk::Result<sdk::Source> ResolveChild(const sdk::Call& call, const sdk::RequestHead& head,
                                        const sdk::Child& child) override;

 private:
  Direct(sdk::Host host, std::string password, AllowList allowed)
      : host_(std::move(host)), password_(std::move(password)), allowed_(std::move(allowed)) {}

  sdk::Status CheckPassword(const sdk::RequestHead& head) const;

  const sdk::Host host_;
  const std::string password_;
  const AllowList allowed_;
};

}  // namespace sluice::plugins::direct
