// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <chrono>

#include "converting.hpp"
#include "plugins/manifest/dash-to-hls/rendition.hpp"

namespace sluice::plugins::dash_to_hls {
namespace {

using namespace std::chrono_literals;

// The fake clock starts at 2026-01-01T00:00:00Z.
std::string Live(std::string_view content, std::string_view attributes = "timeShiftBufferDepth=\"PT20S\"") {
  return "<MPD type=\"dynamic\" availabilityStartTime=\"2025-12-31T23:50:00Z\" " + std::string(attributes) + ">" +
         std::string(content) + "</MPD>";
}
std::string Set(std::string_view info) {
  return "<AdaptationSet mimeType=\"video/mp4\">" + std::string(info) +
         "<Representation id=\"v\" bandwidth=\"1\"/></AdaptationSet>";
}
std::string Timeline(std::string_view entries, std::string_view media = "$Time$.m4s",
                     std::string_view attributes = "") {
  return Set("<SegmentTemplate timescale=\"1\" media=\"" + std::string(media) + "\" initialization=\"i.mp4\" " +
             std::string(attributes) + "><SegmentTimeline>" + std::string(entries) +
             "</SegmentTimeline></SegmentTemplate>");
}
std::string InPeriod(std::string_view content, std::string_view attributes = "id=\"p\" start=\"PT0S\"") {
  return "<Period " + std::string(attributes) + ">" + std::string(content) + "</Period>";
}
const std::string kNumbered = "<SegmentTemplate duration=\"4\" media=\"$Number$.m4s\" initialization=\"i.mp4\"/>";
const std::string kDirect = "<UTCTiming schemeIdUri=\"urn:mpeg:dash:utc:direct:2014\" value=\"2026-01-01T00:00:01Z\"/>";

/// A playlist as its segments: "seq=5 dseq=1 | 10 12 / 14", a slash for a discontinuity.
std::string Short(const std::string& playlist) {
  if (playlist.starts_with("error")) return playlist;
  std::string out, line;
  std::size_t at = 0;
  while (at < playlist.size()) {
    line = playlist.substr(at, playlist.find('\n', at) - at);
    at += line.size() + 1;
    if (line.starts_with("#EXT-X-MEDIA-SEQUENCE:")) out += "seq=" + line.substr(22);
    if (line.starts_with("#EXT-X-DISCONTINUITY-SEQUENCE:")) out += " dseq=" + line.substr(30);
    if (line == "#EXT-X-DISCONTINUITY") out += " /";
    if (line == "#EXT-X-GAP") out += " gap";
    if (line.starts_with("/go/segment/")) out += " " + line.substr(12, line.find('/', 12) - 12);
    if (line == "#EXT-X-ENDLIST") out += " end";
  }
  return out;
}

TEST(DashToHlsLiveTest, NumbersComeFromTheClock) {
  Converter converter;

  const auto playlist = converter.Media(Live(InPeriod(Set(kNumbered)) + kDirect));

  EXPECT_EQ(playlist.substr(0, playlist.find("/go/segment/146")),
            "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:4\n#EXT-X-MEDIA-SEQUENCE:146\n"
            "#EXT-X-MAP:URI=\"/go/init/x.mp4?t=https%3A%2F%2Forigin.example%2Fshow%2Fi.mp4\"\n"
            "#EXT-X-PROGRAM-DATE-TIME:2025-12-31T23:59:40.000Z\n#EXTINF:4.000000,\n");
  EXPECT_EQ(Short(playlist), "seq=146 146 147 148 149 150");
  EXPECT_EQ(Count(playlist, "#EXT-X-PLAYLIST-TYPE"), 0U);
}

/// Of EXT-X-PROGRAM-DATE-TIME, without the day, each with what follows it: "23:50:04.000 8".
std::string Dates(const std::string& playlist) {
  constexpr std::string_view kTag = "#EXT-X-PROGRAM-DATE-TIME:2025-12-31T";
  std::string out = playlist.starts_with("error") ? playlist : "";
  for (auto at = playlist.find(kTag); at != std::string::npos; at = playlist.find(kTag, at + 1)) {
    const auto link = playlist.find("\n/go/segment/", at) + 13;
    const auto gap = playlist.find("\ndata:,", at);
    out.append(out.empty() ? "" : ", ").append(playlist, at + kTag.size(), 12).append(" ");
    out += gap < link ? "gap" : playlist.substr(link, playlist.find('/', link) - link);
  }
  return out;
}

TEST(DashToHlsLiveTest, EachPeriodSaysWhenItIs) {
  Converter converter;
  const auto early = InPeriod(Timeline("<S t=\"0\" d=\"2\" r=\"1\"/>"), "id=\"a\" start=\"PT0S\" duration=\"PT4S\"");
  const auto later = InPeriod(Timeline("<S t=\"1000\" d=\"2\"/>", "$Time$.m4s", "presentationTimeOffset=\"1000\""),
                              "id=\"b\" start=\"PT4S\"");
  const auto apart = InPeriod(Timeline("<S t=\"0\" d=\"2\"/>"), "id=\"c\" start=\"PT1M0.5S\"");

  EXPECT_EQ(Dates(converter.Media(Live(early + later, ""))), "23:50:00.000 0, 23:50:04.000 1000");
  EXPECT_EQ(Dates(converter.Media(Live(early + apart, ""))), "23:50:00.000 0, 23:51:00.500 0");
  EXPECT_EQ(Dates(converter.Media(Live(later, ""))), "23:50:04.000 1000");
}

TEST(DashToHlsLiveTest, DatesCountFromThePresentationTimeOffset) {
  const auto date = [](std::string_view entries, std::string_view offset) {
    Converter converter;
    return Dates(converter.Media(
        Live(InPeriod(Set("<SegmentTemplate timescale=\"10\" media=\"$Time$.m4s\" presentationTimeOffset=\"" +
                          std::string(offset) + "\"><SegmentTimeline>" + std::string(entries) +
                          "</SegmentTimeline></SegmentTemplate>")),
             "")));
  };
  EXPECT_EQ(date("<S t=\"95\" d=\"20\" r=\"3\"/>", "95"), "23:50:00.000 95");
  EXPECT_EQ(date("<S t=\"100\" d=\"20\" r=\"3\"/>", "95"), "23:50:00.500 100");
  EXPECT_EQ(date("<S t=\"90\" d=\"20\" r=\"3\"/>", "95"), "23:49:59.500 90");  // begins before the Period
}

TEST(DashToHlsLiveTest, SoundAndPicturesOfOneTimeHaveOneDate) {
  Converter converter;
  const auto set = [](std::string_view type, std::string_view info, std::string_view entries) {
    return "<AdaptationSet mimeType=\"" + std::string(type) + "/mp4\"><SegmentTemplate media=\"$Time$.m4s\" " +
           std::string(info) + "><SegmentTimeline>" + std::string(entries) +
           "</SegmentTimeline></SegmentTemplate><Representation id=\"" + std::string(type) +
           "\" bandwidth=\"1\"/></AdaptationSet>";
  };
  const auto text = Live(
      InPeriod(
          set("video", "timescale=\"90000\" presentationTimeOffset=\"900000\"", "<S t=\"990000\" d=\"180000\"/>") +
              set("audio", "timescale=\"48000\" presentationTimeOffset=\"96000\"", "<S t=\"144000\" d=\"96256\"/>"),
          "id=\"p\" start=\"PT1S\""),
      "");

  EXPECT_EQ(Dates(converter.Media(text, 'v')), "23:50:02.000 990000");
  EXPECT_EQ(Dates(converter.Media(text, 'a')), "23:50:02.000 144000");
}

TEST(DashToHlsLiveTest, ADateStandsWhereLengthsNoLongerTellTheTime) {
  const auto dates = [](std::string_view entries) {
    Converter converter;
    return Dates(converter.Media(Live(InPeriod(Timeline(entries)), "")));
  };
  EXPECT_EQ(dates("<S t=\"0\" d=\"1\"/><S t=\"540\" d=\"1\"/>"), "23:50:00.000 0");  // gaps are as long as the hole
  EXPECT_EQ(dates("<S t=\"0\" d=\"1\"/><S t=\"5000\" d=\"1\"/>").substr(0, 14), "23:50:00.000 0");
  EXPECT_EQ(Count(dates("<S t=\"0\" d=\"4\"/><S t=\"2\" d=\"4\"/>"), ","), 1U);  // the second overlaps

  Converter converter;
  const auto hole = converter.Media(Live(InPeriod(Timeline("<S t=\"0\" d=\"1\"/><S t=\"5000\" d=\"1\"/>")), ""));
  EXPECT_EQ(Count(hole, "#EXT-X-PROGRAM-DATE-TIME:2026-01-01T01:13:20.000Z\n#EXTINF:1.000000,\n/go/segment/5000/"), 1U)
      << hole;
}

TEST(DashToHlsLiveTest, SmallHolesThatAddUpAreTold) {
  Converter converter;
  // 60 ms behind each second: none is worth a gap.
  std::string entries;
  for (int i = 0; i < 4; ++i) entries += "<S t=\"" + std::to_string(i * 1060) + "\" d=\"1000\"/>";
  const auto text = Live(InPeriod(Set("<SegmentTemplate timescale=\"1000\" media=\"$Time$.m4s\"><SegmentTimeline>" +
                                      entries + "</SegmentTimeline></SegmentTemplate>")),
                         "");

  EXPECT_EQ(Dates(converter.Media(text)), "23:50:00.000 0, 23:50:02.120 2120");
}

TEST(DashToHlsLiveTest, GapsOfAPeriodHaveItsDate) {
  Converter converter;
  const auto audio =
      "<AdaptationSet mimeType=\"audio/mp4\"><SegmentTemplate timescale=\"1\" media=\"$Time$.m4s\">"
      "<SegmentTimeline><S t=\"0\" d=\"2\" r=\"2\"/></SegmentTimeline></SegmentTemplate>"
      "<Representation id=\"a\" bandwidth=\"1\"/></AdaptationSet>";
  const auto text =
      Live(InPeriod(Timeline("<S t=\"0\" d=\"2\"/>"), "id=\"1\" start=\"PT0S\" duration=\"PT2S\"") +
               InPeriod(Timeline("<S t=\"0\" d=\"2\" r=\"2\"/>") + audio, "id=\"2\" start=\"PT2S\" duration=\"PT6S\""),
           "");

  EXPECT_EQ(Dates(converter.Media(text, 'a')), "23:50:00.000 gap, 23:50:02.000 0");
  EXPECT_EQ(Dates(converter.Media(text, 'v')), "23:50:00.000 0, 23:50:02.000 0");
}

TEST(DashToHlsLiveTest, AClockThatNobodyAgreedToIsOneSegmentLate) {
  Converter converter;

  EXPECT_EQ(Short(converter.Media(Live(InPeriod(Set(kNumbered))))), "seq=145 145 146 147 148 149");
  converter.host.clock.Advance(4s);
  EXPECT_EQ(Short(converter.Media(Live(InPeriod(Set(kNumbered))))), "seq=146 146 147 148 149 150");
}

TEST(DashToHlsLiveTest, TheMpdsClockIsAskedOnceAMinute) {
  Converter converter;
  converter.references.Hold("https://time.example/now", "2026-01-01T00:01:00Z\n");
  const auto text =
      Live(InPeriod(Set(kNumbered)) +
           "<UTCTiming schemeIdUri=\"urn:mpeg:dash:utc:http-iso:2014\" value=\"https://dead.example/ x\"/>"
           "<UTCTiming schemeIdUri=\"urn:mpeg:dash:utc:http-xsdate:2014\" value=\"https://time.example/now\"/>");

  EXPECT_EQ(Short(converter.Media(text)), "seq=161 161 162 163 164 165");
  converter.host.clock.Advance(4s);
  EXPECT_EQ(Short(converter.Media(text)), "seq=162 162 163 164 165 166");
  EXPECT_EQ(std::count(converter.references.asked().begin(), converter.references.asked().end(),
                       "https://time.example/now 0+0"),
            1);
}

TEST(DashToHlsLiveTest, ADateFieldAndAnNtpTimestampTellTheTimeToo) {
  for (const auto* const how : {"head", "ntp"}) {
    Converter converter;
    converter.references.Answer("https://time.example/head",
                                {.status = 200, .headers = {{"date", "Thu, 01 Jan 2026 00:01:00 GMT"}}});
    converter.references.Hold("https://time.example/ntp", std::string("\xED\x00\x37\xBC\0\0\0\0", 8));
    const auto text = Live(InPeriod(Set(kNumbered)) + "<UTCTiming schemeIdUri=\"urn:mpeg:dash:utc:http-" + how +
                           ":2014\" value=\"https://time.example/" + how + "\"/>");
    EXPECT_EQ(Short(converter.Media(text)), "seq=161 161 162 163 164 165") << how;
  }
}

TEST(DashToHlsLiveTest, SegmentsThatAreThereEarlierAreListedEarlier) {
  Converter converter;
  const auto with = [&](std::string_view attributes) {
    Converter fresh;
    return Short(fresh.Media(
        Live(InPeriod(Set("<SegmentTemplate duration=\"4\" media=\"$Number$.m4s\" " + std::string(attributes) + "/>")) +
             kDirect)));
  };
  EXPECT_EQ(with("availabilityTimeOffset=\"4\""), "seq=147 147 148 149 150 151");
  EXPECT_EQ(with("availabilityTimeOffset=\"3.9\" availabilityTimeComplete=\"false\""), "seq=146 146 147 148 149 150");
}

TEST(DashToHlsLiveTest, NamedByTimeSegmentsKeepTheirNumbersWhateverTheirLengths) {
  Converter converter;
  const auto list = [&](std::string_view entries) {
    return Short(converter.Media(Live(InPeriod(Timeline(entries)), "")));
  };
  EXPECT_EQ(list("<S t=\"100\" d=\"2\"/><S d=\"3\"/><S d=\"2\"/>"), "seq=50 100 102 105");
  EXPECT_EQ(list("<S t=\"102\" d=\"3\"/><S d=\"2\"/><S d=\"3\"/>"), "seq=51 102 105 107");
  EXPECT_EQ(list("<S t=\"105\" d=\"2\"/><S d=\"3\"/><S d=\"3\"/><S d=\"1\"/>"), "seq=52 105 107 110 113");
  EXPECT_EQ(list("<S t=\"102\" d=\"3\"/><S d=\"2\"/><S d=\"3\"/>"), "seq=51 102 105 107");  // an older copy
  EXPECT_EQ(list("<S t=\"113\" d=\"1\"/><S d=\"3\"/>"), "seq=55 113 114");
  EXPECT_EQ(list("<S t=\"900\" d=\"1\"/><S d=\"3\"/>"), "seq=57 900 901");  // nothing in common: behind it
}

TEST(DashToHlsLiveTest, PeriodsThatComeAndGoKeepNumbersAndDiscontinuities) {
  Converter converter;
  const auto period = [](std::string_view id, std::string_view start, std::string_view entries) {
    return InPeriod(Timeline(entries, "$Number$.m4s", "startNumber=\"7\""),
                    "id=\"" + std::string(id) + "\" start=\"" + std::string(start) + "\"");
  };
  const auto list = [&](const std::string& periods) { return Short(converter.Media(Live(periods, ""))); };

  EXPECT_EQ(list(period("a", "PT0S", "<S t=\"0\" d=\"2\" r=\"2\"/>")), "seq=7 7 8 9");
  EXPECT_EQ(
      list(period("a", "PT0S", "<S t=\"0\" d=\"2\" r=\"2\"/>") + period("b", "PT6S", "<S t=\"0\" d=\"2\" r=\"1\"/>")),
      "seq=7 7 8 9 / 7 8");
  EXPECT_EQ(list(period("b", "PT6S", "<S t=\"0\" d=\"2\" r=\"2\"/>")), "seq=10 dseq=1 7 8 9");
  EXPECT_EQ(list(period("b", "PT6S", "<S t=\"0\" d=\"2\" r=\"2\"/>") + period("c", "PT12S", "<S t=\"0\" d=\"2\"/>")),
            "seq=10 dseq=1 7 8 9 / 7");
  EXPECT_EQ(list(period("c", "PT12S", "<S t=\"0\" d=\"2\" r=\"1\"/>")), "seq=13 dseq=2 7 8");
}

TEST(DashToHlsLiveTest, AReloadThatIsRedirectedElsewhereIsTheSameList) {
  Converter converter;
  const auto text = [](std::string_view entries) { return Live(InPeriod(Timeline(entries)), ""); };
  const auto note = Converter::NotesIn(converter.Text(text("<S t=\"100\" d=\"2\"/><S d=\"3\"/>"))).front();

  EXPECT_EQ(Short(converter.Text(text("<S t=\"100\" d=\"2\"/><S d=\"3\"/>"), note)), "seq=50 100 102");
  converter.url = "https://edge7.example/token/index.mpd";
  EXPECT_EQ(Short(converter.Text(text("<S t=\"102\" d=\"3\"/><S d=\"3\"/>"), note)), "seq=51 102 105");
}

TEST(DashToHlsLiveTest, TheTargetDurationNeverChangesDownward) {
  Converter converter;
  const auto target = [&](std::string_view entries) {
    const auto playlist = converter.Media(Live(InPeriod(Timeline(entries)), ""));
    const auto at = playlist.find("TARGETDURATION:") + 15;
    return playlist.substr(at, playlist.find('\n', at) - at);
  };
  EXPECT_EQ(target("<S t=\"0\" d=\"6\"/><S d=\"2\"/>"), "6");
  EXPECT_EQ(target("<S t=\"6\" d=\"2\"/>"), "6");
}

TEST(DashToHlsLiveTest, TheEndOfALiveStreamKeepsItsNumbers) {
  Converter converter;
  converter.Media(Live(InPeriod(Timeline("<S t=\"100\" d=\"2\" r=\"2\"/>")), ""));

  const auto ended = converter.Media("<MPD type=\"static\"><Period id=\"p\" duration=\"PT200S\">" +
                                     Timeline("<S t=\"102\" d=\"2\" r=\"2\"/>") + "</Period></MPD>");

  EXPECT_EQ(Short(ended), "seq=51 102 104 106 end");
  EXPECT_EQ(Count(ended, "PLAYLIST-TYPE"), 0U);
}

TEST(DashToHlsLiveTest, WhatHasLeftTheBufferIsNotListed) {
  Converter converter;

  EXPECT_EQ(Short(converter.Media(Live(InPeriod(Timeline("<S t=\"100\" d=\"6\" r=\"9\"/>"))))),
            "seq=22 136 142 148 154");
}

TEST(DashToHlsLiveTest, PlayersAreHeldBackAsTheMpdSuggests) {
  Converter converter;
  const auto with = [&](std::string_view delay) {
    return converter.Media(Live(InPeriod(Timeline("<S t=\"0\" d=\"4\" r=\"5\"/>")),
                                "suggestedPresentationDelay=\"" + std::string(delay) + "\""));
  };
  EXPECT_EQ(Count(with("PT30S"), "#EXT-X-SERVER-CONTROL:HOLD-BACK=30.000000\n"), 1U);
  EXPECT_EQ(Count(with("PT2S"), "#EXT-X-SERVER-CONTROL:HOLD-BACK=12.000000\n"), 1U);
}

TEST(DashToHlsLiveTest, ThePeriodThatIsNotToBePlayedYetIsLeftOut) {
  Converter converter;
  const auto periods =
      InPeriod(Timeline("<S t=\"0\" d=\"2\"/>")) + InPeriod(Timeline("<S t=\"0\" d=\"2\"/>"), "id=\"early\"");

  EXPECT_EQ(Short(converter.Media(Live(periods, ""))), "seq=0 0");
}

TEST(DashToHlsLiveTest, WhereAPeriodHasNoSuchRenditionTheListHasGaps) {
  Converter converter;
  const auto text =
      Live(InPeriod(Timeline("<S t=\"0\" d=\"2\"/>") +
                        "<AdaptationSet mimeType=\"text/vtt\" lang=\"en\"><SegmentTemplate duration=\"2\" "
                        "media=\"$Number$.vtt\"/><Representation id=\"t\"/></AdaptationSet>",
                    "id=\"1\" start=\"PT0S\" duration=\"PT2S\"") +
               InPeriod(Timeline("<S t=\"0\" d=\"2\" r=\"5\"/>"), "id=\"2\" start=\"PT2S\" duration=\"PT13S\""),
           "");
  const auto playlist = converter.Media(text, 's');

  EXPECT_EQ(Count(playlist, "#EXT-X-GAP"), 3U) << playlist;
  EXPECT_EQ(Count(playlist, "#EXT-X-DISCONTINUITY\n"), 1U) << playlist;
}

TEST(DashToHlsLiveTest, WithoutACacheTheMpdsOwnNumbersHold) {
  auto host = sdk::testing::FakeHost::Without({"sluice.kv/1"});
  const auto made = sdk::testing::CreateThroughAbi<DashToHls>({}, host);
  mpd::ReadableTemplateMinter links;
  const auto out = (*made)->Rewrite(sdk::testing::AnyCall(),
                                    {.text = Live(InPeriod(Set(kNumbered)) + kDirect),
                                     .base_url = kUrl,
                                     .content_type = {},
                                     .note = Wanted{.representation_id = "v"}.Pack()},
                                    links);

  ASSERT_TRUE(out) << out.error().message;
  EXPECT_EQ(Short(out->text), "seq=146 146 147 148 149 150");
}

}  // namespace
}  // namespace sluice::plugins::dash_to_hls
