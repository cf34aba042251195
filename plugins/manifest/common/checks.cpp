// SPDX-License-Identifier: MIT
#include "manifest/common/checks.hpp"

#include <algorithm>
#include <initializer_list>
#include <set>
#include <sluice/sdk/text.hpp>
#include <sluice/sdk/url_template.hpp>
#include <string_view>

#include "manifest/common/addressing.hpp"
#include "manifest/common/body.hpp"
#include "manifest/common/times.hpp"

namespace sluice::plugins::mpd {
namespace {

std::string Named(std::string_view text) { return "`" + std::string(text.substr(0, 80)) + "`"; }

bool Has(pugi::xml_node node, std::string_view attribute) { return !ValueOf(node, attribute).empty(); }

/// What it says is elsewhere (xlink).
bool IsRemote(pugi::xml_node node) { return Has(node, "href"); }

bool IsDynamic(pugi::xml_node root) { return ValueOf(root, "type") == "dynamic"; }

std::vector<pugi::xml_node> PeriodsOf(pugi::xml_node root) { return ChildrenOf(root, "Period"); }

/// Used once.
class MpdChecks {
 public:
  explicit MpdChecks(const XmlText& document) : root_(document.root()), findings_(document) {}

  std::vector<sdk::ManifestFinding> Run() {
    Root();
    std::set<std::string_view> ids;
    for (const auto period : PeriodsOf(root_)) {
      if (IsRemote(period)) continue;
      if (IsDynamic(root_)) Want(period, "5.3.2.2", {"id"});
      Once(period, "5.3.2.2", ids);
      Period(period);
    }
    auto& list = findings_.list();
    std::stable_sort(list.begin(), list.end(), [](const auto& a, const auto& b) { return a.line < b.line; });
    return std::move(list);
  }

 private:
  void Want(pugi::xml_node node, std::string_view clause, std::initializer_list<std::string_view> attributes) {
    for (const auto name : attributes)
      if (!Has(node, name)) findings_.Add(node, clause, std::string(LocalName(node)) + ": want " + std::string(name));
  }

  void Once(pugi::xml_node node, std::string_view clause, std::set<std::string_view>& ids) {
    const auto id = ValueOf(node, "id");
    if (!id.empty() && !ids.insert(id).second)
      findings_.Add(node, clause, std::string(LocalName(node)) + " " + Named(id) + ": the id is taken");
  }

  void Root() {
    constexpr std::string_view kClause = "5.3.1.2";
    Want(root_, kClause, {"profiles", "minBufferTime"});
    for (const auto* const name : {"minBufferTime", "mediaPresentationDuration", "minimumUpdatePeriod",
                                   "timeShiftBufferDepth", "suggestedPresentationDelay", "maxSegmentDuration"})
      if (const auto text = ValueOf(root_, name); !text.empty() && !ReadDuration(text))
        findings_.Add(root_, kClause, std::string(name) + " " + Named(text) + ": want a duration such as PT2S");
    const auto type = ValueOf(root_, "type");
    if (!type.empty() && type != "static" && type != "dynamic")
      findings_.Add(root_, kClause, "type " + Named(type) + ": want static or dynamic");
    if (IsDynamic(root_)) {
      Want(root_, kClause, {"availabilityStartTime", "publishTime"});
      for (const auto* const name : {"availabilityStartTime", "publishTime"})
        if (const auto text = ValueOf(root_, name); !text.empty() && !ReadDateTime(text))
          findings_.Add(root_, kClause, std::string(name) + " " + Named(text) + ": want a date and time");
    }
    const auto periods = PeriodsOf(root_);
    if (periods.empty()) return findings_.Add(root_, kClause, "MPD: want a Period");
    if (!IsRemote(periods.back()) && !HasEnd(periods.back()))
      findings_.Add(root_, kClause,
                    "want mediaPresentationDuration, minimumUpdatePeriod or a duration of the last Period");
  }

  void Period(pugi::xml_node period) {
    for (const auto* const name : {"start", "duration"})
      if (const auto text = ValueOf(period, name); !text.empty() && !ReadDuration(text))
        findings_.Add(period, "5.3.2.2", "Period: " + std::string(name) + " " + Named(text) + ": want a duration");
    Segments(period, HasEnd(period));
    std::set<std::string_view> sets;
    std::set<std::string_view> representations;
    for (const auto set : ChildrenOf(period, "AdaptationSet")) {
      if (IsRemote(set)) continue;
      Once(set, "5.3.3.2", sets);
      Segments(set, HasEnd(period));
      const auto held = ChildrenOf(set, "Representation");
      if (held.empty()) findings_.Add(set, "5.3.3.2", "AdaptationSet: want a Representation");
      for (const auto one : held) {
        Once(one, "5.3.5.2", representations);
        Representation(one);
        Segments(one, HasEnd(period));
      }
    }
  }

  void Representation(pugi::xml_node one) {
    constexpr std::string_view kClause = "5.3.5.2";
    Want(one, kClause, {"id", "bandwidth"});
    std::uint64_t number = 0;
    if (const auto text = ValueOf(one, "bandwidth"); !text.empty() && !ReadNumber(text, number))
      findings_.Add(one, kClause, "Representation: bandwidth " + Named(text) + ": want a whole number");
    if (Inherited(one, "mimeType").empty())
      findings_.Add(one, "5.3.7.2", "Representation: want a mimeType of it or of its AdaptationSet");
    const auto info = SegmentInfoOf(one);
    if (info.addressing != Addressing::kTemplate) return;
    const bool runs = info.Child("SegmentTimeline") || !info.Value("duration").empty();
    const auto media = sdk::UrlTemplate::Parse(info.Value("media"));
    const bool counts = media && (media->Uses(sdk::TemplateField::kNumber) || media->Uses(sdk::TemplateField::kTime));
    if (counts && !runs && wanting_.insert(info.elements.front().internal_object()).second)
      findings_.Add(info.elements.front(), "5.3.9.2.2", "SegmentTemplate: want a duration, or a SegmentTimeline");
  }

  /// What stands on one level, whichever Representations it is of.
  void Segments(pugi::xml_node level, bool period_ends) {
    for (const auto* const kind : {"SegmentBase", "SegmentList", "SegmentTemplate"}) {
      const auto element = ChildOf(level, kind);
      if (!element) continue;
      std::uint64_t number = 0;
      for (const auto* const name : {"timescale", "duration", "startNumber", "presentationTimeOffset"})
        if (const auto text = ValueOf(element, name); !text.empty() && !ReadNumber(text, number))
          findings_.Add(element, "5.3.9.2.2",
                        std::string(kind) + ": " + name + " " + Named(text) + ": want a whole number");
      if (ReadNumber(ValueOf(element, "timescale"), number) && number == 0)
        findings_.Add(element, "5.3.9.2.2", std::string(kind) + ": want a timescale above 0");
      Template(element, "media", true);
      Template(element, "index", false);
      Template(element, "initialization", false);
      if (const auto timeline = ChildOf(element, "SegmentTimeline")) CheckTimeline(timeline, period_ends, findings_);
    }
  }

  void Template(pugi::xml_node element, std::string_view name, bool of_media) {
    const auto text = ValueOf(element, name);
    if (text.empty() || !IsElement(element, "SegmentTemplate")) return;
    constexpr std::string_view kClause = "5.3.9.4.4";
    const auto place = std::string(name) + " " + Named(text) + ": ";
    const auto parsed = sdk::UrlTemplate::Parse(text);
    if (!parsed) return findings_.Add(element, kClause, place + parsed.error().message);
    const bool number = parsed->Uses(sdk::TemplateField::kNumber);
    const bool time = parsed->Uses(sdk::TemplateField::kTime);
    if (of_media && !number && !time)
      findings_.Add(element, kClause, place + "want $Number$ or $Time$: all segments have one URL");
    if (of_media && number && time) findings_.Add(element, kClause, place + "want $Number$ or $Time$, not both");
    if (name == "initialization" && (number || time))
      findings_.Add(element, kClause, place + "want neither $Number$ nor $Time$");
  }

  const pugi::xml_node root_;
  Findings findings_;
  std::set<const void*> wanting_;  ///< Templates that were said to be without duration.
};

}  // namespace

Findings::Findings(const XmlText& document) : document_(document) {
  const auto& text = document.text();
  for (auto at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 1)) line_ends_.push_back(at);
}

void Findings::Add(pugi::xml_node node, std::string_view clause, std::string text) {
  if (list_.size() == kMost) return;
  sdk::MakeLegible(text);  // of what the MPD holds
  const auto at = document_.AfterName(node);
  const auto line = std::lower_bound(line_ends_.begin(), line_ends_.end(), at) - line_ends_.begin() + 1;
  list_.push_back({static_cast<std::uint64_t>(line), "ISO/IEC 23009-1 §" + std::string(clause), std::move(text)});
}

bool HasEnd(pugi::xml_node period) {
  if (Has(period, "duration")) return true;
  for (auto next = period.next_sibling(); next; next = next.next_sibling())
    if (IsElement(next, "Period")) return Has(next, "start") || IsRemote(next);
  const auto root = period.parent();
  return Has(root, "mediaPresentationDuration") || Has(root, "minimumUpdatePeriod");
}

std::vector<sdk::ManifestFinding> CheckMpd(const XmlText& document) { return MpdChecks(document).Run(); }

sdk::Status Check(std::string_view text, sdk::FindingSink& findings) {
  const auto document = ReadXml(text, {"MPD", "Patch"});
  if (!document) return document.error();
  if (LocalName((*document)->root()) == "Patch") return sdk::Ok();
  for (const auto& finding : CheckMpd(**document))
    if (!findings.Put(finding)) break;
  return sdk::Ok();
}

}  // namespace sluice::plugins::mpd
