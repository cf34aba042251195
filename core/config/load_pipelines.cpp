// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <sluice/sdk/text.hpp>

#include "core/config/load_parts.hpp"
#include "core/config/values.hpp"
#include "core/config/wording.hpp"

namespace sluice::config {
namespace {

const std::vector<std::string> kKinds = {"auth",  "store",    "indexer",  "manifest",
                                         "media", "resolver", "endpoint", "filter"};
const std::vector<std::string> kMethods = {"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"};

void ReadMethods(MapReader& map, Match& match) {
  for (auto& word : map.Words("methods")) {
    auto method = sdk::UpperCase(word.value);
    if (std::find(kMethods.begin(), kMethods.end(), method) == kMethods.end()) {
      map.reporter().Want(word, OneOf(kMethods));
    } else if (std::find(match.methods.begin(), match.methods.end(), method) == match.methods.end()) {
      match.methods.push_back(std::move(method));
    }
  }
}

/// \returns  the captures of the path template; nothing when it is at fault.
std::optional<std::vector<std::string>> ReadMatch(MapReader& pipeline, Match& match, LoadState& state) {
  const auto* value = pipeline.Find("match");
  if (value == nullptr) return std::vector<std::string>{"rest"};
  MapReader map(pipeline.reporter(), *value, pipeline.At("match"));
  if (map.Has("listener") && map.Has("listeners")) {
    map.reporter().Add(map.At("listener"), "want `listener` or `listeners`, not both");
  }
  for (const auto* key : {"listener", "listeners"}) {
    for (auto& word : map.Words(key)) {
      match.listeners.push_back(word.value);
      state.listeners.push_back(std::move(word));
    }
  }
  if (map.Has("host") && map.Has("hosts")) map.reporter().Add(map.At("host"), "want `host` or `hosts`, not both");
  for (const auto* key : {"host", "hosts"}) {
    for (auto& word : map.Words(key)) {
      auto host = sdk::LowerCase(word.value);
      if (!IsHostGlob(host)) map.reporter().Want(word, "a host without a port, such as *.vod.example.com");
      match.hosts.push_back(std::move(host));
    }
  }
  for (auto& word : map.Words("protocols")) {
    auto protocol = sdk::LowerCase(word.value);
    if (protocol != "http" && protocol != "https") map.reporter().Want(word, "`http` or `https`");
    match.protocols.push_back(std::move(protocol));
  }
  map.String("path", match.path);
  std::vector<std::string> captures;
  const auto wrong = CheckPathTemplate(match.path, captures);
  if (!wrong.empty()) {
    ReportPart(map.reporter(), map.At("path"), "want a path such as /vod/{id} or /vod/**", wrong);
  }
  ReadMethods(map, match);
  map.Bool("exclusive", match.exclusive);
  map.Finish();
  if (!wrong.empty() || map.reporter().Broken(map.At("path"))) return std::nullopt;
  return captures;
}

/// \returns  whether every step could be read.
bool ReadSteps(MapReader& pipeline, PipelineContext& context, std::vector<Step>& out) {
  const auto* steps = pipeline.Find("steps");
  if (steps == nullptr) return true;
  const auto pointer = pipeline.At("steps");
  if (!steps->is_array()) {
    pipeline.reporter().Want(pointer, "a list of steps", *steps);
    return false;
  }
  for (std::size_t i = 0; i < steps->size(); ++i) {
    if (auto step = ReadStep((*steps)[i], pointer + Child(i), context)) out.push_back(std::move(*step));
  }
  return out.size() == steps->size();
}

}  // namespace

void ReportPart(const Reporter& reporter, const std::string& pointer, std::string wanted, const std::string& wrong) {
  reporter.Add(pointer, reporter.Secret(pointer) ? std::move(wanted) : std::move(wanted) + ": " + wrong);
}

bool IsName(std::string_view name) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); };
  return !name.empty() && name.size() <= 128 && letter(name.front()) &&
         std::all_of(name.begin(), name.end(),
                     [&](char c) { return letter(c) || c == '.' || c == '_' || c == '-' || c == '/'; });
}

void ReadComponents(MapReader& root, LoadState& state) {
  const auto* components = root.Find("components");
  if (components == nullptr) return;
  const auto& reporter = root.reporter();
  const MapReader shape(reporter, *components, root.At("components"));
  if (!components->is_object()) return;
  for (const auto& [name, value] : components->items()) {
    MapReader map(reporter, value, shape.At(name));
    if (!IsName(name)) reporter.Add(map.pointer(), std::string(kNameWanted));
    Component component{.name = name,
                        .kind = {},
                        .type = {},
                        .config = {},
                        .config_pointer = map.At("config"),
                        .place = reporter.At(map.pointer())};
    const auto* kind = map.Need("kind", OneOf(kKinds));
    map.String("kind", component.kind);
    if (kind != nullptr && kind->is_string() && std::find(kKinds.begin(), kKinds.end(), *kind) == kKinds.end()) {
      reporter.Want(map.At("kind"), OneOf(kKinds), *kind);
      component.kind.clear();  // fits wherever it is used: one fault is enough
    }
    map.Need("type", "a component type of a plugin");
    map.String("type", component.type);
    if (const auto* own = map.Find("config"); own != nullptr) {
      if (own->is_object()) {
        component.config = *own;
      } else {
        reporter.Want(map.At("config"), "a map", *own);
      }
    }
    map.Finish();
    state.config.components.push_back(std::move(component));
  }
}

void ReadPipelines(MapReader& root, LoadState& state) {
  const auto* pipelines = root.Find("pipelines");
  if (pipelines == nullptr) return;
  const auto& reporter = root.reporter();
  const MapReader shape(reporter, *pipelines, root.At("pipelines"));
  if (!pipelines->is_object()) return;
  for (const auto& [name, value] : pipelines->items()) {
    MapReader map(reporter, value, shape.At(name));
    if (!IsName(name)) reporter.Add(map.pointer(), std::string(kNameWanted));
    Pipeline pipeline;
    pipeline.name = name;
    pipeline.place = reporter.At(map.pointer());
    PipelineContext context{.state = state, .name = name, .captures = ReadMatch(map, pipeline.match, state)};
    if (map.Find("max_body") != nullptr) {
      std::uint64_t bytes = state.config.server.max_body_bytes;
      map.Size("max_body", bytes, 0, 1ULL << 40);
      pipeline.max_body_bytes = bytes;
    }
    const bool complete = ReadSteps(map, context, pipeline.steps);
    map.Finish();
    CheckOrder(reporter, pipeline, complete);
    state.config.pipelines.push_back(std::move(pipeline));
  }
}

}  // namespace sluice::config
