// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Home: the page that a newcomer opens: plays a stream through the gateway and shows the pipelines.

#include <memory>
#include <optional>
#include <sluice/sdk/endpoint.hpp>
#include <sluice/sdk/plugin.hpp>
#include <string>
#include <vector>

namespace sluice::plugins::admin {

/// Serves pages that are built into the plugin. Immutable after Create.
class Home final : public sdk::Endpoint {
 public:
  static constexpr sdk::ComponentInfo kInfo{
      .type = "home",
      .summary = "A page that plays a stream through this gateway and shows its pipelines",
      .config_schema = R"({
        "type": "object", "additionalProperties": false,
        "properties": {
          "stream": {"type": "string", "default": "",
            "description": "What the page plays at first: a path on this gateway, with its query; anybody can read it"},
          "show_pipelines": {"type": "boolean", "default": false,
            "description": "Whether the page lists the pipelines and their plugins to anybody"}}})"};

  static sdk::Result<std::unique_ptr<Home>> Create(sdk::Host host, const sdk::Config& config);

  std::vector<sdk::Route> Routes() const override;
  sdk::Result<std::optional<sdk::Source>> Handle(const sdk::Call& call, std::size_t route, const sdk::RequestHead& head,
                                                 std::span<const std::byte> body,
                                                 sdk::ResponseWriter& response) override;

 private:
  Home(sdk::Host host, std::string stream_json, bool show_pipelines);
  sdk::Status SendOverview(sdk::ResponseWriter& response) const;

  const sdk::Host host_;
  const std::string stream_json_;  // as a JSON string, quotes included
  const bool show_pipelines_;
};

}  // namespace sluice::plugins::admin
