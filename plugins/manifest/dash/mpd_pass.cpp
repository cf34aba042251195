// SPDX-License-Identifier: MIT
#include "mpd_pass.hpp"

#include <algorithm>
#include <array>
#include <sluice/sdk/text.hpp>
#include <utility>

#include "common/markup/escape_xml.hpp"
#include "manifest/common/addressing.hpp"
#include "patch_pass.hpp"

namespace sluice::plugins::dash {
namespace {

using namespace std::literals;

constexpr std::array kLicenceUrls{"Laurl"sv, "laurl"sv, "Authzurl"sv, "authzurl"sv, "Certurl"sv, "certurl"sv};
/// Their values are URLs of other MPDs.
constexpr std::array kMpdProperties{"urn:mpeg:dash:chaining:2016"sv, "urn:mpeg:dash:fallback:2016"sv};

template <std::size_t N>
bool Contains(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool AsksByHttp(pugi::xml_node timing) {
  return mpd::ValueOf(timing, "schemeIdUri").starts_with("urn:mpeg:dash:utc:http-");
}

/// What a BaseURL says besides where.
bool SaysWhen(pugi::xml_node base) {
  return mpd::AttributeOf(base, "availabilityTimeOffset") || mpd::AttributeOf(base, "availabilityTimeComplete") ||
         mpd::AttributeOf(base, "timeShiftBufferDepth");
}

sdk::Error At(pugi::xml_node node, const sdk::Error& error) {
  return {.code = error.code, .message = std::string(mpd::LocalName(node)) + ": " + error.message};
}

}  // namespace

sdk::Status SingleLinks::Write(pugi::xml_node node) {
  if (mpd::IsElement(node, "EventStream")) return sdk::Ok();  // whose URLs are its application's
  if (options_.decrypted && mpd::IsElement(node, "ContentProtection")) {
    edits_.Replace(document_.Element(node), {});
    return sdk::Ok();
  }
  if (auto written = WriteOne(node); !written) return At(node, written.error());
  for (const auto child : node) {
    if (child.type() != pugi::node_element) continue;
    if (auto written = Write(child); !written) return written;
  }
  return sdk::Ok();
}

sdk::Status SingleLinks::WriteOne(pugi::xml_node node) {
  const auto name = mpd::LocalName(node);
  if (name == "Location" || name == "ImportedMPD") return WriteText(node, mpd_url_, {.kind = sdk::LinkKind::kManifest});
  if (name == "PatchLocation") return WritePatchLocation(node);
  if (name == "UTCTiming" && AsksByHttp(node)) return WriteValues(node, "value", {.kind = sdk::LinkKind::kData});
  if (name == "ContentSteering") {  // it chooses among BaseURLs, of which one is left
    edits_.Replace(document_.Element(node), {});
    return sdk::Ok();
  }
  const bool property = name == "EssentialProperty" || name == "SupplementalProperty";
  if (property && Contains(kMpdProperties, mpd::ValueOf(node, "schemeIdUri")))
    return WriteValues(node, "value", {.kind = sdk::LinkKind::kManifest});
  if (options_.proxy_licences && Contains(kLicenceUrls, name)) {
    if (mpd::AttributeOf(node, "licenseUrl")) return WriteValues(node, "licenseUrl", {.kind = sdk::LinkKind::kData});
    return WriteText(node, mpd_base_, {.kind = sdk::LinkKind::kData});
  }
  return sdk::Ok();
}

sdk::Status SingleLinks::WriteText(pugi::xml_node node, std::string_view base, const mpd::LinkUse& use) {
  const auto text = mpd::TextOf(node);
  if (text.empty()) return sdk::Ok();
  const auto link = linker_.Link(base, text, use);
  if (!link) return link.error();
  if (*link) edits_.SetContent(document_, node, markup::EscapeXml(**link));
  return sdk::Ok();
}

/// One URL, or several with blanks between them.
sdk::Status SingleLinks::WriteValues(pugi::xml_node node, std::string_view attribute, const mpd::LinkUse& use) {
  const auto found = mpd::AttributeOf(node, attribute);
  std::string_view rest = sdk::TrimSpace(found.value());
  std::string out;
  while (!rest.empty()) {
    const auto url = rest.substr(0, rest.find_first_of(" \t\r\n"));
    rest = sdk::TrimSpace(rest.substr(url.size()));
    const auto link = linker_.Link(mpd_base_, url, use);
    if (!link) return link.error();
    out.append(out.empty() ? "" : " ").append(*link ? std::string_view(**link) : url);
  }
  if (!out.empty()) edits_.Replace(document_.Value(found), markup::EscapeXml(out));
  return sdk::Ok();
}

/// A patch says too little of what it patches, so its link says that. If that is too long, players load the whole MPD.
sdk::Status SingleLinks::WritePatchLocation(pugi::xml_node node) {
  const auto note = PatchNote{.mpd_url = mpd_url_, .mpd_base = mpd_base_}.Pack();
  if (!note.empty()) return WriteText(node, mpd_url_, {.kind = sdk::LinkKind::kManifest, .note = note});
  edits_.Replace(document_.Element(node), {});
  return sdk::Ok();
}

void PeriodLinks::AddMpd(pugi::xml_node mpd, const std::string& base) {
  AddLevel(mpd, base);
  const auto own = mpd::BaseAt(mpd, base);
  for (const auto period : mpd)
    if (mpd::IsElement(period, "Period")) AddPeriod(period, own);
}

void PeriodLinks::AddPeriod(pugi::xml_node period, const std::string& base) {
  AddLevel(period, base);
  const auto period_base = mpd::BaseAt(period, base);
  for (const auto set : period) {
    if (!mpd::IsElement(set, "AdaptationSet")) continue;
    AddLevel(set, period_base);
    const auto set_base = mpd::BaseAt(set, period_base);
    for (const auto representation : set)
      if (mpd::IsElement(representation, "Representation")) AddRepresentation(representation, set_base);
  }
}

void PeriodLinks::AddLevel(pugi::xml_node level, const std::string& parent) {
  if (mpd::ChosenBase(level)) levels_.emplace(document_.Element(level).begin, BaseLevel{level, parent});
}

void PeriodLinks::AddRepresentation(pugi::xml_node representation, const std::string& parent) {
  AddLevel(representation, parent);
  auto added = segments_.Add(representation, mpd::BaseAt(representation, parent));
  if (!added.at_base) return;
  auto level = representation;
  while (level.type() == pugi::node_element && !mpd::ChosenBase(level)) level = level.parent();
  if (level.type() != pugi::node_element) return;
  const auto found = levels_.find(document_.Element(level).begin);
  if (found == levels_.end()) return;
  found->second.is_media = true;
  found->second.mime_type = mpd::Inherited(representation, "mimeType");
  found->second.init_note = std::move(added.base_note);
}

sdk::Status PeriodLinks::Write() {
  for (const auto& [offset, level] : levels_)
    if (auto written = WriteBases(level); !written) return written;
  return segments_.Write();
}

/// Every other URL is absolute once it is a link, so a base URL that is no media's own has nothing left to say.
sdk::Status PeriodLinks::WriteBases(const BaseLevel& level) {
  for (const auto base : mpd::ChildrenOf(level.level, "BaseURL")) {
    if (level.is_media) {
      // Parts of a file may begin anywhere in it; that one with a note of its init section is a segment would say
      // otherwise.
      const auto kind = level.init_note.empty() ? sdk::LinkKind::kSegment : sdk::LinkKind::kData;
      const auto link = linker_.Link(level.parent, mpd::TextOf(base),
                                     {.kind = kind, .mime_type = level.mime_type, .note = level.init_note});
      if (!link) return At(base, link.error());
      if (*link) edits_.SetContent(document_, base, markup::EscapeXml(**link));
    } else if (SaysWhen(base)) {
      edits_.SetContent(document_, base, "/");
    } else {
      edits_.Replace(document_.Element(base), {});
    }
  }
  return sdk::Ok();
}

sdk::Status MpdPass::Run() {
  if (call_.expired()) return sdk::Error{.code = sdk::Errc::kDeadlineExceeded, .message = "no time left for the MPD"};
  const auto root = document_.root();
  SingleLinks single(document_, url_, mpd::BaseAt(root, url_), linker_, edits_, options_);
  if (auto written = single.Write(root); !written) return written;
  PeriodLinks periods(document_, linker_, edits_, options_);
  periods.AddMpd(root, url_);
  return periods.Write();
}

}  // namespace sluice::plugins::dash
