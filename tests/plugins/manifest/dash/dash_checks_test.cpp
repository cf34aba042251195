// SPDX-License-Identifier: MIT
// A row for each rule: an MPD that breaks it, and what is found.
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "plugins/manifest/common/checks.hpp"
#include "rewriting.hpp"

namespace sluice::plugins::dash {
namespace {

/// "3 §5.3.1.2 text", a line each.
std::string FoundIn(std::string_view text) {
  const auto document = mpd::XmlText::Parse(std::string(text));
  if (!document) return document.error().message;
  std::string out;
  for (const auto& finding : mpd::CheckMpd(**document)) {
    EXPECT_TRUE(finding.rule.starts_with("ISO/IEC 23009-1 §")) << finding.rule;
    out += std::to_string(finding.line) + " " + finding.rule.substr(16) + " " + finding.text + "\n";
  }
  return out;
}

constexpr std::string_view kStatic =
    "type=\"static\" profiles=\"urn:mpeg:dash:profile:isoff-live:2011\" minBufferTime=\"PT2S\" "
    "mediaPresentationDuration=\"PT9S\"";
constexpr std::string_view kDynamic =
    "type=\"dynamic\" profiles=\"urn:mpeg:dash:profile:isoff-live:2011\" minBufferTime=\"PT2S\" "
    "minimumUpdatePeriod=\"PT2S\"";
constexpr std::string_view kTimes =
    " availabilityStartTime=\"2026-01-01T00:00:00Z\" publishTime=\"2026-01-01T00:00:00Z\"";
constexpr std::string_view kTemplate = "<SegmentTemplate duration=\"4\" media=\"$Number$.m4s\"/>";

std::string Document(std::string_view attributes, std::string_view content) {
  return "<MPD " + std::string(attributes) + ">\n" + std::string(content) + "\n</MPD>";
}
std::string SetOf(std::string_view content) {
  return "<AdaptationSet mimeType=\"video/mp4\">\n" + std::string(content) + "</AdaptationSet>";
}
std::string FullSet(std::string_view info, std::string_view attributes = "id=\"v\" bandwidth=\"1\"") {
  return SetOf(std::string(info) + "<Representation " + std::string(attributes) + "/>");
}
/// In line 3 of a static MPD.
std::string InSet(std::string_view info) {
  return FoundIn(Document(kStatic, "<Period>" + FullSet(info) + "</Period>"));
}
std::string InTimeline(std::string_view runs) {
  return InSet("<SegmentTemplate media=\"$Time$.m4s\"><SegmentTimeline>" + std::string(runs) +
               "</SegmentTimeline></SegmentTemplate>");
}

TEST(DashChecksTest, Attributes) {
  const struct {
    std::string text;
    std::string_view found;
  } rows[] = {
      {Document("mediaPresentationDuration=\"PT9S\" minBufferTime=\"PT2S\"", "<Period/>"),
       "1 §5.3.1.2 MPD: want profiles\n"},
      {Document("mediaPresentationDuration=\"PT9S\" profiles=\"p\"", "<Period/>"),
       "1 §5.3.1.2 MPD: want minBufferTime\n"},
      {Document("mediaPresentationDuration=\"9\" profiles=\"p\" minBufferTime=\"PT2S\"", "<Period/>"),
       "1 §5.3.1.2 mediaPresentationDuration `9`: want a duration such as PT2S\n"},
      {Document("type=\"live\" mediaPresentationDuration=\"PT9S\" profiles=\"p\" minBufferTime=\"PT2S\"", "<Period/>"),
       "1 §5.3.1.2 type `live`: want static or dynamic\n"},
      {Document(kStatic, ""), "1 §5.3.1.2 MPD: want a Period\n"},
      {Document("profiles=\"p\" minBufferTime=\"PT2S\"", "<Period/>"),
       "1 §5.3.1.2 want mediaPresentationDuration, minimumUpdatePeriod or a duration of the last Period\n"},
      {Document(kDynamic, "<Period id=\"1\"/>"),
       "1 §5.3.1.2 MPD: want availabilityStartTime\n1 §5.3.1.2 MPD: want publishTime\n"},
      {Document(std::string(kDynamic) + " availabilityStartTime=\"now\" publishTime=\"2026-01-01T00:00:00Z\"",
                "<Period id=\"1\"/>"),
       "1 §5.3.1.2 availabilityStartTime `now`: want a date and time\n"},
      {Document(std::string(kDynamic) + std::string(kTimes), "<Period/>"), "2 §5.3.2.2 Period: want id\n"},
      {Document(kStatic, "<Period start=\"0\"/>"), "2 §5.3.2.2 Period: start `0`: want a duration\n"},
      {Document(kStatic, "<Period id=\"1\" duration=\"PT1S\"/>\n<Period id=\"1\"/>"),
       "3 §5.3.2.2 Period `1`: the id is taken\n"},
      {Document(kStatic, "<Period>\n<AdaptationSet/></Period>"), "3 §5.3.3.2 AdaptationSet: want a Representation\n"},
      {Document(kStatic, "<Period>" + FullSet(kTemplate, "bandwidth=\"1\"") + "</Period>"),
       "3 §5.3.5.2 Representation: want id\n"},
      {Document(kStatic, "<Period>" + FullSet(kTemplate, "id=\"v\"") + "</Period>"),
       "3 §5.3.5.2 Representation: want bandwidth\n"},
      {Document(kStatic, "<Period>" + FullSet(kTemplate, "id=\"v\" bandwidth=\"x\"") + "</Period>"),
       "3 §5.3.5.2 Representation: bandwidth `x`: want a whole number\n"},
      {Document(kStatic, "<Period>" + FullSet(kTemplate) + FullSet(kTemplate) + "</Period>"),
       "4 §5.3.5.2 Representation `v`: the id is taken\n"},
      {Document(kStatic,
                "<Period><AdaptationSet>\n<Representation id=\"v\" bandwidth=\"1\"/></AdaptationSet></Period>"),
       "3 §5.3.7.2 Representation: want a mimeType of it or of its AdaptationSet\n"},
      {Document(kStatic, "<Period>" + FullSet(kTemplate) + "</Period>"), ""},
      {Document(std::string(kDynamic) + std::string(kTimes), "<Period id=\"1\">" + FullSet(kTemplate) + "</Period>"),
       ""},
      {Document(kStatic, "<Period xlink:href=\"https://o.example/p\"/>"), ""},
  };
  for (const auto& row : rows) EXPECT_EQ(FoundIn(row.text), row.found) << row.text;
}

TEST(DashChecksTest, Templates) {
  EXPECT_EQ(InSet("<SegmentTemplate duration=\"4\" media=\"a.m4s\"/>"),
            "3 §5.3.9.4.4 media `a.m4s`: want $Number$ or $Time$: all segments have one URL\n");
  EXPECT_EQ(InSet("<SegmentTemplate duration=\"4\" media=\"$Number$$Time$.m4s\"/>"),
            "3 §5.3.9.4.4 media `$Number$$Time$.m4s`: want $Number$ or $Time$, not both\n");
  EXPECT_EQ(InSet("<SegmentTemplate duration=\"4\" media=\"$Index$.m4s\"/>"),
            "3 §5.3.9.4.4 media `$Index$.m4s`: URL template: want RepresentationID, Number, Bandwidth, Time or "
            "SubNumber between two $\n");
  EXPECT_EQ(InSet("<SegmentTemplate duration=\"4\" media=\"$Number$.m4s\" initialization=\"$Number$.mp4\"/>"),
            "3 §5.3.9.4.4 initialization `$Number$.mp4`: want neither $Number$ nor $Time$\n");
  EXPECT_EQ(InSet("<SegmentTemplate media=\"$Number$.m4s\"/>"),
            "3 §5.3.9.2.2 SegmentTemplate: want a duration, or a SegmentTimeline\n");
  EXPECT_EQ(InSet("<SegmentTemplate duration=\"4\" timescale=\"0\" media=\"$Number$.m4s\"/>"),
            "3 §5.3.9.2.2 SegmentTemplate: want a timescale above 0\n");
  EXPECT_EQ(InSet("<SegmentTemplate duration=\"4.5\" media=\"$Number$.m4s\"/>"),
            "3 §5.3.9.2.2 SegmentTemplate: duration `4.5`: want a whole number\n");
  EXPECT_EQ(InSet("<SegmentTemplate duration=\"4\" media=\"$RepresentationID$/$Number%05d$.m4s\" "
                  "initialization=\"$RepresentationID$/i.mp4\"/>"),
            "");
}

TEST(DashChecksTest, Timelines) {
  EXPECT_EQ(InTimeline("<S t=\"0\" d=\"4\" r=\"1\"/>\n<S t=\"7\" d=\"4\"/>"),
            "4 §5.3.9.6 S at t=7 overlaps the one before, which ends at 8\n");
  EXPECT_EQ(InTimeline("<S t=\"0\" d=\"4\"/>\n<S t=\"9\" d=\"4\"/>"),
            "4 §5.3.9.6 S at t=9 leaves a gap of more than a segment behind 4\n");
  EXPECT_EQ(InTimeline("<S t=\"0\"/>"), "3 §5.3.9.6 S: want a duration d above 0\n");
  EXPECT_EQ(InTimeline("<S t=\"0\" d=\"0\"/>"), "3 §5.3.9.6 S: want a duration d above 0\n");
  EXPECT_EQ(InTimeline("<S t=\"0\" d=\"4\" r=\"x\"/>"), "3 §5.3.9.6 S: want a whole number r\n");
  EXPECT_EQ(InTimeline("<S t=\"0\" d=\"4\" r=\"-1\"/>\n<S d=\"4\"/>"),
            "3 §5.3.9.6 S with r=-1: want a t of the S behind it\n");
  for (const auto* const good : {"<S t=\"0\" d=\"4\" r=\"-1\"/>", "<S t=\"0\" d=\"4\" r=\"-1\"/><S t=\"8\" d=\"3\"/>",
                                 "<S t=\"5\" d=\"4\"/><S t=\"11\" d=\"4\"/><S d=\"2\" r=\"3\"/>",
                                 "<S t=\"18446744073709551615\" d=\"4\"/><S d=\"1\"/>"})
    EXPECT_EQ(InTimeline(good), "") << good;
  EXPECT_EQ(
      FoundIn(Document(kStatic, "<Period>" +
                                    FullSet("<SegmentTemplate media=\"$Time$\"><SegmentTimeline><S d=\"4\" r=\"-1\"/>"
                                            "</SegmentTimeline></SegmentTemplate>") +
                                    "</Period>\n<Period/>")),
      "3 §5.3.9.6 S with r=-1 at the end: want an end of the Period\n");
}

struct Collector final : sdk::FindingSink {
  bool Put(const sdk::ManifestFinding& finding) override {
    lines.push_back(finding.line);
    return false;
  }
  std::vector<std::uint64_t> lines;
};

TEST(DashChecksTest, TheRewriterSaysWhatIsFound) {
  const auto made = sdk::testing::CreateThroughAbi<DashRewriter>();
  Collector found;
  const auto check = [&](std::string_view text) {
    return (*made)->Check(sdk::testing::AnyCall(), {.text = text, .base_url = "https://origin.example/a.mpd"}, found);
  };

  EXPECT_TRUE(check("<MPD/>"));
  EXPECT_EQ(found.lines, (std::vector<std::uint64_t>{1}));
  EXPECT_TRUE(check("<Patch/>"));
  EXPECT_FALSE(check("<html/>"));
  EXPECT_FALSE(check("<MPD>"));
  EXPECT_EQ(found.lines.size(), 1U);
}

}  // namespace
}  // namespace sluice::plugins::dash
