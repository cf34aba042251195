// SPDX-License-Identifier: MIT
#include "segment_links.hpp"

#include <algorithm>
#include <array>
#include <sluice/sdk/url_template.hpp>
#include <utility>

#include "common/markup/escape_xml.hpp"
#include "manifest/common/init_section.hpp"

namespace sluice::plugins::dash {
namespace {

using namespace std::literals;

constexpr std::size_t kMaxVariants = 1024;
constexpr std::array kTemplates{"media"sv, "initialization"sv, "index"sv, "bitstreamSwitching"sv};
constexpr std::array kUrlElements{"Initialization"sv, "RepresentationIndex"sv, "BitstreamSwitching"sv};
constexpr std::array kUrls{"sourceURL"sv, "media"sv, "index"sv};

sdk::TemplateVariant VariantOf(pugi::xml_node representation) {
  sdk::TemplateVariant variant{.representation_id = mpd::ValueOf(representation, "id")};
  mpd::ReadNumber(mpd::ValueOf(representation, "bandwidth"), variant.bandwidth);
  return variant;
}

/// A colon would make a scheme of what stands before it, but only once it is filled in.
bool CanBeFilledIn(std::string_view id) {
  return sdk::IsPlainRepresentationId(id) && id.find(':') == std::string_view::npos;
}

sdk::Error Fault(pugi::xml_node element, pugi::xml_attribute attribute, const std::string& message) {
  return {.code = sdk::Errc::kUpstreamFailed,
          .message = std::string(mpd::LocalName(element)) + "@" + attribute.name() + ": " + message};
}

}  // namespace

SegmentLinks::Added SegmentLinks::Add(pugi::xml_node representation, const std::string& base) {
  const auto info = mpd::SegmentInfoOf(representation);
  Use use{representation, base, {}};
  Added added;
  if (decrypted_ && mpd::IsProtected(representation)) {
    // What is wrong with a template is said where its link is made.
    const auto init = mpd::ReadInitSection(info, VariantOf(representation));
    if (init && *init) use.init_note = mpd::InitNoteOf(**init, base);
    // A file that begins with its own init section says so itself, wherever a part of it begins.
    if (init && *init && !(*init)->reference.empty()) added.base_note = use.init_note;
  }
  added.at_base = AddPlaces(info, use);
  return added;
}

/// \returns  whether something of it lies at the base URL.
bool SegmentLinks::AddPlaces(const mpd::SegmentInfo& info, const Use& use) {
  bool at_base = AddChildren(info, use);
  if (info.addressing == mpd::Addressing::kBase) return true;
  if (info.addressing == mpd::Addressing::kList) return AddList(info, use) || at_base;
  for (const auto name : kTemplates)
    if (const auto element = info.WithAttribute(name)) AddPlace(element, name, info.addressing, true, use);
  return at_base || !info.WithAttribute("media");
}

/// \returns  whether one of them lies in the file at the base URL.
bool SegmentLinks::AddChildren(const mpd::SegmentInfo& info, const Use& use) {
  bool at_base = false;
  for (const auto name : kUrlElements) {
    const auto child = info.Child(name);
    if (!child) continue;
    if (mpd::AttributeOf(child, "sourceURL"))
      AddPlace(child, "sourceURL", info.addressing, false, use);
    else
      at_base = true;
  }
  return at_base;
}

bool SegmentLinks::AddList(const mpd::SegmentInfo& info, const Use& use) {
  bool at_base = false;
  const auto first = info.Child("SegmentURL");
  for (const auto segment : first.parent()) {
    if (!mpd::IsElement(segment, "SegmentURL")) continue;
    for (const auto name : {"media"sv, "index"sv})
      if (mpd::AttributeOf(segment, name)) AddPlace(segment, name, info.addressing, false, use);
    at_base = at_base || !mpd::AttributeOf(segment, "media");
  }
  return at_base || !first;
}

void SegmentLinks::AddPlace(pugi::xml_node element, std::string_view attribute, mpd::Addressing addressing,
                            bool is_template, const Use& use) {
  const auto found = mpd::AttributeOf(element, attribute);
  const auto [known, fresh] = known_.try_emplace(found.internal_object(), places_.size());
  if (fresh) places_.push_back({element, found, addressing, is_template});
  places_[known->second].uses.push_back(use);
}

sdk::Status SegmentLinks::Write() {
  for (const auto& place : places_) {
    auto written = place.is_template ? WriteTemplate(place) : WriteUrl(place);
    if (!written) return Fault(place.element, place.attribute, written.error().message);
  }
  WriteOverrides();
  return sdk::Ok();
}

mpd::LinkUse SegmentLinks::UseOf(std::string_view attribute, pugi::xml_node element, const Use& use) {
  mpd::LinkUse out{.mime_type = mpd::Inherited(use.representation, "mimeType")};
  if (attribute == "initialization" || mpd::IsElement(element, "Initialization")) out.kind = sdk::LinkKind::kInit;
  if (attribute == "media") out.note = use.init_note;
  return out;
}

mpd::LinkUse SegmentLinks::UseOf(const Place& place, const Use& use) {
  return UseOf(mpd::LocalName(place.attribute.name()), place.element, use);
}

/// Whether one link, with one note, is right for every Representation.
bool SegmentLinks::LeadToOnePlace(const Place& place) {
  const auto& first = place.uses.front();
  const auto note = UseOf(place, first).note;
  return std::all_of(place.uses.begin() + 1, place.uses.end(),
                     [&](const Use& use) { return use.base == first.base && UseOf(place, use).note == note; });
}

void SegmentLinks::Replace(pugi::xml_attribute attribute, const mpd::Linker::Linked& link) {
  if (*link) edits_.Replace(document_.Value(attribute), markup::EscapeXml(**link));
}

sdk::Status SegmentLinks::WriteTemplate(const Place& place) {
  const auto parsed = sdk::UrlTemplate::Parse(place.attribute.value());
  if (!parsed) return parsed.error();
  const bool by_id = parsed->Uses(sdk::TemplateField::kRepresentationId);
  const bool same = LeadToOnePlace(place) && std::all_of(place.uses.begin(), place.uses.end(), [&](const Use& use) {
                      return !by_id || CanBeFilledIn(VariantOf(use.representation).representation_id);
                    });
  if (place.uses.size() == 1) {
    const auto link = LinkBound(place, place.uses.front());
    if (!link) return link.error();
    Replace(place.attribute, link);
    return sdk::Ok();
  }
  if (!same || place.uses.size() > kMaxVariants) return OverrideTemplate(place);
  std::vector<sdk::TemplateVariant> variants;
  if (by_id || parsed->Uses(sdk::TemplateField::kBandwidth))
    for (const auto& use : place.uses) variants.push_back(VariantOf(use.representation));
  const auto link =
      linker_.Template(place.uses.front().base, place.attribute.value(), variants, UseOf(place, place.uses.front()));
  if (!link) return link.error();
  Replace(place.attribute, link);
  return sdk::Ok();
}

/// With the id and bandwidth of the one Representation in it.
std::string SegmentLinks::BoundText(const Place& place, const Use& use) {
  return sdk::UrlTemplate::Parse(place.attribute.value())->Bind(VariantOf(use.representation));
}

mpd::Linker::Linked SegmentLinks::LinkBound(const Place& place, const Use& use) {
  return linker_.Template(use.base, BoundText(place, use), {}, UseOf(place, use));
}

/// One that the gateway does not serve keeps what its own template says, unless none is served.
sdk::Status SegmentLinks::OverrideTemplate(const Place& place) {
  std::vector<mpd::Linker::Linked> links;
  for (const auto& use : place.uses) {
    links.push_back(LinkBound(place, use));
    if (!links.back()) return links.back().error();
  }
  const auto served = std::find_if(links.begin(), links.end(), [](const auto& link) { return link->has_value(); });
  if (served == links.end()) return sdk::Ok();
  Replace(place.attribute, *served);
  for (std::size_t i = 0; i < links.size(); ++i) {
    const auto text = links[i]->value_or(BoundText(place, place.uses[i]));
    OverrideOf(place.uses[i].representation, place.addressing)
        .attributes.append(" ")
        .append(place.attribute.name())
        .append("=\"")
        .append(markup::EscapeXml(text))
        .append("\"");
  }
  return sdk::Ok();
}

sdk::Status SegmentLinks::WriteUrl(const Place& place) {
  const auto& first = place.uses.front();
  const auto link = linker_.Link(first.base, place.attribute.value(), UseOf(place, first));
  if (!link) return link.error();
  Replace(place.attribute, link);
  return LeadToOnePlace(place) ? sdk::Ok() : OverrideElement(place);
}

sdk::Status SegmentLinks::OverrideElement(const Place& place) {
  if (!copied_.insert(place.element.internal_object()).second) return sdk::Ok();
  for (const auto& use : place.uses) {
    auto copy = CopyFor(place.element, use);
    if (!copy) return std::move(copy).error();
    OverrideOf(use.representation, place.addressing).children += *copy;
  }
  return sdk::Ok();
}

sdk::Result<std::string> SegmentLinks::CopyFor(pugi::xml_node element, const Use& use) {
  mpd::Edits edits;
  for (const auto name : kUrls) {
    const auto attribute = mpd::AttributeOf(element, name);
    if (!attribute) continue;
    const auto link = linker_.Link(use.base, attribute.value(), UseOf(name, element, use));
    if (!link) return link.error();
    if (*link) edits.Replace(document_.Value(attribute), markup::EscapeXml(**link));
  }
  return edits.Apply(document_.text(), document_.Element(element));
}

SegmentLinks::Override& SegmentLinks::OverrideOf(pugi::xml_node representation, mpd::Addressing addressing) {
  const auto [known, fresh] = overridden_.try_emplace(representation.internal_object(), overrides_.size());
  if (fresh) overrides_.push_back({representation, addressing});
  return overrides_[known->second];
}

void SegmentLinks::WriteOverrides() {
  for (const auto& [representation, addressing, attributes, children] : overrides_) {
    const auto own = mpd::ChildOf(representation, mpd::NameOf(addressing));
    if (own) {
      if (!attributes.empty()) edits_.Insert(document_.AfterName(own), attributes);
      if (!children.empty()) edits_.Append(document_, own, children);
      continue;
    }
    const auto name = std::string(mpd::PrefixOf(representation)).append(mpd::NameOf(addressing));
    std::string element("<");
    element.append(name).append(attributes);
    if (children.empty())
      element += "/>";
    else
      element.append(">").append(children).append("</").append(name).append(">");
    edits_.Append(document_, representation, element);
  }
}

}  // namespace sluice::plugins::dash
