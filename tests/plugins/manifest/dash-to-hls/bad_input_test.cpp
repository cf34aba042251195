// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include "converting.hpp"

namespace sluice::plugins::dash_to_hls {
namespace {

std::string Video(std::string_view info, std::string_view attributes = "") {
  return "<Period " + std::string(attributes) + "><AdaptationSet mimeType=\"video/mp4\">" + std::string(info) +
         "<Representation id=\"v\" bandwidth=\"1\"/></AdaptationSet></Period>";
}

std::string Refusal(const std::string& text) {
  Converter converter;
  return converter.Media(text);
}

TEST(DashToHlsBadInputTest, SaysWhatABodyIsInstead) {
  Converter converter;
  EXPECT_EQ(converter.Text("<html></html>"), "error: not an MPD: the body is HTML\n");
  EXPECT_EQ(converter.Text("<Patch/>"), "error: not an MPD: its first element is not MPD\n");
  EXPECT_EQ(converter.Text("<MPD><Period>"), "error: XML line 1: Start-end tags mismatch\n");
  EXPECT_EQ(converter.Text("<!DOCTYPE MPD [<!ENTITY a \"b\">]><MPD/>"), "error: XML line 1: a document type\n");
}

TEST(DashToHlsBadInputTest, AnMpdWithNothingToPlayIsRefused) {
  Converter converter;
  for (const auto* const text : {"<MPD/>", "<MPD><Period/></MPD>", "<MPD type=\"dynamic\"><Period/></MPD>",
                                 "<MPD><Period><AdaptationSet mimeType=\"video/webm\"><Representation/></AdaptationSet>"
                                 "</Period></MPD>"})
    EXPECT_EQ(converter.Text(text).substr(0, 52), "error: the MPD has nothing that HLS can express: wan") << text;
}

TEST(DashToHlsBadInputTest, SegmentsWithoutEndAreRefused) {
  EXPECT_EQ(Refusal("<MPD>" + Video("<SegmentTemplate duration=\"4\" media=\"$Number$\"/>") + "</MPD>"),
            "error: Representation v: want a duration of the Period\n");
  EXPECT_EQ(Refusal("<MPD>" + Video("<SegmentTemplate media=\"$Number$\"/>") + "</MPD>"),
            "error: Representation v: want a duration of segments, or of the Period\n");
  EXPECT_EQ(Refusal("<MPD>" +
                    Video("<SegmentTemplate media=\"$Time$\"><SegmentTimeline><S d=\"1\" r=\"-1\"/>"
                          "</SegmentTimeline></SegmentTemplate>") +
                    "</MPD>"),
            "error: Representation v: want an end of the SegmentTimeline\n");
}

TEST(DashToHlsBadInputTest, NumbersThatDoNotFitAreRefused) {
  const auto timeline = [](std::string_view entries, std::string_view attributes = "") {
    return Refusal(Static(Video("<SegmentTemplate media=\"$Time$\" " + std::string(attributes) + "><SegmentTimeline>" +
                                std::string(entries) + "</SegmentTimeline></SegmentTemplate>")));
  };
  EXPECT_EQ(timeline("<S d=\"0\"/>"), "error: Representation v: want a duration of each S\n");
  EXPECT_EQ(timeline("<S t=\"1\"/>"), "error: Representation v: want a duration of each S\n");
  EXPECT_EQ(timeline("<S d=\"1\" r=\"18446744073709551615\"/>", "timescale=\"4294967295\""),
            "error: Representation v: more than 100000 segments\n");
  EXPECT_EQ(timeline("<S d=\"1\" r=\"9000000000000000000\"/>", "presentationTimeOffset=\"9000000000000000000\""),
            "error: Representation v: more than 100000 segments\n");
  EXPECT_EQ(timeline("<S d=\"1\"/>", "timescale=\"0\""), "error: Representation v: want a timescale above 0\n");
  EXPECT_EQ(Refusal("<MPD mediaPresentationDuration=\"P10Y\">" +
                    Video("<SegmentTemplate duration=\"1\" media=\"$Number$\"/>") + "</MPD>"),
            "error: Representation v: more than 100000 segments\n");
  EXPECT_EQ(
      Refusal(Static(Video("<SegmentList duration=\"18446744073709551615\"><SegmentURL/><SegmentURL/></SegmentList>"))),
      "error: Representation v: want shorter segments\n");
}

TEST(DashToHlsBadInputTest, TemplatesThatAreNoneAreRefused) {
  EXPECT_EQ(Refusal(Static(Video("<SegmentTemplate duration=\"4\" media=\"$Number\"/>"))),
            "error: Representation v: URL template: want a $ that closes each $\n");
  EXPECT_EQ(Refusal(Static(Video("<SegmentTemplate duration=\"4\" media=\"a\" initialization=\"$\"/>"))),
            "error: Representation v: URL template: want a $ that closes each $\n");
}

TEST(DashToHlsBadInputTest, SegmentsThatNobodyFetchesAreRefused) {
  EXPECT_EQ(Refusal(Static(Video("<SegmentTemplate duration=\"4\" media=\"ftp://a.example/$Number$\"/>"))),
            "error: segments by a scheme that nobody fetches; want http or https\n");
}

TEST(DashToHlsBadInputTest, EveryTruncationIsRefusedOrConverted) {
  const auto whole =
      Static(Video("<SegmentList duration='1'><Initialization sourceURL='i'/><SegmentURL media='m'/>"
                   "</SegmentList><ContentProtection/>"));
  Converter converter;
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_FALSE(converter.Convert(whole.substr(0, size))) << size;
}

}  // namespace
}  // namespace sluice::plugins::dash_to_hls
