// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <unordered_map>

#include "core/config/load_parts.hpp"
#include "core/config/wording.hpp"

namespace sluice::config {
namespace {

/// Types of the manifest plugins that ship with the server: a rewrite step may name them without a component.
constexpr std::array<std::string_view, 3> kManifestTypes = {"hls", "dash", "dash-to-hls"};

using ByName = std::unordered_map<std::string, std::size_t>;

/// "resolver, media or store"
std::string Kinds(const std::vector<std::string_view>& kinds) {
  std::string text;
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    if (i > 0) text += i + 1 == kinds.size() ? " or " : ", ";
    text += kinds[i];
  }
  return text;
}

bool Contains(const std::vector<std::string_view>& kinds, std::string_view kind) {
  return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

std::string Shown(const Reporter& reporter, const Text& name) {
  return reporter.Secret(name.pointer) ? "that a secret names" : Ticked(name.value);
}

void ReportUnknown(const Reporter& reporter, const Reference& reference, const Config& config) {
  std::vector<std::string> usable;
  for (const auto& component : config.components) {
    if (Contains(reference.kinds, component.kind)) usable.push_back(component.name);
  }
  auto text = "no component " + Shown(reporter, reference.name);
  if (usable.empty()) {
    text += ", and no " + Kinds(reference.kinds) + " component at all";
  } else {
    text += "; " + Kinds(reference.kinds) + " components: " + Listed(usable);
    const auto nearest = Nearest(reference.name.value, usable);
    if (!nearest.empty() && !reporter.Secret(reference.name.pointer)) {
      text += "; did you mean " + Ticked(nearest) + "?";
    }
  }
  reporter.Add(reference.name.pointer, text);
}

/// Adds the component that `reference` names by its manifest type. \returns  whether it names one.
bool AddImplicit(const Reporter& reporter, const Reference& reference, Config& config) {
  const auto& type = reference.name.value;
  if (!Contains(reference.kinds, "manifest") ||
      std::find(kManifestTypes.begin(), kManifestTypes.end(), type) == kManifestTypes.end()) {
    return false;
  }
  config.components.push_back({.name = type,
                               .kind = "manifest",
                               .type = type,
                               .config = {},
                               .config_pointer = "/components" + Child(type) + "/config",
                               .place = reporter.At(reference.name.pointer)});
  return true;
}

void CheckComponentReferences(LoadState& state, ByName& by_name) {
  auto& config = state.config;
  for (const auto& reference : state.references) {
    const auto found = by_name.find(reference.name.value);
    if (found == by_name.end()) {
      if (AddImplicit(state.reporter, reference, config)) {
        by_name.emplace(reference.name.value, config.components.size() - 1);
      } else {
        ReportUnknown(state.reporter, reference, config);
      }
      continue;
    }
    const auto& kind = config.components[found->second].kind;
    if (kind.empty() || Contains(reference.kinds, kind)) continue;
    state.reporter.Add(reference.name.pointer, "component " + Shown(state.reporter, reference.name) + " is of kind " +
                                                   Ticked(kind) + "; " + std::string(reference.step) + " wants " +
                                                   Kinds(reference.kinds));
  }
}

/// What a resolve step says besides its component must suit the component's kind.
void CheckResolveItems(const LoadState& state, const ByName& by_name) {
  for (const auto& pipeline : state.config.pipelines) {
    for (const auto& step : pipeline.steps) {
      if (step.kind != Step::Kind::kResolve) continue;
      const auto found = by_name.find(step.resolve.component);
      if (found == by_name.end()) continue;
      const auto& component = state.config.components[found->second];
      const auto& pointer = step.place.pointer;
      if ((component.kind == "media" || component.kind == "store") && step.resolve.item.empty() &&
          !state.reporter.Broken(pointer)) {
        state.reporter.Add(pointer, "resolve from " + component.kind + " component " + Ticked(component.name) +
                                        " wants `item`, such as item: \"{id}\"");
      }
      if (component.kind == "resolver" && !(step.resolve.item.empty() && step.resolve.file.empty())) {
        state.reporter.Add(pointer, "`item` and `file` are for media and store components; " + Ticked(component.name) +
                                        " is a resolver");
      }
    }
  }
}

void CheckListeners(const LoadState& state) {
  const auto& listeners = state.config.listeners;
  std::vector<std::string> names;
  std::unordered_map<std::string, const Listener*> by_address;
  for (const auto& listener : listeners) {
    names.push_back(listener.name);
    if (listener.address.empty() || listener.address.ends_with(":0")) continue;
    const auto [first, is_new] = by_address.emplace(listener.address, &listener);
    if (!is_new) {
      state.reporter.Add(listener.place.pointer + "/address",
                         "listener " + Ticked(first->second->name) + " has this address already");
    }
  }
  for (const auto& used : state.listeners) {
    if (names.empty() || std::find(names.begin(), names.end(), used.value) != names.end()) continue;
    state.reporter.Add(used.pointer, "no listener " + Shown(state.reporter, used) + "; listeners: " + Listed(names));
  }
}

}  // namespace

void CheckOrder(const Reporter& reporter, const Pipeline& pipeline, bool complete) {
  bool authenticated = false;
  bool resolved = false;
  bool fetched = false;
  const Step* served = nullptr;
  for (const auto& step : pipeline.steps) {
    const auto& pointer = step.place.pointer;
    const bool may_follow_serve =
        step.kind == Step::Kind::kFetch || step.kind == Step::Kind::kRewrite || step.kind == Step::Kind::kFilter;
    if (served != nullptr && !may_follow_serve) {
      reporter.Add(pointer, "after `serve` only `fetch`, `rewrite` and `filter` are reached, for what it hands back");
    }
    if (complete && step.kind == Step::Kind::kFetch && !resolved && served == nullptr) {
      reporter.Add(pointer, "`fetch` wants a `resolve` step before it");
    }
    if (complete && step.fetch.max_concurrent_per_principal != 0 && !authenticated) {
      reporter.Add(pointer + "/fetch/max_concurrent_per_principal",
                   "wants an `authenticate` step before the `fetch`: there is no principal otherwise");
    }
    if (step.kind == Step::Kind::kAuthenticate && step.on_error == OnError::kSkip) {
      reporter.Add(pointer + "/on_error", "`skip` would let anybody in: want `fail` or `next`");
    }
    if (step.kind == Step::Kind::kRewrite && step.on_error == OnError::kSkip) {
      reporter.Add(pointer + "/on_error", "`skip` would show the upstream's links: want `fail` or `next`");
    }
    if (complete && step.kind == Step::Kind::kRewrite && !fetched) {
      reporter.Add(pointer, "`rewrite` wants a `fetch` step before it");
    }
    authenticated = authenticated || step.kind == Step::Kind::kAuthenticate;
    resolved = resolved || step.kind == Step::Kind::kResolve;
    fetched = fetched || step.kind == Step::Kind::kFetch;
    if (step.kind == Step::Kind::kServe) served = &step;
  }
  if (complete && !fetched && served == nullptr && !reporter.Broken(pipeline.place.pointer + "/steps")) {
    reporter.Add(pipeline.place.pointer, "no step replies: want a `serve` or a `fetch` step");
  }
}

void CheckReferences(LoadState& state) {
  ByName by_name;
  const auto& components = state.config.components;
  for (std::size_t i = 0; i < components.size(); ++i) by_name.emplace(components[i].name, i);
  CheckComponentReferences(state, by_name);
  CheckResolveItems(state, by_name);
  CheckListeners(state);
}

}  // namespace sluice::config
