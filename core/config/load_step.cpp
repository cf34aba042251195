// SPDX-License-Identifier: MIT
#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/config/load_parts.hpp"
#include "core/config/values.hpp"
#include "core/config/wording.hpp"

namespace sluice::config {
namespace {

const std::vector<std::string> kStepKinds = {"authenticate", "resolve", "fetch", "rewrite", "serve", "filter"};

/// The components of `value`: one name or a list of names.
std::vector<std::string> TakeComponents(PipelineContext& context, const Json& value, const std::string& pointer,
                                        std::string_view step, const std::vector<std::string_view>& kinds) {
  const auto& reporter = context.state.reporter;
  std::vector<std::string> names;
  for (auto& text : ReadStrings(reporter, value, pointer, "the name of a component or a list of names")) {
    names.push_back(text.value);
    context.state.references.push_back({std::move(text), step, kinds});
  }
  if (value.is_array() && value.empty()) reporter.Add(pointer, "want at least one component");
  return names;
}

/// The one component of `value`.
std::string TakeComponent(PipelineContext& context, const Json& value, const std::string& pointer,
                          std::string_view step, const std::vector<std::string_view>& kinds) {
  if (!value.is_string()) {
    if (!context.state.reporter.Broken(pointer)) context.state.reporter.Want(pointer, "the name of a component", value);
    return {};
  }
  context.state.references.push_back({{value.get<std::string>(), pointer}, step, kinds});
  return value.get<std::string>();
}

AuthenticateStep ReadAuthenticate(const Json& value, const std::string& pointer, PipelineContext& context) {
  AuthenticateStep step;
  if (!value.is_object()) {
    step.components = TakeComponents(context, value, pointer, "authenticate", {"auth"});
    return step;
  }
  MapReader map(context.state.reporter, value, pointer);
  if (const auto* use = map.Need("use", "the auth components, asked in order"); use != nullptr) {
    step.components = TakeComponents(context, *use, map.At("use"), "authenticate", {"auth"});
  }
  map.Bool("authorization", step.authorization);
  const auto replace = [&](std::string_view key, std::vector<std::string>& out) {
    if (map.Find(key) != nullptr) out.clear();
    for (auto& word : map.Words(key)) out.push_back(std::move(word.value));
  };
  replace("headers", step.headers);
  replace("query", step.query);
  map.String("action", step.action);
  map.Finish();
  if (!step.authorization && step.headers.empty() && step.query.empty()) {
    context.state.reporter.Add(pointer, "no credential is looked for: want `authorization`, `headers` or `query`");
  }
  return step;
}

void ReadCaptureText(MapReader& map, std::string_view key, std::string& out, const PipelineContext& context) {
  map.String(key, out);
  std::vector<std::string> used;
  const auto wrong = CheckCaptureText(out, used);
  if (!wrong.empty()) ReportPart(map.reporter(), map.At(key), "want a text such as {id}", wrong);
  if (!context.captures || map.reporter().Secret(map.At(key))) return;
  for (const auto& name : used) {
    if (std::find(context.captures->begin(), context.captures->end(), name) != context.captures->end()) continue;
    map.reporter().Add(map.At(key), "the pipeline's path captures no " + Ticked(name) +
                                        (context.captures->empty() ? "; it captures nothing"
                                                                   : "; it captures " + Listed(*context.captures)));
  }
}

/// A resolver that the step defines in place becomes a component of its own.
std::string DefineResolver(MapReader& map, const Json& value, PipelineContext& context) {
  auto& components = context.state.config.components;
  const auto taken = [&](const std::string& name) {
    return std::any_of(components.begin(), components.end(), [&](const Component& c) { return c.name == name; });
  };
  const auto base = context.name + "/resolve";
  auto name = base;
  for (int i = 2; taken(name); ++i) name = base + "-" + std::to_string(i);
  Component component{.name = name,
                      .kind = "resolver",
                      .type = {},
                      .config = {},
                      .config_pointer = map.pointer(),
                      .place = context.state.reporter.At(map.pointer())};
  map.String("type", component.type);
  for (const auto& [key, own] : value.items()) {
    if (key != "type") (*component.config)[key] = own;
  }
  components.push_back(std::move(component));
  return name;
}

ResolveStep ReadResolve(MapReader& around, const Json& value, const std::string& pointer, PipelineContext& context) {
  static const std::vector<std::string_view> kUsable = {"resolver", "media", "store"};
  ResolveStep step;
  ReadCaptureText(around, "item", step.item, context);
  ReadCaptureText(around, "file", step.file, context);
  if (!value.is_object()) {
    step.component = TakeComponent(context, value, pointer, "resolve", kUsable);
    return step;
  }
  MapReader map(context.state.reporter, value, pointer);
  if (!map.Has("use")) {
    if (map.Has("type")) {
      step.component = DefineResolver(map, value, context);
    } else {
      context.state.reporter.Add(pointer, "want `use` with the name of a component, or `type` with that of a resolver");
    }
    return step;
  }
  if (const auto* use = map.Need("use", "the name of a component"); use != nullptr) {
    step.component = TakeComponent(context, *use, map.At("use"), "resolve", kUsable);
  }
  ReadCaptureText(map, "item", step.item, context);
  ReadCaptureText(map, "file", step.file, context);
  map.Finish();
  return step;
}

RewriteStep ReadRewrite(MapReader& around, const Json& value, const std::string& pointer, PipelineContext& context) {
  constexpr std::uint64_t kMost = 1ULL << 30;
  RewriteStep step;
  around.Size("max_size", step.max_size, 1, kMost);
  if (!value.is_object()) {
    step.components = TakeComponents(context, value, pointer, "rewrite", {"manifest"});
    return step;
  }
  MapReader map(context.state.reporter, value, pointer);
  if (const auto* use = map.Need("use", "the manifest components, asked in order"); use != nullptr) {
    step.components = TakeComponents(context, *use, map.At("use"), "rewrite", {"manifest"});
  }
  map.Size("max_size", step.max_size, 1, kMost);
  map.Size("cache_size", step.cache_bytes, 0, 1024 * kMost);
  step.base_url = ReadBaseUrl(map);
  map.Finish();
  return step;
}

void ReadOnError(MapReader& map, OnError& on_error) {
  std::string text;
  map.String("on_error", text);
  if (text.empty() || text == "fail") return;
  if (text == "skip" || text == "next") {
    on_error = text == "skip" ? OnError::kSkip : OnError::kNext;
  } else {
    map.reporter().Want({text, map.At("on_error")}, "`fail`, `skip` or `next`");
  }
}

/// The one key of `value` that names a kind of step; reports none and several.
std::optional<std::size_t> FindKind(const MapReader& map, const Json& value) {
  std::vector<std::string> present;
  std::copy_if(kStepKinds.begin(), kStepKinds.end(), std::back_inserter(present),
               [&](const std::string& kind) { return map.Has(kind); });
  if (present.size() > 1) {
    map.reporter().Add(map.pointer(), Listed(present) + " stand in one step; want one each, with its own `-`");
    return std::nullopt;
  }
  if (present.empty()) {
    std::string found;
    for (const auto& [key, unused] : value.items()) {
      if (found.empty() && key != "deadline" && key != "on_error") found = key;
    }
    const auto nearest = Nearest(found, kStepKinds);
    map.reporter().Add(map.pointer(), (found.empty() ? "no step here" : "unknown step " + Ticked(found)) +
                                          (nearest.empty() ? "; want " + OneOf(kStepKinds)
                                                           : "; did you mean " + Ticked(nearest) + "?"));
    return std::nullopt;
  }
  return std::find(kStepKinds.begin(), kStepKinds.end(), present.front()) - kStepKinds.begin();
}

}  // namespace

std::optional<Step> ReadStep(const Json& value, const std::string& pointer, PipelineContext& context) {
  const auto& reporter = context.state.reporter;
  if (!value.is_object()) {
    if (!reporter.Broken(pointer)) reporter.Want(pointer, "a map with one step, such as {serve: addon}", value);
    return std::nullopt;
  }
  MapReader map(reporter, value, pointer);
  const auto kind = FindKind(map, value);
  if (!kind) return std::nullopt;
  const auto& key = kStepKinds[*kind];
  const auto below = map.At(key);
  map.Find(key);
  const auto& own = value[key];
  Step step;
  step.kind = static_cast<Step::Kind>(*kind);
  step.place = reporter.At(pointer);
  switch (step.kind) {
    case Step::Kind::kAuthenticate:
      step.authenticate = ReadAuthenticate(own, below, context);
      break;
    case Step::Kind::kResolve:
      step.resolve = ReadResolve(map, own, below, context);
      break;
    case Step::Kind::kFetch:
      step.fetch = ReadFetch(own, below, reporter);
      break;
    case Step::Kind::kRewrite:
      step.rewrite = ReadRewrite(map, own, below, context);
      break;
    case Step::Kind::kServe:
      step.serve.component = TakeComponent(context, own, below, key, {"endpoint"});
      break;
    case Step::Kind::kFilter:
      step.filter.component = TakeComponent(context, own, below, key, {"filter"});
      break;
  }
  map.Duration("deadline", step.deadline);
  ReadOnError(map, step.on_error);
  map.Finish();
  return step;
}

}  // namespace sluice::config
