// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Admin: what the server knows of itself, as JSON, for its operator.

#include <memory>
#include <optional>
#include <sluice/sdk/endpoint.hpp>
#include <sluice/sdk/plugin.hpp>
#include <string>
#include <vector>

namespace sluice::plugins::admin {

/// Refusals are errors: core gives them the shape that all its errors have. Immutable after Create.
class Admin final : public sdk::Endpoint {
 public:
  static constexpr sdk::ComponentInfo kInfo{
      .type = "admin",
      .summary = "Plugins, pipelines, principals, configuration and reloads, as JSON for the operator",
      .config_schema = R"({
        "type": "object", "additionalProperties": false,
        "properties": {
          "token": {"type": "string", "secret": true,
            "description": "Sent by the operator as Authorization: Bearer or X-Sluice-Admin-Token; 8 characters or more"},
          "open_on_loopback": {"type": "boolean", "default": false,
            "description": "Whether direct clients on this machine need no token"}}})"};

  static sdk::Result<std::unique_ptr<Admin>> Create(sdk::Host host, const sdk::Config& config);

  std::vector<sdk::Route> Routes() const override;
  sdk::Result<std::optional<sdk::Source>> Handle(const sdk::Call& call, std::size_t route, const sdk::RequestHead& head,
                                                 std::span<const std::byte> body,
                                                 sdk::ResponseWriter& response) override;

 private:
  Admin(sdk::Host host, std::string token, bool open_on_loopback);
  sdk::Status Check(const sdk::Call& call, const sdk::RequestHead& head) const;

  const sdk::Host host_;
  const std::string token_;  // empty: nobody has one
  const bool open_on_loopback_;
};

}  // namespace sluice::plugins::admin
