// SPDX-License-Identifier: MIT
#include "definitions.hpp"

#include <algorithm>
#include <sluice/sdk/manifest.hpp>
#include <sluice/sdk/url.hpp>
#include <utility>

namespace sluice::plugins::hls {

Definitions::Definitions(std::string_view url, const Note& from, std::size_t max_bytes)
    : url_(url.substr(0, url.find('#'))), from_(from), variables_(max_bytes) {}

bool Definitions::Read(std::string_view list, std::optional<Definition>& definition) {
  std::string_view name;
  std::optional<std::string_view> value;
  AttributeScanner attribute(list);
  while (attribute.Next()) {
    if (attribute.Is("QUERYPARAM")) return ReadQueryParam(attribute, definition);
    if (attribute.Is("IMPORT")) return ReadImport(attribute, definition);
    if (attribute.Is("NAME")) name = attribute.value();
    if (attribute.Is("VALUE")) value = attribute.value();
  }
  return !value || variables_.DefineExpanded(name, *value);
}

bool Definitions::ReadQueryParam(const AttributeScanner& attribute, std::optional<Definition>& definition) {
  const auto name = attribute.value();
  if (!Variables::IsName(name) || variables_.Knows(name)) return true;
  const auto mark = url_.find('?');
  if (mark == std::string_view::npos) return true;
  const auto raw = sdk::QueryParam(url_.substr(mark + 1), name);
  if (!raw || raw->empty()) return true;
  auto decoded = sdk::PercentDecode(*raw);
  std::string value = decoded ? std::move(*decoded) : std::string(*raw);
  if (!variables_.Define(name, value)) return false;
  definition = Definition{.attribute = attribute.whole(), .name = name, .value = std::move(value)};
  return true;
}

bool Definitions::ReadImport(const AttributeScanner& attribute, std::optional<Definition>& definition) {
  const auto name = attribute.value();
  if (!Variables::IsName(name) || variables_.Knows(name)) return true;
  const auto& held = from_.variables;
  const auto found =
      std::find_if(held.begin(), held.end(), [&](const auto& variable) { return variable.first == name; });
  if (found == held.end()) {
    return variables_.DefineFault(
        name, "variable " + Variables::Shown(name) +
                  (from_.variables_left_out
                       ? " cannot be imported: a link carries at most " + std::to_string(sdk::kMaxNoteBytes) +
                             " octets of its multivariant playlist's definitions"
                       : " is imported, and the multivariant playlist that led here does not define it"));
  }
  if (!variables_.Define(name, found->second)) return false;
  definition = Definition{.attribute = attribute.whole(), .name = name, .value = found->second};
  return true;
}

}  // namespace sluice::plugins::hls
