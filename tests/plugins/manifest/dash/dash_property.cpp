// SPDX-License-Identifier: MIT
/// \file
/// Generates MPDs with base URLs on every level, rewrites them, and asks for segments as a player and a gateway would.
/// Prints one JSON array [[MPD, base, base …], reference, target] a line, for check_resolution.mjs to judge the
/// targets.

#include <sluice/sdk/testing/calls.hpp>

#include <iostream>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/common/markup/escape_xml.hpp"
#include "plugins/manifest/common/addressing.hpp"
#include "plugins/manifest/dash/dash_rewriter.hpp"
#include "tests/plugins/manifest/common/readable_template_minter.hpp"

namespace sluice::plugins::dash {
namespace {

using Words = std::vector<std::string_view>;

const Words kUrls = {"https://origin.example/show/42/i.mpd?token=x%2Fy", "http://origin.example:8080/a//b/./c/../i.mpd",
                     "https://origin.example/d%2Fe/\xc3\xa9 f/{g}/i?x=/../y#z", "https://[2001:db8::1]/i.mpd"};
const Words kStarts = {
    "", "", "./", "../", "../../", "/", "//cdn.example/", "https://cdn.example:8443/", "http://u:p@h.example/"};
const Words kSegments = {"v",    "a b",  "\xc3\xa9\xe6\x97\xa5", "..",  ".",   "%2e",   "x;y=1", "%2F%20%3d",
                         "100%", "{id}", "~*+,;=!'()@&",         "<x>", "[1]", "\"q\"", "a$b"};
const Words kEnds = {"", "/", "/", "?q=1", "?a=b&c=/../x"};
const Words kNames = {"$Number$.m4s",     "$Number%05d$.m4s",
                      "$Time$",           "$RepresentationID$/$Number$.m4s",
                      "s$$$Time%02d$-$$", "$RepresentationID$-$Bandwidth%07d$-$Number$.mp4?t=$Time$&n=$Number$"};
const Words kIds = {"v1", "video=1000,a", "1.2-x_~", "a/b", "x y", "r$1", "\xc3\xa9", "..", "%2e"};

std::string Quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) (c == '"' || c == '\\' ? out += '\\' : out) += c;
  return out + '"';
}

/// `text`, and a dollar in the place of each that a URL template needs.
std::string Literal(std::string_view text) { return sdk::EscapeDollars(text); }

class Generator {
 public:
  explicit Generator(unsigned seed) : random_(seed) {}

  std::string Mpd() {
    std::string out = "<MPD>" + Base() + "<Period>" + Base() + Info();
    for (unsigned set = Roll(3) + 1; set > 0; --set) {
      out += "<AdaptationSet mimeType='video/mp4'>" + Base() + Info();
      for (unsigned i = Roll(3) + 1; i > 0; --i)
        out += "<Representation id='" + markup::EscapeXml(Pick(kIds)) + "' bandwidth='" + std::to_string(Roll(5000)) +
               "'>" + Base() + Info() + "</Representation>";
      out += "</AdaptationSet>";
    }
    return out + "</Period></MPD>";
  }
  std::string_view Url() { return Pick(kUrls); }

 private:
  unsigned Roll(std::size_t sides) { return static_cast<unsigned>(random_() % sides); }
  std::string_view Pick(const Words& words) { return words[Roll(words.size())]; }
  std::string Path() {
    std::string out(Pick(kStarts));
    for (unsigned i = Roll(3); i > 0; --i) out.append(Pick(kSegments)).append("/");
    return out;
  }
  std::string Base() {
    if (Roll(2) == 0) return {};
    return "<BaseURL>" + markup::EscapeXml(Path().append(Pick(kSegments)).append(Pick(kEnds))) + "</BaseURL>";
  }
  std::string Info() {
    switch (Roll(6)) {
      case 0:
        return "<SegmentTemplate media='" + markup::EscapeXml(Literal(Path()).append(Pick(kNames))) + "'/>";
      case 1:
        return "<SegmentTemplate initialization='" + markup::EscapeXml(Literal(Path())) + "i$Bandwidth$.mp4'/>";
      case 2:
        return "<SegmentList><SegmentURL media='" + markup::EscapeXml(Path()) + "s.m4s'/></SegmentList>";
      case 3:
        return "<SegmentBase><Initialization sourceURL='" + markup::EscapeXml(Path()) + "i.mp4'/></SegmentBase>";
      default:
        return {};
    }
  }

  std::mt19937 random_;
};

/// What one Representation refers to. Empty: what lies at its base URL.
struct Asked {
  std::string reference;
  bool is_template = false;
};

std::vector<Asked> ReferencesOf(pugi::xml_node representation) {
  const auto info = mpd::SegmentInfoOf(representation);
  std::vector<Asked> out;
  const auto add = [&](pugi::xml_node element, const char* attribute, bool is_template) {
    if (element) out.push_back({mpd::AttributeOf(element, attribute).value(), is_template});
  };
  if (info.addressing == mpd::Addressing::kTemplate) {
    add(info.WithAttribute("media"), "media", true);
    add(info.WithAttribute("initialization"), "initialization", true);
    return out;
  }
  if (info.addressing == mpd::Addressing::kBase) out.emplace_back();
  add(info.Child("SegmentURL"), "media", false);
  add(info.Child("Initialization"), "sourceURL", false);
  return out;
}

std::string FilledIn(const Asked& asked, pugi::xml_node representation) {
  if (!asked.is_template) return asked.reference;
  sdk::TemplateValues values{
      .representation_id = mpd::ValueOf(representation, "id"), .number = 42, .time = 9'000'000'000};
  mpd::ReadNumber(mpd::ValueOf(representation, "bandwidth"), values.bandwidth);
  return sdk::UrlTemplate::Parse(asked.reference)->Expand(values);
}

/// What the gateway opens a link to. Empty: it does not.
std::string Opened(std::string_view link) {
  if (!link.starts_with("/go/")) return {};
  const auto query = link.substr(link.find('?') + 1);
  const auto target = *sdk::PercentDecode(query.substr(2, query.find(';') - 2));
  if (query.starts_with("u=")) return target;
  std::vector<std::string> ids;
  std::vector<sdk::TemplateVariant> variants;
  ids.reserve(16);
  for (auto at = query.find(";v="); at != std::string_view::npos; at = query.find(";v=", at + 1)) {
    const auto pair = query.substr(at + 3, query.find(';', at + 1) - at - 3);
    ids.push_back(*sdk::PercentDecode(pair.substr(0, pair.rfind(':'))));
    variants.push_back({.representation_id = ids.back()});
    mpd::ReadNumber(pair.substr(pair.rfind(':') + 1), variants.back().bandwidth);
  }
  const auto path = link.substr(4, link.find('?') - 4);
  const auto begin = std::min(path.find('/'), path.rfind('/'));
  const auto filled =
      begin == path.rfind('/') ? std::string_view() : path.substr(begin + 1, path.rfind('/') - begin - 1);
  const auto parsed = sdk::UrlTemplate::Parse(target);
  const auto values = parsed->Match(filled, variants);
  return values ? parsed->Expand(*values) : std::string();
}

/// The base URLs that hold for `node`, the highest first, each behind a comma.
std::string BasesOf(pugi::xml_node node) {
  if (node.type() != pugi::node_element) return {};
  const auto base = mpd::ChosenBase(node);
  return BasesOf(node.parent()) + (base ? "," + Quoted(mpd::TextOf(base)) : "");
}

std::string PlayersBase(pugi::xml_node node) {
  if (node.type() != pugi::node_element) return {};
  const auto base = mpd::ChosenBase(node);
  return base ? mpd::TextOf(base) : PlayersBase(node.parent());
}

bool Compare(std::string_view url, pugi::xml_node original, pugi::xml_node rewritten) {
  const auto asked = ReferencesOf(original), got = ReferencesOf(rewritten);
  for (std::size_t i = 0; i < asked.size(); ++i) {
    const auto link = got[i].reference.empty() ? PlayersBase(rewritten) : FilledIn(got[i], rewritten);
    const bool at_mpd = asked[i].reference.empty() && BasesOf(original).empty();
    if (at_mpd) continue;
    const auto target = Opened(link);
    if (target.empty()) {
      std::cerr << "no link: " << link << " for " << asked[i].reference << '\n';
      return false;
    }
    std::cout << "[[" << Quoted(url) << BasesOf(original) << "]," << Quoted(FilledIn(asked[i], original)) << ','
              << Quoted(target) << "]\n";
  }
  return true;
}

bool Check(unsigned seed) {
  Generator generator(seed);
  const auto text = generator.Mpd();
  const auto url = generator.Url();
  mpd::ReadableTemplateMinter links;
  const auto out = DashRewriter(PassOptions{.allow_insecure = true})
                       .Rewrite(sdk::testing::AnyCall(), {.text = text, .base_url = url, .content_type = {}}, links);
  if (!out) {
    std::cerr << "seed " << seed << ": " << out.error().message << '\n' << text << '\n';
    return false;
  }
  const auto before = mpd::XmlText::Parse(text), after = mpd::XmlText::Parse(out->text);
  if (!after) return false;
  auto old_set = mpd::ChildOf(mpd::ChildOf((*before)->root(), "Period"), "AdaptationSet");
  auto new_set = mpd::ChildOf(mpd::ChildOf((*after)->root(), "Period"), "AdaptationSet");
  for (; old_set; old_set = old_set.next_sibling(), new_set = new_set.next_sibling()) {
    const auto old_ones = mpd::ChildrenOf(old_set, "Representation"),
               new_ones = mpd::ChildrenOf(new_set, "Representation");
    for (std::size_t i = 0; i < old_ones.size(); ++i) {
      if (Compare(url, old_ones[i], new_ones.at(i))) continue;
      std::cerr << "seed " << seed << '\n' << text << "\n--- got\n" << out->text << '\n';
      return false;
    }
  }
  return true;
}

}  // namespace
}  // namespace sluice::plugins::dash

int main() {
  for (unsigned seed = 0; seed < 3000; ++seed)
    if (!sluice::plugins::dash::Check(seed)) return 1;
  return 0;
}
