// SPDX-License-Identifier: MIT
#include "core/pipeline/snapshot.hpp"

#include <algorithm>
#include <sluice/sdk/url.hpp>

#include "core/state/links.hpp"

namespace sluice::pipeline {
namespace {

/// "/hls" of "https://media.example.com/hls".
void AddFolderOf(const std::string& base_url, std::vector<std::string>& folders) {
  const auto parsed = sdk::ParseUrl(base_url);
  if (!parsed || parsed->path.empty() || parsed->path == "/") return;
  if (std::find(folders.begin(), folders.end(), parsed->path) == folders.end()) folders.emplace_back(parsed->path);
}

}  // namespace

const Step* Pipeline::Find(config::Step::Kind kind) const {
  const auto found =
      std::find_if(steps.begin(), steps.end(), [&](const Step& step) { return step.config.kind == kind; });
  return found == steps.end() ? nullptr : &*found;
}

sdk::AuthInterests Snapshot::InterestsOf(const std::string& backend) const {
  const auto found = components.find(backend);
  return found == components.end() ? sdk::AuthInterests() : found->second.interests;
}

const Pipeline* Snapshot::FindPipeline(std::string_view name) const {
  const auto found = std::find_if(pipelines.begin(), pipelines.end(),
                                  [&](const Pipeline& pipeline) { return pipeline.config.name == name; });
  return found == pipelines.end() ? nullptr : &*found;
}

std::vector<std::string> LinkFolders(const config::Config& config) {
  std::vector<std::string> folders;
  AddFolderOf(config.server.base_url, folders);
  for (const auto& pipeline : config.pipelines) {
    for (const auto& step : pipeline.steps) AddFolderOf(step.rewrite.base_url, folders);
  }
  return folders;
}

std::optional<std::string_view> Snapshot::LinkIn(std::string_view path) const {
  if (state::AfterLinkPrefix(path)) return path;
  for (const auto& folder : link_folders) {
    if (!path.starts_with(folder)) continue;
    if (const auto rest = path.substr(folder.size()); state::AfterLinkPrefix(rest)) return rest;
  }
  return std::nullopt;
}

}  // namespace sluice::pipeline
