// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Route: maps the path of a request to a path of one origin.

#include <memory>
#include <sluice/sdk/plugin.hpp>
#include <sluice/sdk/resolver.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::plugins::route {

/// No escape is decoded or added on the way: what the player asked for is what the origin is asked for, behind the
/// origin's own path. Immutable after Create.
class Route final : public sdk::Resolver {
 public:
  static constexpr sdk::ComponentInfo kInfo{
      .type = "route", .summary = "Maps request paths to one origin", .config_schema = R"({
        "type": "object", "additionalProperties": false, "required": ["origin"],
        "properties": {
          "origin": {"type": "string", "minLength": 1,
            "description": "Absolute http or https URL, with a path if there is one, such as https://origin.example.com/vod"},
          "strip_prefix": {"type": "string", "pattern": "^(/[^?#]*)?$", "default": "",
            "description": "Front of the request path that the origin does not know, whole segments, such as /vod"},
          "query": {"type": "string", "enum": ["forward", "drop"], "default": "forward",
            "description": "Whether the query goes to the origin; credentials that an authenticate step took are gone"},
          "headers": {"type": "object", "additionalProperties": {"type": "string", "secret": true},
            "description": "Fields sent to the origin, and to no other host"},
          "ranges": {"type": "boolean", "default": true,
            "description": "Whether the viewer's Range field goes to the origin"},
          "resumable": {"type": "boolean", "default": true,
            "description": "Whether the rest of a body that breaks off is asked for, unseen by the player"}}})"};

  static sdk::Result<std::unique_ptr<Route>> Create(sdk::Host host, const sdk::Config& config);

  sdk::Result<sdk::Source> Resolve(const sdk::Call& call, const sdk::RequestHead& head) override;
  sdk::Result<sdk::Source> ResolveChild(const sdk::Call& call, const sdk::RequestHead& head,
                                        const sdk::Child& child) override;

 private:
  struct Settings {
    std::string base;    // the configured origin, without a "/" at its end
    std::string origin;  // scheme, host and port, for comparison
    std::string prefix;  // without a "/" at its end
    bool forward_query = true;
    bool ranges = true;
    bool resumable = true;
    std::vector<sdk::Header> headers;
  };

  explicit Route(Settings settings);

  const Settings settings_;
};

}  // namespace sluice::plugins::route
