// SPDX-License-Identifier: MIT
#include "checks.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <sluice/sdk/text.hpp>
#include <sluice/sdk/url.hpp>
#include <string>
#include <utility>

#include "body.hpp"
#include "check_lines.hpp"
#include "check_media.hpp"
#include "check_multivariant.hpp"
#include "lines.hpp"
#include "variables.hpp"

namespace sluice::plugins::hls {
namespace {

constexpr std::size_t kMaxVariables = 64 * 1024;
constexpr std::string_view kMultivariant = "4.4.6";

/// Of which section a tag is, what attributes it needs, and whether it may stand once.
struct TagFacts {
  std::string_view tag;
  std::string_view section;
  std::array<std::string_view, 3> needs{};
  bool once = false;
};
constexpr TagFacts kTags[] = {
    {"EXT-X-VERSION", "4.4.1.2", {}, true},
    {"EXT-X-INDEPENDENT-SEGMENTS", "4.4.2.1", {}, true},
    {"EXT-X-START", "4.4.2.2", {"TIME-OFFSET"}, true},
    {"EXT-X-DEFINE", "4.4.2.3"},
    {"EXT-X-TARGETDURATION", "4.4.3.1", {}, true},
    {"EXT-X-MEDIA-SEQUENCE", "4.4.3.2", {}, true},
    {"EXT-X-DISCONTINUITY-SEQUENCE", "4.4.3.3", {}, true},
    {"EXT-X-ENDLIST", "4.4.3.4", {}, true},
    {"EXT-X-PLAYLIST-TYPE", "4.4.3.5", {}, true},
    {"EXT-X-I-FRAMES-ONLY", "4.4.3.6", {}, true},
    {"EXT-X-PART-INF", "4.4.3.7", {"PART-TARGET"}, true},
    {"EXT-X-SERVER-CONTROL", "4.4.3.8", {}, true},
    {"EXTINF", "4.4.4.1"},
    {"EXT-X-BYTERANGE", "4.4.4.2"},
    {"EXT-X-DISCONTINUITY", "4.4.4.3"},
    {"EXT-X-KEY", "4.4.4.4", {"METHOD"}},
    {"EXT-X-MAP", "4.4.4.5", {"URI"}},
    {"EXT-X-PROGRAM-DATE-TIME", "4.4.4.6"},
    {"EXT-X-GAP", "4.4.4.7"},
    {"EXT-X-BITRATE", "4.4.4.8"},
    {"EXT-X-PART", "4.4.4.9", {"URI", "DURATION"}},
    {"EXT-X-DATERANGE", "4.4.5.1", {"ID"}},
    {"EXT-X-SKIP", "4.4.5.2", {"SKIPPED-SEGMENTS"}, true},
    {"EXT-X-PRELOAD-HINT", "4.4.5.3", {"TYPE", "URI"}},
    {"EXT-X-RENDITION-REPORT", "4.4.5.4", {"URI"}},
    {"EXT-X-MEDIA", "4.4.6.1", {"TYPE", "GROUP-ID", "NAME"}},
    {"EXT-X-STREAM-INF", "4.4.6.2", {"BANDWIDTH"}},
    {"EXT-X-I-FRAME-STREAM-INF", "4.4.6.3", {"BANDWIDTH", "URI"}},
    {"EXT-X-SESSION-DATA", "4.4.6.4", {"DATA-ID"}},
    {"EXT-X-SESSION-KEY", "4.4.6.5", {"METHOD"}},
    {"EXT-X-CONTENT-STEERING", "4.4.6.6", {"SERVER-URI"}, true},
};

const TagFacts* FactsOf(std::string_view tag) {
  const auto* const found =
      std::find_if(std::begin(kTags), std::end(kTags), [&](const TagFacts& one) { return one.tag == tag; });
  return found == std::end(kTags) ? nullptr : found;
}

/// Tags with a value that is no list of attributes.
bool HasAttributes(std::string_view tag) {
  static constexpr std::array<std::string_view, 9> kPlain{"EXT-X-VERSION",
                                                          "EXT-X-TARGETDURATION",
                                                          "EXT-X-MEDIA-SEQUENCE",
                                                          "EXT-X-DISCONTINUITY-SEQUENCE",
                                                          "EXT-X-PLAYLIST-TYPE",
                                                          "EXT-X-BYTERANGE",
                                                          "EXT-X-PROGRAM-DATE-TIME",
                                                          "EXT-X-BITRATE",
                                                          "EXTINF"};
  return FactsOf(tag) != nullptr && std::find(kPlain.begin(), kPlain.end(), tag) == kPlain.end();
}

std::vector<CheckedLine> ReadLines(std::string_view text) {
  std::vector<CheckedLine> lines;
  LineScanner scanner(text);
  for (std::string_view line; scanner.Next(line);) {
    line = sdk::TrimControls(line);
    if (line.empty() || (line.front() == '#' && !line.starts_with("#EXT"))) continue;
    if (line.front() != '#') {
      lines.push_back({scanner.number(), {}, line});
      continue;
    }
    const auto colon = std::min(line.find(':'), line.size());
    lines.push_back({scanner.number(), line.substr(1, colon - 1), line.substr(std::min(colon + 1, line.size()))});
  }
  return lines;
}

/// Used once.
class PlaylistChecks {
 public:
  PlaylistChecks(std::string_view text, std::string_view url, const Note& from)
      : text_(text), url_(url), from_(from), lines_(ReadLines(text.substr(BomSize(text)))), variables_(kMaxVariables) {}

  std::vector<sdk::ManifestFinding> Run() {
    FirstLine();
    LookAround();
    MediaChecks media(findings_, target_);
    MultivariantChecks multivariant(findings_);
    for (const auto& line : lines_) {
      if (!line.tag.empty())
        Tag(line);
      else
        References(line, line.value);
      if (multivariant_ == 0 || IsOfSegments(line)) line.tag.empty() ? media.Uri(line) : media.Tag(line);
      if (multivariant_ != 0 && !IsOfSegments(line)) line.tag.empty() ? multivariant.Uri(line) : multivariant.Tag(line);
      if (!line.tag.empty()) last_tag_ = line.tag;
    }
    if (media_ != 0 && multivariant_ != 0)
      findings_.Add(std::max(media_, multivariant_), "4.1",
                    "tags of a media playlist (line " + std::to_string(media_) + ") and of a multivariant one (line " +
                        std::to_string(multivariant_) + "): want one or the other");
    if (multivariant_ == 0 || media_ != 0) media.End();
    if (multivariant_ != 0) multivariant.End();
    Version();
    auto& list = findings_.list();
    std::stable_sort(list.begin(), list.end(), [](const auto& a, const auto& b) { return a.line < b.line; });
    return std::move(list);
  }

 private:
  struct Need {
    std::uint64_t version;
    std::uint64_t line;
    std::string why;
  };

  /// In a playlist that is both: whether the line belongs to its segments.
  bool IsOfSegments(const CheckedLine& line) const {
    if (media_ == 0) return false;
    if (line.tag.empty()) return last_tag_ != "EXT-X-STREAM-INF";
    const auto* const facts = FactsOf(line.tag);
    return facts != nullptr && !facts->section.starts_with(kMultivariant);
  }

  void FirstLine() {
    if (BomSize(text_) > 0) findings_.Add(1, "4.1", "a byte order mark before #EXTM3U");
    const auto rest = text_.substr(BomSize(text_));
    auto line = rest.substr(0, rest.find('\n'));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line != "#EXTM3U") findings_.Add(1, "4.4.1.1", "want #EXTM3U, and nothing else, in the first line");
  }

  /// What has to be known before the lines that it is of.
  void LookAround() {
    for (const auto& line : lines_) {
      const auto* const facts = FactsOf(line.tag);
      if (facts == nullptr) continue;
      if (facts->section.starts_with(kMultivariant)) {
        if (multivariant_ == 0) multivariant_ = line.number;
      } else if (facts->section >= "4.4.3" && media_ == 0) {
        media_ = line.number;
      }
      if (line.Is("EXT-X-TARGETDURATION") && !target_) target_ = ReadWhole<std::uint64_t>(line.value);
      if (line.Is("EXT-X-I-FRAMES-ONLY")) i_frames_only_ = true;
      if (line.Is("EXT-X-VERSION") && !version_) version_ = ReadWhole<std::uint64_t>(line.value);
    }
  }

  void Tag(const CheckedLine& line) {
    const auto* const facts = FactsOf(line.tag);
    if (facts == nullptr) return;
    if (facts->once && !seen_.insert(line.tag).second)
      findings_.Add(line.number, facts->section, std::string(line.tag) + " a second time; want it once");
    for (const auto name : facts->needs)
      if (!name.empty() && !line.Has(name))
        findings_.Add(line.number, facts->section, std::string(line.tag) + ": want " + std::string(name));
    if (HasAttributes(line.tag)) Attributes(line);
    if (line.Is("EXT-X-DEFINE")) Define(line);
    Needs(line);
  }

  void Attributes(const CheckedLine& line) {
    std::set<std::string_view> names;
    AttributeScanner attribute(line.value);
    while (attribute.Next()) {
      if (!names.insert(attribute.name()).second)
        findings_.Add(line.number, "4.2", std::string(line.tag) + ": " + Named(attribute.name()) + " a second time");
      if (attribute.open()) findings_.Add(line.number, "4.2", std::string(line.tag) + ": a quote that never closes");
      if (attribute.quote() == '\'') findings_.Add(line.number, "4.2", std::string(line.tag) + ": want double quotes");
      if (attribute.quote() != 0 || attribute.value().starts_with("0x")) References(line, attribute.value());
      if (attribute.name().starts_with("REQ-")) Require(12, line, "an attribute whose name begins with REQ-");
    }
  }

  void References(const CheckedLine& line, std::string_view text) {
    std::string_view name;
    for (auto at = Variables::Find(text, 0, name); at != std::string_view::npos;
         at = Variables::Find(text, at + name.size() + 3, name)) {
      if (!variables_.Knows(name))
        findings_.Add(line.number, "4.3", Variables::Shown(name) + " is not defined before its use");
    }
  }

  void Define(const CheckedLine& line) {
    std::vector<std::pair<std::string_view, std::string_view>> ways;
    AttributeScanner attribute(line.value);
    while (attribute.Next())
      for (const auto* const way : {"NAME", "IMPORT", "QUERYPARAM"})
        if (attribute.Is(way)) ways.emplace_back(way, attribute.value());
    const auto add = [&](const std::string& text) { findings_.Add(line.number, "4.4.2.3", "EXT-X-DEFINE" + text); };
    if (ways.size() != 1) return add(": want one of NAME, IMPORT and QUERYPARAM");
    const auto [way, name] = ways.front();
    if (!Variables::IsName(name)) add(" of " + Named(name) + ": want a name of letters, digits, - and _");
    if (variables_.Knows(name)) add(" of " + Named(name) + " a second time; want each variable defined once");
    if (way == "NAME" && !line.Has("VALUE")) add(" of " + Named(name) + ": want a VALUE");
    if (way == "IMPORT" && !Imports(name))
      add(" imports " + Named(name) + ", which the multivariant playlist does not define");
    if (way == "QUERYPARAM" && !HasParameter(name))
      add(" of the query parameter " + Named(name) + ", which the playlist's URL does not have");
    variables_.Define(name, {});
  }

  /// A playlist that nobody led to may have been led to elsewhere.
  bool Imports(std::string_view name) const {
    if (from_.variables.empty() || from_.variables_left_out) return true;
    return std::any_of(from_.variables.begin(), from_.variables.end(),
                       [&](const auto& variable) { return variable.first == name; });
  }

  bool HasParameter(std::string_view name) const {
    const auto url = url_.substr(0, url_.find('#'));
    const auto mark = url.find('?');
    if (mark == std::string_view::npos) return false;
    const auto raw = sdk::QueryParam(url.substr(mark + 1), name);
    return raw && !raw->empty();
  }

  void Require(std::uint64_t version, const CheckedLine& line, std::string why) {
    if (version <= version_.value_or(1) || !required_.insert(why).second) return;
    needs_.push_back({version, line.number, std::move(why)});
  }

  /// RFC 8216bis §8.
  void Needs(const CheckedLine& line) {
    const auto& tag = line.tag;
    if (tag == "EXT-X-KEY") {
      if (line.Has("IV")) Require(2, line, "EXT-X-KEY with IV");
      if (line.Has("KEYFORMAT") || line.Has("KEYFORMATVERSIONS")) Require(5, line, "EXT-X-KEY with KEYFORMAT");
    }
    if (tag == "EXTINF" && line.value.substr(0, line.value.find(',')).find('.') != std::string_view::npos)
      Require(3, line, "EXTINF with a fraction");
    if (tag == "EXT-X-BYTERANGE" || tag == "EXT-X-I-FRAMES-ONLY") Require(4, line, std::string(tag));
    if (tag == "EXT-X-MAP") Require(i_frames_only_ ? 5 : 6, line, "EXT-X-MAP");
    if (tag == "EXT-X-MEDIA" && line.Attribute("INSTREAM-ID").starts_with("SERVICE"))
      Require(7, line, "INSTREAM-ID of a SERVICE");
    if (tag == "EXT-X-DEFINE")
      Require(line.Has("QUERYPARAM") ? 11 : 8, line,
              line.Has("QUERYPARAM") ? "EXT-X-DEFINE with QUERYPARAM" : "EXT-X-DEFINE");
    if (tag == "EXT-X-SKIP") {
      const bool ranges = line.Has("RECENTLY-REMOVED-DATERANGES");
      Require(ranges ? 10 : 9, line, ranges ? "EXT-X-SKIP with RECENTLY-REMOVED-DATERANGES" : "EXT-X-SKIP");
    }
  }

  void Version() {
    for (auto& need : needs_)
      findings_.Add(need.line, "8",
                    need.why + ": want EXT-X-VERSION " + std::to_string(need.version) + " or higher, " +
                        (version_ ? "not " + std::to_string(*version_) : "and there is none"));
  }

  const std::string_view text_;
  const std::string_view url_;
  const Note& from_;
  const std::vector<CheckedLine> lines_;
  Findings findings_;
  Variables variables_;
  std::uint64_t media_ = 0, multivariant_ = 0;  ///< The first line that says which kind it is. 0: none does.
  std::optional<std::uint64_t> target_, version_;
  bool i_frames_only_ = false;
  std::string_view last_tag_;
  std::set<std::string_view> seen_;
  std::set<std::string> required_;
  std::vector<Need> needs_;
};

}  // namespace

std::vector<sdk::ManifestFinding> CheckPlaylist(std::string_view text, std::string_view url, const Note& from) {
  return PlaylistChecks(text, url, from).Run();
}

}  // namespace sluice::plugins::hls
