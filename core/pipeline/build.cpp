// SPDX-License-Identifier: MIT
#include "core/pipeline/build.hpp"

#include "core/pipeline/leaving.hpp"
#include "core/pipeline/manifest_cache.hpp"
#include "core/pipeline/metrics.hpp"
#include "core/plugin/registry.hpp"

namespace sluice::pipeline {
namespace {

using Kind = config::Step::Kind;

bool SameConfig(const config::Component& a, const config::Component& b) {
  return a.kind == b.kind && a.type == b.type && a.config == b.config;
}

/// One build of a snapshot.
class Builder {
 public:
  Builder(const plugin::PluginSet& plugins, const Snapshot* previous, Metrics& metrics, config::Faults& faults)
      : plugins_(plugins), previous_(previous), metrics_(metrics), faults_(faults) {}

  std::shared_ptr<Snapshot> Build(config::Config config) {
    auto snapshot = std::make_shared<Snapshot>();
    const auto passed = plugins_.CheckComponents(config, faults_);
    for (const auto& component : config.components) {
      if (!passed.contains(component.name)) continue;
      auto instance = Make(component);
      if (instance == nullptr) continue;
      const auto* const auth = instance->As<sdk::AuthBackend>();
      const auto interests = auth == nullptr ? sdk::AuthInterests() : auth->Interests();
      snapshot->components[component.name] = {component, std::move(instance), interests};
    }
    if (!faults_.empty()) return nullptr;
    for (const auto& pipeline : config.pipelines) Compile(pipeline, config, *snapshot);
    if (!faults_.empty()) return nullptr;
    snapshot->config = std::move(config);
    snapshot->unserved = metrics_.Of(std::string(kNoPipeline));
    return snapshot;
  }

 private:
  InstancePtr Make(const config::Component& component) {
    if (previous_ != nullptr) {
      const auto held = previous_->components.find(component.name);
      if (held != previous_->components.end() && SameConfig(held->second.config, component) &&
          plugins_.IsCurrent(*held->second.instance)) {
        return held->second.instance;
      }
    }
    auto instance = plugins_.Create(component);
    if (instance) return std::move(*instance);
    auto place = component.place;
    faults_.Add(std::move(place), instance.error().message);
    return nullptr;
  }

  void Compile(const config::Pipeline& from, const config::Config& config, Snapshot& snapshot) {
    std::string error;
    auto path = config::PathTemplate::Parse(from.match.path, error);
    if (!path) return faults_.Add(from.place, error);
    Pipeline pipeline{.config = from,
                      .path = std::move(*path),
                      .steps = {},
                      .max_body_bytes = from.max_body_bytes.value_or(config.server.max_body_bytes),
                      .metrics = metrics_.Of(from.name)};
    for (const auto& step : from.steps) {
      Step compiled{.config = step, .components = {}, .routes = {}};
      for (const auto& name : ComponentsOf(step)) {
        compiled.components.push_back(snapshot.components.at(name).instance);
      }
      if (step.kind == Kind::kServe) CompileRoutes(step, compiled);
      if (step.kind == Kind::kRewrite && step.rewrite.cache_bytes > 0) {
        compiled.rewritten = std::make_shared<ManifestCache>(step.rewrite.cache_bytes);
      }
      if (step.kind == Kind::kFetch) CompileFetch(step, from.name, config.upstream, compiled);
      pipeline.steps.push_back(std::move(compiled));
    }
    snapshot.pipelines.push_back(std::move(pipeline));
  }

  void CompileRoutes(const config::Step& step, Step& compiled) {
    const auto& endpoint = *compiled.components.front();
    for (auto& route : endpoint.As<sdk::Endpoint>()->Routes()) {
      std::string error;
      auto path = config::PathTemplate::Parse(route.path_template, error);
      if (!path) {
        faults_.Add(step.place,
                    "endpoint " + endpoint.name() + " declares the route \"" + route.path_template + "\": " + error);
        continue;
      }
      compiled.routes.push_back({std::move(route), std::move(*path)});
    }
  }

  void CompileFetch(const config::Step& step, const std::string& pipeline, const config::Upstream& upstream,
                    Step& compiled) {
    auto profile = MakeProfile(step.fetch, upstream, "pipeline " + pipeline);
    if (!profile) return faults_.Add(step.place, "fetch" + profile.error().message);
    compiled.profile = std::move(*profile);
    if (step.fetch.max_concurrent == 0) return;
    // A reload that finds the pipeline under its name, with a limit, must not let in as many again as there are.
    const auto* const held = previous_ == nullptr ? nullptr : previous_->FindPipeline(pipeline);
    const auto* const before = held == nullptr ? nullptr : held->Find(Kind::kFetch);
    compiled.slots = before != nullptr && before->slots ? before->slots : std::make_shared<Slots>();
  }

  static std::vector<std::string> ComponentsOf(const config::Step& step) {
    switch (step.kind) {
      case Kind::kAuthenticate:
        return step.authenticate.components;
      case Kind::kResolve:
        return {step.resolve.component};
      case Kind::kFetch:
        return {};
      case Kind::kRewrite:
        return step.rewrite.components;
      case Kind::kServe:
        return {step.serve.component};
      case Kind::kFilter:
        return {step.filter.component};
    }
    return {};
  }

  const plugin::PluginSet& plugins_;
  const Snapshot* const previous_;
  Metrics& metrics_;
  config::Faults& faults_;
};

}  // namespace

std::shared_ptr<const Snapshot> Build(config::Config config, std::shared_ptr<const plugin::PluginSet> plugins,
                                      const Snapshot* previous, Metrics& metrics, config::Faults& faults) {
  auto snapshot = Builder(*plugins, previous, metrics, faults).Build(std::move(config));
  if (snapshot) {
    snapshot->plugins = std::move(plugins);
    snapshot->link_folders = LinkFolders(snapshot->config);
  }
  return snapshot;
}

}  // namespace sluice::pipeline
