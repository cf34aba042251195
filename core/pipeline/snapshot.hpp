// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Snapshot: components and pipelines of one configuration, immutable, swapped whole on reload.

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <sluice/sdk/endpoint.hpp>
#include <string>
#include <vector>

#include "core/config/config.hpp"
#include "core/config/path_template.hpp"
#include "core/pipeline/slots.hpp"
#include "core/plugin/instance.hpp"

namespace sluice::plugin {
class PluginSet;
}

namespace sluice::upstream {
class Profile;
}

namespace sluice::pipeline {

class ManifestCache;
struct PipelineMetrics;

using InstancePtr = std::shared_ptr<const plugin::Instance>;

/// A component with what it was made from, so that an unchanged one is used again.
struct Component {
  config::Component config;  ///< Defaults filled in.
  InstancePtr instance;
  sdk::AuthInterests interests = {};  ///< Of an auth backend.
};

struct EndpointRoute {
  sdk::Route route;
  config::PathTemplate path;
};

/// A step with its components looked up.
struct Step {
  config::Step config;
  std::vector<InstancePtr> components;                    ///< In the order in which they are asked.
  std::vector<EndpointRoute> routes;                      ///< Of `serve`.
  std::shared_ptr<const upstream::Profile> profile = {};  ///< Of `fetch`. Null: the client's default.
  std::shared_ptr<Slots> slots = {};                      ///< Of `fetch`. Null: no limit.
  std::shared_ptr<ManifestCache> rewritten = {};          ///< Of `rewrite`. Null: nothing is kept.
};

struct Pipeline {
  config::Pipeline config;
  config::PathTemplate path;
  std::vector<Step> steps;
  std::size_t max_body_bytes = 0;
  std::shared_ptr<PipelineMetrics> metrics;

  /// First step of that kind, or null.
  const Step* Find(config::Step::Kind kind) const;
};

struct Snapshot {
  config::Config config;
  std::shared_ptr<const plugin::PluginSet> plugins;  ///< That the components were made from.
  std::map<std::string, Component> components;
  std::vector<Pipeline> pipelines;
  std::vector<std::string> link_folders;      ///< Paths of base URLs: links come back below them. No "" among them.
  std::shared_ptr<PipelineMetrics> unserved;  ///< Of requests that no pipeline serves; never null.

  const Pipeline* FindPipeline(std::string_view name) const;
  /// What the auth backend of that name does besides; nothing for a component of another kind, or none.
  sdk::AuthInterests InterestsOf(const std::string& backend) const;
  /// The part of `path` that is a link: "/~/<token>/<name>". A proxy in front may leave the path of a base URL before
  /// it, or not. \returns  nothing: it is none.
  std::optional<std::string_view> LinkIn(std::string_view path) const;
};

/// Answers the snapshot in use; null before the first. Threads: [any].
using CurrentSnapshot = std::function<std::shared_ptr<const Snapshot>()>;

/// For `Snapshot::link_folders`.
std::vector<std::string> LinkFolders(const config::Config& config);

}  // namespace sluice::pipeline
