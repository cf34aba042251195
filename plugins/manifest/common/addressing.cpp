// SPDX-License-Identifier: MIT
#include "manifest/common/addressing.hpp"

#include <charconv>
#include <limits>
#include <sluice/sdk/text.hpp>
#include <sluice/sdk/url.hpp>
#include <system_error>

namespace sluice::plugins::mpd {

pugi::xml_node ChosenBase(pugi::xml_node level) {
  pugi::xml_node chosen;
  auto best = std::numeric_limits<std::uint64_t>::max();
  for (const auto child : level) {
    if (!IsElement(child, "BaseURL")) continue;
    std::uint64_t priority = 1;  // ETSI TS 103 285 §10.8.2.1: where none is given
    ReadNumber(ValueOf(child, "priority"), priority);
    if (priority >= best) continue;
    best = priority;
    chosen = child;
  }
  return chosen;
}

std::string BaseAt(pugi::xml_node level, const std::string& parent) {
  const auto chosen = ChosenBase(level);
  return chosen ? sdk::ResolveReference(parent, TextOf(chosen)) : parent;
}

std::string_view NameOf(Addressing addressing) {
  if (addressing == Addressing::kTemplate) return "SegmentTemplate";
  return addressing == Addressing::kList ? "SegmentList" : "SegmentBase";
}

pugi::xml_node SegmentInfo::WithAttribute(std::string_view local_name) const {
  for (const auto element : elements)
    if (AttributeOf(element, local_name)) return element;
  return {};
}

pugi::xml_node SegmentInfo::Child(std::string_view local_name) const {
  for (const auto element : elements)
    if (const auto child = ChildOf(element, local_name)) return child;
  return {};
}

SegmentInfo SegmentInfoOf(pugi::xml_node representation) {
  constexpr std::array kKinds{Addressing::kTemplate, Addressing::kList, Addressing::kBase};
  SegmentInfo info;
  auto level = representation;
  for (int i = 0; i < 3 && level; ++i, level = level.parent()) {
    for (const auto kind : kKinds) {
      if (!info.elements.empty() && kind != info.addressing) continue;
      const auto element = ChildOf(level, NameOf(kind));
      if (!element) continue;
      info.addressing = kind;
      info.elements.push_back(element);
      break;
    }
  }
  return info;
}

std::string_view Inherited(pugi::xml_node representation, std::string_view local_name) {
  const auto own = AttributeOf(representation, local_name);
  return own ? std::string_view(own.value()) : ValueOf(representation.parent(), local_name);
}

bool IsProtected(pugi::xml_node representation) {
  return ChildOf(representation, "ContentProtection") || ChildOf(representation.parent(), "ContentProtection");
}

std::optional<ByteRange> ReadRange(std::string_view text) {
  const auto dash = text.find('-');
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  if (dash == std::string_view::npos || !ReadNumber(text.substr(0, dash), first) ||
      !ReadNumber(text.substr(dash + 1), last) || last < first || last == std::numeric_limits<std::uint64_t>::max())
    return std::nullopt;
  return ByteRange{first, last - first + 1};
}

bool ReadNumber(std::string_view text, std::uint64_t& out) {
  text = sdk::TrimSpace(text);
  std::uint64_t value = 0;
  const auto [stop, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || fault != std::errc() || stop != text.data() + text.size()) return false;
  out = value;
  return true;
}

}  // namespace sluice::plugins::mpd
