// SPDX-License-Identifier: MIT
#include "manifest/common/init_section.hpp"

#include <sluice/sdk/init_note.hpp>
#include <sluice/sdk/url.hpp>
#include <utility>

namespace sluice::plugins::mpd {

sdk::Result<std::optional<InitSection>> ReadInitSection(const SegmentInfo& info, const sdk::TemplateVariant& variant) {
  if (const auto child = info.Child("Initialization")) {
    return std::optional(InitSection{.reference = std::string(ValueOf(child, "sourceURL")),
                                     .range = ReadRange(ValueOf(child, "range"))});
  }
  const auto text = info.addressing == Addressing::kTemplate ? info.Value("initialization") : std::string_view();
  if (text.empty()) return std::optional<InitSection>();
  const auto parsed = sdk::UrlTemplate::Parse(text);
  if (!parsed) return parsed.error();
  return std::optional(InitSection{.reference = parsed->Bind(variant), .is_template = true});
}

std::optional<std::string> UrlOf(const InitSection& init, const std::string& base_url) {
  if (!init.is_template) return sdk::ResolveReference(base_url, init.reference);
  const auto whole = sdk::UrlTemplate::Parse(sdk::ResolveReference(sdk::EscapeDollars(base_url), init.reference));
  if (!whole) return std::nullopt;
  return whole->Expand({});
}

std::string InitNoteOf(const InitSection& init, const std::string& base_url) {
  auto url = UrlOf(init, base_url);
  if (!url) return {};
  sdk::InitNote note;
  note.url = std::move(*url);
  if (init.range) {
    note.offset = init.range->offset;
    note.length = init.range->length;
  }
  return note.Pack();
}

}  // namespace sluice::plugins::mpd
