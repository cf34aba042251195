// SPDX-License-Identifier: MIT
#include <algorithm>
#include <sluice/sdk/text.hpp>

#include "core/config/load_parts.hpp"
#include "core/config/route_form.hpp"
#include "core/config/values.hpp"
#include "core/config/wording.hpp"

namespace sluice::config {
namespace {

/// The filled strings at `key`; those that `good` refuses are reported.
template <typename Good>
std::vector<std::string> ReadList(MapReader& map, std::string_view key, std::string_view what, const Good& good) {
  const auto noun = std::string(what);
  std::vector<std::string> out;
  for (const auto& text : ReadFilled(map, key, noun + " must not be empty")) {
    auto value = Trimmed(text.value);
    if (!good(value)) {
      ReportPart(map.reporter(), text.pointer, "invalid " + (noun == "method" ? "HTTP " + noun : noun), Ticked(value));
    }
    out.push_back(std::move(value));
  }
  return out;
}

bool IsCorsOrigin(std::string_view text) { return text == "*" || text == "null" || IsOriginUrl(text); }

}  // namespace

std::optional<Cors> ReadCors(MapReader& root) {
  const auto* value = root.Find("cors");
  if (value == nullptr) return std::nullopt;
  MapReader map(root.reporter(), *value, root.At("cors"));
  Cors cors;
  cors.allow_origins = ReadList(map, "allow_origins", "origin", IsCorsOrigin);
  cors.allow_methods =
      ReadList(map, "allow_methods", "method", [](std::string_view text) { return IsFieldName(text); });
  cors.allow_headers =
      ReadList(map, "allow_headers", "header", [](std::string_view text) { return IsFieldName(text); });
  map.Finish();
  for (auto& method : cors.allow_methods) method = sdk::UpperCase(method);
  return cors;
}

}  // namespace sluice::config
