// SPDX-License-Identifier: MIT
#include "json_document.hpp"

#include <nlohmann/json.hpp>
#include <sluice/sdk/text.hpp>
#include <utility>

#include "body.hpp"

namespace sluice::plugins::hls {
namespace {

constexpr int kMaxDepth = 32;

}  // namespace

sdk::Result<Json> ParseDocument(std::string_view text, std::string_view what) {
  const auto fault = [&](std::string why) {
    return sdk::Error{.code = sdk::Errc::kUpstreamFailed, .message = "not a JSON " + std::string(what) + ": " + why};
  };
  // Nothing that is deeper is kept: writing it would take a stack frame for each level.
  bool deep = false;
  const auto shallow = [&](int depth, Json::parse_event_t, Json&) {
    deep = deep || depth > kMaxDepth;
    return !deep;
  };
  auto document = Json::parse(text, shallow, false);
  if (deep) return fault("want at most " + std::to_string(kMaxDepth) + " levels");
  if (document.is_discarded()) {
    const auto known = DescribeBody(text);
    return fault(std::string(known.empty() ? "the body is no JSON, or not all of it" : known));
  }
  if (!document.is_object()) return fault("want an object");
  return document;
}

sdk::Status LinkUri(Json& uri, const std::string& pointer, sdk::LinkKind kind, std::string_view note, Linker& linker) {
  if (!uri.is_string()) return sdk::Ok();
  const auto reference = sdk::TrimControls(uri.get_ref<const std::string&>());
  if (reference.empty()) return sdk::Ok();
  std::string link;
  const auto fate = linker.Link(reference, {.kind = kind, .note = note}, link);
  if (fate == Linker::Fate::kInsecure)
    return sdk::Error{.code = sdk::Errc::kUpstreamFailed, .message = pointer + ": " + std::string(kInsecureReference)};
  if (fate == Linker::Fate::kUnminted)
    return sdk::Error{.code = sdk::Errc::kInternal, .message = "the host minted no link"};
  if (fate == Linker::Fate::kLinked) uri = std::move(link);
  return sdk::Ok();
}

}  // namespace sluice::plugins::hls
