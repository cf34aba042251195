// SPDX-License-Identifier: MIT
#include "manifest/common/mpd.hpp"

#include <algorithm>
#include <sluice/sdk/text.hpp>
#include <sluice/sdk/url.hpp>

#include "manifest/common/addressing.hpp"

namespace sluice::plugins::mpd {
namespace {

constexpr std::string_view kMp4Protection = "urn:mpeg:dash:mp4protection:2011";
constexpr std::string_view kUuid = "urn:uuid:";
constexpr std::string_view kContinuity = "urn:mpeg:dash:period-continuity:2015";

std::uint64_t NumberOf(std::string_view text) {
  std::uint64_t number = 0;
  ReadNumber(text, number);
  return number;
}

void AddDescriptors(pugi::xml_node node, std::string_view name, std::vector<Descriptor>& out) {
  for (const auto child : node)
    if (IsElement(child, name))
      out.push_back({std::string(ValueOf(child, "schemeIdUri")), std::string(ValueOf(child, "value"))});
}

DrmSystem ReadSystem(pugi::xml_node node, std::string id) {
  DrmSystem system{.id = std::move(id)};
  for (const auto child : node) {
    if (child.type() != pugi::node_element) continue;
    const auto name = LocalName(child);
    if (name == "pssh") system.pssh = TextOf(child);
    if (name == "pro") system.pro = TextOf(child);
    if (sdk::EqualsIgnoreCase(name, "laurl")) {
      system.licence_url = TextOf(child);
      if (system.licence_url.empty()) system.licence_url = ValueOf(child, "licenseUrl");
    }
  }
  return system;
}

void AddProtection(pugi::xml_node level, std::optional<Protection>& out) {
  for (const auto child : level) {
    if (!IsElement(child, "ContentProtection")) continue;
    if (!out) out.emplace();
    const auto scheme = sdk::LowerCase(ValueOf(child, "schemeIdUri"));
    if (const auto key = ValueOf(child, "default_KID"); !key.empty()) out->key_id = sdk::LowerCase(key);
    if (scheme == kMp4Protection) {
      if (const auto value = ValueOf(child, "value"); !value.empty()) out->scheme = sdk::LowerCase(value);
    } else if (scheme.starts_with(kUuid)) {
      out->systems.push_back(ReadSystem(child, scheme.substr(kUuid.size())));
    }
  }
}

Representation ReadRepresentation(pugi::xml_node node, const std::string& base) {
  const auto text = [&](std::string_view name) { return std::string(Inherited(node, name)); };
  Representation out{.id = std::string(ValueOf(node, "id")),
                     .bandwidth = NumberOf(ValueOf(node, "bandwidth")),
                     .codecs = text("codecs"),
                     .supplemental_codecs = text("supplementalCodecs"),
                     .mime_type = sdk::LowerCase(text("mimeType")),
                     .width = NumberOf(text("width")),
                     .height = NumberOf(text("height")),
                     .sar = text("sar"),
                     .frame_rate = text("frameRate"),
                     .start_with_sap = NumberOf(text("startWithSAP")),
                     .base_url = BaseAt(node, base),
                     .node = node};
  for (const auto level : {node.parent(), node}) {
    AddDescriptors(level, "EssentialProperty", out.essential);
    AddDescriptors(level, "SupplementalProperty", out.supplemental);
    AddProtection(level, out.protection);
    const auto channels = ValueOf(ChildOf(level, "AudioChannelConfiguration"), "value");
    if (!channels.empty()) out.channels = channels;
  }
  return out;
}

MediaType TypeOf(pugi::xml_node set, const std::vector<Representation>& representations) {
  std::string_view type = ValueOf(set, "contentType");
  const auto mime = representations.empty() ? std::string_view() : std::string_view(representations.front().mime_type);
  const auto codecs = representations.empty() ? std::string_view() : std::string_view(representations.front().codecs);
  if (type.empty()) type = mime.substr(0, mime.find('/'));
  if (type == "video") return MediaType::kVideo;
  if (type == "audio") return MediaType::kAudio;
  if (type == "image") return MediaType::kImage;
  const bool timed = codecs.starts_with("stpp") || codecs.starts_with("wvtt") || mime == "application/ttml+xml";
  return type == "text" || timed ? MediaType::kText : MediaType::kOther;
}

AdaptationSet ReadSet(pugi::xml_node node, const std::string& parent) {
  AdaptationSet set{.id = std::string(ValueOf(node, "id")),
                    .language = std::string(ValueOf(node, "lang")),
                    .label = TextOf(ChildOf(node, "Label"))};
  const auto base = BaseAt(node, parent);
  for (const auto child : node)
    if (IsElement(child, "Representation")) set.representations.push_back(ReadRepresentation(child, base));
  std::vector<Descriptor> roles;
  AddDescriptors(node, "Role", roles);
  for (auto& role : roles) set.roles.push_back(std::move(role.value));
  AddDescriptors(node, "Accessibility", set.accessibility);
  set.type = TypeOf(node, set.representations);
  return set;
}

Period ReadPeriod(pugi::xml_node node, Micros start, const std::string& parent) {
  Period period{
      .id = std::string(ValueOf(node, "id")), .start = start, .duration = ReadDuration(ValueOf(node, "duration"))};
  if (period.id.empty()) period.id = "@" + std::to_string(start.count());
  const auto base = BaseAt(node, parent);
  for (const auto child : node) {
    if (!IsElement(child, "AdaptationSet")) continue;
    period.sets.push_back(ReadSet(child, base));
    std::vector<Descriptor> properties;
    AddDescriptors(child, "SupplementalProperty", properties);
    for (const auto& property : properties)
      if (property.scheme == kContinuity) period.continues = property.value;
  }
  return period;
}

/// ISO/IEC 23009-1 §5.3.2.1. A Period of a dynamic MPD whose start nothing tells is not to be played yet.
void ReadPeriods(pugi::xml_node root, const std::string& base, Mpd& mpd) {
  for (const auto node : root) {
    if (!IsElement(node, "Period")) continue;
    auto start = ReadDuration(ValueOf(node, "start"));
    if (!start && !mpd.periods.empty() && mpd.periods.back().duration)
      start = mpd.periods.back().start + *mpd.periods.back().duration;
    if (!start && mpd.periods.empty() && !mpd.dynamic) start = Micros(0);
    if (!start) return;
    if (!mpd.periods.empty() && !mpd.periods.back().duration)
      mpd.periods.back().duration = *start - mpd.periods.back().start;
    mpd.periods.push_back(ReadPeriod(node, *start, base));
  }
  const auto whole = ReadDuration(ValueOf(root, "mediaPresentationDuration"));
  if (whole && !mpd.periods.empty() && !mpd.periods.back().duration)
    mpd.periods.back().duration = std::max(*whole - mpd.periods.back().start, Micros(0));
}

}  // namespace

bool AdaptationSet::Is(std::string_view role) const {
  return std::find(roles.begin(), roles.end(), role) != roles.end();
}

Mpd ReadMpd(const XmlText& document, const std::string& url) {
  const auto root = document.root();
  Mpd mpd{.dynamic = ValueOf(root, "type") == "dynamic",
          .url = url,
          .available = ReadDateTime(ValueOf(root, "availabilityStartTime")),
          .buffer = ReadDuration(ValueOf(root, "timeShiftBufferDepth")),
          .delay = ReadDuration(ValueOf(root, "suggestedPresentationDelay")),
          .longest = ReadDuration(ValueOf(root, "maxSegmentDuration"))};
  if (const auto location = TextOf(ChildOf(root, "Location")); !location.empty())
    mpd.url = sdk::ResolveReference(url, location);
  AddDescriptors(root, "UTCTiming", mpd.clocks);
  mpd.base_url = BaseAt(root, url);
  ReadPeriods(root, mpd.base_url, mpd);
  return mpd;
}

}  // namespace sluice::plugins::mpd
