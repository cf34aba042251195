// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <string>

#include "rewriting.hpp"

namespace sluice::plugins::dash {
namespace {

using namespace std::literals;

std::string Repeat(std::string_view text, std::size_t times) {
  std::string out;
  out.reserve(text.size() * times);
  while (times-- > 0) out += text;
  return out;
}

void ExpectRefused(const std::string& text, const std::string& message) {
  const auto out = Rewrite(text);
  ASSERT_FALSE(out) << message;
  EXPECT_EQ(out.error().code, sdk::Errc::kUpstreamFailed);
  EXPECT_EQ(out.error().message, message);
}

TEST(DashBadInputTest, SaysWhatABodyIsInstead) {
  ExpectRefused("", "not an MPD: the body is empty");
  ExpectRefused(" \r\n", "not an MPD: the body is empty");
  ExpectRefused("<!DOCTYPE html><html><body>Sign in</body></html>", "not an MPD: the body is HTML");
  ExpectRefused("<html><br></html>", "not an MPD: the body is HTML");
  ExpectRefused("{\"error\": 1}", "not an MPD: the body is JSON");
  ExpectRefused("#EXTM3U\n", "not an MPD: the body is an HLS playlist");
  ExpectRefused("\x1f\x8b\x08", "not an MPD: the body is compressed (gzip)");
  ExpectRefused("Forbidden", "not an MPD: the body is no XML");
  ExpectRefused("<smil/>", "not an MPD: its first element is not MPD");
}

TEST(DashBadInputTest, RefusesWhatIsCutOffOrNotWellFormed) {
  ExpectRefused("<MPD>\n<Period>\n<AdaptationSet", "XML line 3: Error parsing start element tag");
  ExpectRefused("<MPD>\n<Period>\n</MPD>", "XML line 3: Start-end tags mismatch");
  ExpectRefused("<MPD><Period id=\"1></Period></MPD>", "XML line 1: Error parsing element attribute");
  ExpectRefused("<MPD><Period>", "XML line 1: Start-end tags mismatch");
}

TEST(DashBadInputTest, RefusesDocumentTypesAndSoEveryEntityBomb) {
  const auto bomb =
      "<!DOCTYPE MPD [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;&b;\">"
      "<!ENTITY f SYSTEM \"file:///etc/passwd\">]><MPD><BaseURL>&c;&f;</BaseURL></MPD>"s;
  ExpectRefused(bomb, "XML line 1: a document type");
}

TEST(DashBadInputTest, KnowsNoEntitiesButThoseOfXmlItself) {
  const auto out =
      Rewrite(InPeriod("<AdaptationSet><Representation><BaseURL>&c;.mp4</BaseURL></Representation></AdaptationSet>"));

  EXPECT_NE(TextOf(out).find("%2F%26c%3B.mp4"), std::string::npos) << TextOf(out);
}

TEST(DashBadInputTest, RefusesWhatHidesSomethingBehindANul) {
  ExpectRefused(InPeriod("") + "\n\0</BaseURL>"s, "XML line 2: a NUL character");
  ExpectRefused("<MPD>\0</MPD>"s, "XML line 1: a NUL character");
}

TEST(DashBadInputTest, RefusesADeclarationThatDoesNotEnd) {
  const auto parsed = mpd::XmlText::Parse("<?xml version=\"1.0\"/><MPD><BaseURL>a?>b</BaseURL></MPD>");
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().message, "XML line 1: want ?> at the end of the XML declaration");
  EXPECT_TRUE(Rewrite("<?xml version=\"1.0\"\n ?><MPD/>"));
}

TEST(DashBadInputTest, TextBesideTheMpdStaysThere) {
  const auto mpd = "\n text > " +
                   InPeriod("<AdaptationSet><Representation><BaseURL>a</BaseURL></Representation></AdaptationSet>") +
                   "\n more > text <!-- > --> <?x > ?>";
  const auto out = TextOf(Rewrite(mpd));
  EXPECT_TRUE(out.starts_with("\n text > <MPD") && out.ends_with("</MPD>\n more > text <!-- > --> <?x > ?>")) << out;
}

TEST(DashBadInputTest, RefusesDeepNesting) {
  const auto deep = "<MPD>" + Repeat("<a>", 100'000) + Repeat("</a>", 100'000) + "</MPD>";
  ExpectRefused(deep, "XML line 1: elements nest too deeply");
}

TEST(DashBadInputTest, RefusesTooMuch) {
  ExpectRefused("<MPD>" + std::string(50U * 1024 * 1024, ' ') + "</MPD>", "the XML is longer than 33554432 octets");
  ExpectRefused("<MPD>" + Repeat("<S/>", 1'000'001) + "</MPD>", "XML line 1: too many elements");
  ExpectRefused("<MPD>" + Repeat("<S a='' b='' c=''/>", 1'000'001) + "</MPD>", "XML line 1: too many elements");
}

TEST(DashBadInputTest, RefusesTemplatesThatAreNone) {
  const auto with = [](std::string_view media) {
    return InPeriod("<AdaptationSet><SegmentTemplate media=\"" + std::string(media) +
                    "\"/><Representation id=\"v\"/></AdaptationSet>");
  };
  ExpectRefused(with("$Number.m4s"), "SegmentTemplate@media: URL template: want a $ that closes each $");
  ExpectRefused(with("$Unknown$.m4s"),
                "SegmentTemplate@media: URL template: want RepresentationID, Number, Bandwidth, Time or SubNumber "
                "between two $");
  ExpectRefused(with("$Number%0999999999999d$.m4s"),
                "SegmentTemplate@media: URL template: want %0<width>d with a width up to 32 behind a number's name");
}

TEST(DashBadInputTest, EveryTruncationOfEveryPlaceIsRefusedOrRewritten) {
  const auto whole = InPeriod(
      "<BaseURL>a</BaseURL><AdaptationSet mimeType='video/mp4'><ContentProtection><Laurl>l</Laurl></ContentProtection>"
      "<SegmentList><Initialization sourceURL='i'/><SegmentURL media='m'/></SegmentList><Representation id='1'/>"
      "<Representation id='2'><BaseURL>b/</BaseURL></Representation></AdaptationSet>");
  for (std::size_t size = 0; size < whole.size(); ++size) EXPECT_FALSE(Rewrite(whole.substr(0, size))) << size;
  EXPECT_TRUE(Rewrite(whole));
}

}  // namespace
}  // namespace sluice::plugins::dash
