// SPDX-License-Identifier: MIT
// A row for each rule: a playlist that breaks it, and what is found. Playlists that break none are at the end.
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "plugins/manifest/hls/checks.hpp"
#include "rewriting.hpp"

namespace sluice::plugins::hls {
namespace {

constexpr std::string_view kPlaylistUrl = "https://origin.example/p.m3u8?token=t&none=";

/// "3 §4.4.4.1 text", a line each.
std::string FoundIn(std::string_view text, const Note& from = {}) {
  std::string out;
  for (const auto& finding : CheckPlaylist(text, kPlaylistUrl, from)) {
    EXPECT_TRUE(finding.rule.starts_with("RFC 8216bis §")) << finding.rule;
    out += std::to_string(finding.line) + " " + finding.rule.substr(12) + " " + finding.text + "\n";
  }
  return out;
}

struct Row {
  std::string_view broken;
  std::string_view found;
};

/// \param head  before each, so that its first line is the third.
void ExpectFindings(std::string_view head, const std::vector<Row>& rows) {
  for (const auto& row : rows)
    EXPECT_EQ(FoundIn(std::string(head) + std::string(row.broken)), std::string(row.found) + "\n") << row.broken;
}

TEST(HlsChecksTest, TheFirstLineSaysThatItIsAPlaylist) {
  constexpr std::string_view kRest = "#EXT-X-TARGETDURATION:4\n#EXTINF:4,\na.ts\n";
  constexpr std::string_view kWant = "1 §4.4.1.1 want #EXTM3U, and nothing else, in the first line\n";
  EXPECT_EQ(FoundIn(kRest), kWant);
  EXPECT_EQ(FoundIn("\n#EXTM3U\n" + std::string(kRest)), kWant);
  EXPECT_EQ(FoundIn("#EXTM3U url-tvg=\"x\"\n" + std::string(kRest)), kWant);
  EXPECT_EQ(FoundIn("\xef\xbb\xbf#EXTM3U\n" + std::string(kRest)), "1 §4.1 a byte order mark before #EXTM3U\n");
  EXPECT_EQ(FoundIn("#EXTM3U\r\n" + std::string(kRest)), "");
}

TEST(HlsChecksTest, MediaPlaylists) {
  ExpectFindings(
      "#EXTM3U\n#EXT-X-TARGETDURATION:4\n",
      {
          {"#EXTINF:5,\na.ts", "3 §4.4.3.1 EXTINF 5: rounded, it is longer than EXT-X-TARGETDURATION, 4"},
          {"#EXT-X-VERSION:3\n#EXTINF:4.5,\na.ts",
           "4 §4.4.3.1 EXTINF 4.5: rounded, it is longer than EXT-X-TARGETDURATION, 4"},
          {"#EXTINF:x,\na.ts", "3 §4.4.4.1 EXTINF `x`: want a duration in seconds"},
          {"#EXTINF:-1,\na.ts", "3 §4.4.4.1 EXTINF `-1`: want a duration in seconds"},
          {"#EXTINF:inf,\na.ts", "3 §4.4.4.1 EXTINF `inf`: want a duration in seconds"},
          {"#EXTINF:4,\n#EXTINF:4,\na.ts",
           "3 §4.4.4.1 EXTINF without a URI behind it; want one before the next EXTINF"},
          {"#EXTINF:4,\n", "3 §4.4.4.1 EXTINF without a URI behind it"},
          {"a.ts", "3 §4.4.4.1 a segment without EXTINF"},
          {"#EXT-X-TARGETDURATION:4\n#EXTINF:4,\na.ts", "3 §4.4.3.1 EXT-X-TARGETDURATION a second time; want it once"},
          {"#EXT-X-PLAYLIST-TYPE:LIVE\n#EXTINF:4,\na.ts", "3 §4.4.3.5 EXT-X-PLAYLIST-TYPE `LIVE`: want VOD or EVENT"},
          {"#EXTINF:4,\na.ts\n#EXT-X-MEDIA-SEQUENCE:1",
           "5 §4.4.3.2 EXT-X-MEDIA-SEQUENCE: want it before the first segment, which is in line 4"},
          {"#EXT-X-MEDIA-SEQUENCE:-1\n#EXTINF:4,\na.ts", "3 §4.4.3.2 EXT-X-MEDIA-SEQUENCE `-1`: want a whole number"},
          {"#EXTINF:4,\na.ts\n#EXT-X-DISCONTINUITY-SEQUENCE:1",
           "5 §4.4.3.3 EXT-X-DISCONTINUITY-SEQUENCE: want it before the first segment, which is in line 4"},
          {"#EXT-X-DISCONTINUITY\n#EXT-X-DISCONTINUITY-SEQUENCE:1\n#EXTINF:4,\na.ts",
           "4 §4.4.3.3 EXT-X-DISCONTINUITY-SEQUENCE: want it before every EXT-X-DISCONTINUITY"},
          {"#EXT-X-ENDLIST\n#EXTINF:4,\na.ts\n#EXTINF:4,\nb.ts",
           "5 §4.4.3.4 a segment behind EXT-X-ENDLIST, which is in line 3: that tag may stand anywhere, but players "
           "may "
           "read no further"},
          {"#EXT-X-KEY:METHOD=AES-128\n#EXTINF:4,\na.ts", "3 §4.4.4.4 EXT-X-KEY with METHOD=AES-128: want a URI"},
          {"#EXT-X-KEY:URI=\"k\"\n#EXTINF:4,\na.ts", "3 §4.4.4.4 EXT-X-KEY: want METHOD"},
          {"#EXT-X-KEY:METHOD=NONE,URI=\"k\"\n#EXTINF:4,\na.ts",
           "3 §4.4.4.4 EXT-X-KEY with METHOD=NONE: want no other attribute"},
          {"#EXTINF:4,\na.m4s\n#EXTINF:4,\nb.m4s", "4 §3.1.2 a fragment of MP4 without EXT-X-MAP before it"},
          {"#EXT-X-DATERANGE:START-DATE=\"2026-01-01T00:00:00Z\"\n#EXTINF:4,\na.ts",
           "3 §4.4.5.1 EXT-X-DATERANGE: want ID"},
          {"#EXT-X-PART:URI=\"p\",DURATION=1\n#EXTINF:4,\na.ts", "3 §4.4.3.7 EXT-X-PART without EXT-X-PART-INF"},
          {"#EXT-X-START:PRECISE=YES\n#EXTINF:4,\na.ts", "3 §4.4.2.2 EXT-X-START: want TIME-OFFSET"},
          {"#EXT-X-KEY:METHOD=AES-128,URI=\"k\n#EXTINF:4,\na.ts", "3 §4.2 EXT-X-KEY: a quote that never closes"},
          {"#EXT-X-KEY:METHOD=AES-128,URI='k'\n#EXTINF:4,\na.ts", "3 §4.2 EXT-X-KEY: want double quotes"},
          {"#EXT-X-KEY:METHOD=AES-128,URI=\"k\",URI=\"l\"\n#EXTINF:4,\na.ts", "3 §4.2 EXT-X-KEY: `URI` a second time"},
      });
}

TEST(HlsChecksTest, TheTargetDurationIsWanted) {
  EXPECT_EQ(FoundIn("#EXTM3U\n#EXTINF:4,\na.ts\n"), "3 §4.4.3.1 a media playlist without EXT-X-TARGETDURATION\n");
  EXPECT_EQ(FoundIn("#EXTM3U\n#EXT-X-TARGETDURATION:4.5\n#EXTINF:4,\na.ts\n"),
            "2 §4.4.3.1 EXT-X-TARGETDURATION `4.5`: want a whole number\n");
  EXPECT_EQ(FoundIn("#EXTM3U\n#EXTINF:4,\na.ts\n#EXT-X-TARGETDURATION:4\n"), "");
}

TEST(HlsChecksTest, PartsOfFiles) {
  const std::string wanted =
      " §4.4.4.2 EXT-X-BYTERANGE without an offset: want the segment before to be a part of the same file";
  ExpectFindings(
      "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXT-X-VERSION:4\n",
      {{"#EXTINF:4,\n#EXT-X-BYTERANGE:9\na.ts", "5" + wanted},
       {"#EXTINF:4,\n#EXT-X-BYTERANGE:9@0\na.ts\n#EXTINF:4,\n#EXT-X-BYTERANGE:9\nb.ts", "8" + wanted},
       {"#EXTINF:4,\na.ts\n#EXTINF:4,\n#EXT-X-BYTERANGE:9\na.ts", "7" + wanted},
       {"#EXTINF:4,\n#EXT-X-BYTERANGE:@9\na.ts", "5 §4.4.4.2 EXT-X-BYTERANGE `@9`: want <length>[@<offset>]"},
       {"#EXT-X-PART-INF:PART-TARGET=1\n#EXT-X-PART:URI=\"p\",DURATION=1,BYTERANGE=\"9\"",
        "5 §4.4.4.9 EXT-X-PART with a BYTERANGE without an offset: want the part before to be of the same "
        "file"}});
  EXPECT_EQ(FoundIn("#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXT-X-VERSION:4\n#EXTINF:4,\n#EXT-X-BYTERANGE:9@0\na.ts\n"
                    "#EXTINF:4,\n#EXT-X-BYTERANGE:9\na.ts\n"),
            "");
}

TEST(HlsChecksTest, TheVersionAllowsWhatIsUsed) {
  const auto wants = [](std::string_view line, std::string_view what, int version) {
    const std::string text(line);
    const auto wanted =
        "4 §8 " + std::string(what) + ": want EXT-X-VERSION " + std::to_string(version) + " or higher, ";
    const auto with = [&](const std::string& tag) {
      return FoundIn("#EXTM3U\n#EXT-X-TARGETDURATION:4\n" + tag + "\n" + text + "\n#EXTINF:4,\na.ts\n");
    };
    EXPECT_EQ(with("#EXT-X-VERSION:1"), wanted + "not 1\n") << line;
    EXPECT_EQ(with("#"), wanted + "and there is none\n") << line;
    EXPECT_EQ(with("#EXT-X-VERSION:" + std::to_string(version)), "") << line;
  };
  wants("#EXT-X-KEY:METHOD=AES-128,URI=\"k\",IV=0x1", "EXT-X-KEY with IV", 2);
  wants("#EXTINF:3.9,\nb.ts", "EXTINF with a fraction", 3);
  wants("#EXT-X-BYTERANGE:9@0", "EXT-X-BYTERANGE", 4);
  wants("#EXT-X-I-FRAMES-ONLY", "EXT-X-I-FRAMES-ONLY", 4);
  wants("#EXT-X-KEY:METHOD=AES-128,URI=\"k\",KEYFORMAT=\"identity\"", "EXT-X-KEY with KEYFORMAT", 5);
  wants("#EXT-X-MAP:URI=\"i\"", "EXT-X-MAP", 6);
  wants("#EXT-X-DEFINE:NAME=\"a\",VALUE=\"b\"", "EXT-X-DEFINE", 8);
  wants("#EXT-X-SKIP:SKIPPED-SEGMENTS=3", "EXT-X-SKIP", 9);
  wants("#EXT-X-SKIP:SKIPPED-SEGMENTS=3,RECENTLY-REMOVED-DATERANGES=\"a\"",
        "EXT-X-SKIP with RECENTLY-REMOVED-DATERANGES", 10);
  wants("#EXT-X-DEFINE:QUERYPARAM=\"token\"", "EXT-X-DEFINE with QUERYPARAM", 11);
  EXPECT_EQ(FoundIn("#EXTM3U\n#EXT-X-VERSION:5\n#EXT-X-TARGETDURATION:4\n#EXT-X-MAP:URI=\"i\"\n#EXT-X-I-FRAMES-ONLY\n"),
            "");
}

TEST(HlsChecksTest, Variables) {
  ExpectFindings(
      "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXT-X-VERSION:11\n",
      {{"#EXTINF:4,\n{$a}.ts", "5 §4.3 {$a} is not defined before its use"},
       {"#EXT-X-KEY:METHOD=AES-128,URI=\"{$a}\"\n#EXTINF:4,\na.ts", "4 §4.3 {$a} is not defined before its use"},
       {"#EXT-X-DEFINE:NAME=\"a\",VALUE=\"b\"\n#EXT-X-DEFINE:NAME=\"a\",VALUE=\"b\"",
        "5 §4.4.2.3 EXT-X-DEFINE of `a` a second time; want each variable defined once"},
       {"#EXT-X-DEFINE:NAME=\"a\"", "4 §4.4.2.3 EXT-X-DEFINE of `a`: want a VALUE"},
       {"#EXT-X-DEFINE:NAME=\"a b\",VALUE=\"\"",
        "4 §4.4.2.3 EXT-X-DEFINE of `a b`: want a name of letters, digits, - and _"},
       {"#EXT-X-DEFINE:VALUE=\"a\"", "4 §4.4.2.3 EXT-X-DEFINE: want one of NAME, IMPORT and QUERYPARAM"},
       {"#EXT-X-DEFINE:NAME=\"a\",VALUE=\"b\",IMPORT=\"c\"",
        "4 §4.4.2.3 EXT-X-DEFINE: want one of NAME, IMPORT and QUERYPARAM"},
       {"#EXT-X-DEFINE:QUERYPARAM=\"none\"",
        "4 §4.4.2.3 EXT-X-DEFINE of the query parameter `none`, which the playlist's URL does not have"}});
  const auto import =
      "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXT-X-VERSION:8\n#EXT-X-DEFINE:IMPORT=\"a\"\n#EXTINF:4,\n{$a}\n";
  EXPECT_EQ(FoundIn(import), "");
  EXPECT_EQ(FoundIn(import, Note{.variables = {{"a", "b"}}}), "");
  EXPECT_EQ(FoundIn(import, Note{.variables = {{"c", "d"}}}),
            "4 §4.4.2.3 EXT-X-DEFINE imports `a`, which the multivariant playlist does not define\n");
}

TEST(HlsChecksTest, MultivariantPlaylists) {
  ExpectFindings(
      "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nv.m3u8\n",
      {
          {"#EXT-X-STREAM-INF:AVERAGE-BANDWIDTH=1\nw.m3u8", "4 §4.4.6.2 EXT-X-STREAM-INF: want BANDWIDTH"},
          {"#EXT-X-STREAM-INF:BANDWIDTH=x\nw.m3u8", "4 §4.4.6.2 BANDWIDTH `x`: want a whole number"},
          {"#EXT-X-STREAM-INF:BANDWIDTH=1\n", "4 §4.4.6.2 EXT-X-STREAM-INF without a URI behind it"},
          {"#EXT-X-STREAM-INF:BANDWIDTH=1\n#EXT-X-STREAM-INF:BANDWIDTH=1\nw.m3u8",
           "4 §4.4.6.2 EXT-X-STREAM-INF without a URI behind it"},
          {"w.m3u8", "4 §4.4.6.2 a URI without EXT-X-STREAM-INF before it"},
          {"#EXT-X-STREAM-INF:BANDWIDTH=1,AUDIO=\"a\"\nw.m3u8",
           "4 §4.4.6.2 AUDIO `a`: no EXT-X-MEDIA defines such a group"},
          {"#EXT-X-STREAM-INF:BANDWIDTH=1,SUBTITLES=\"a\"\nw.m3u8",
           "4 §4.4.6.2 SUBTITLES `a`: no EXT-X-MEDIA defines such a group"},
          {"#EXT-X-STREAM-INF:BANDWIDTH=1,CLOSED-CAPTIONS=\"a\"\nw.m3u8",
           "4 §4.4.6.2 CLOSED-CAPTIONS `a`: no EXT-X-MEDIA defines such a group"},
          {"#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=1,URI=\"i\",VIDEO=\"a\"\n"
           "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",NAME=\"n\"",
           "4 §4.4.6.2 VIDEO `a`: no EXT-X-MEDIA defines such a group"},
          {"#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH=1", "4 §4.4.6.3 EXT-X-I-FRAME-STREAM-INF: want URI"},
          {"#EXT-X-MEDIA:TYPE=AUDIO,NAME=\"n\"", "4 §4.4.6.1 EXT-X-MEDIA: want GROUP-ID"},
          {"#EXT-X-MEDIA:TYPE=SOUND,GROUP-ID=\"a\",NAME=\"n\"",
           "4 §4.4.6.1 EXT-X-MEDIA with TYPE `SOUND`: want AUDIO, VIDEO, SUBTITLES or CLOSED-CAPTIONS"},
          {"#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"a\",NAME=\"n\"",
           "4 §4.4.6.1 EXT-X-MEDIA with TYPE=SUBTITLES: want a URI"},
          {"#EXT-X-MEDIA:TYPE=CLOSED-CAPTIONS,GROUP-ID=\"a\",NAME=\"n\"",
           "4 §4.4.6.1 EXT-X-MEDIA with TYPE=CLOSED-CAPTIONS: want an INSTREAM-ID"},
          {"#EXT-X-MEDIA:TYPE=CLOSED-CAPTIONS,GROUP-ID=\"a\",NAME=\"n\",INSTREAM-ID=\"CC1\",URI=\"x\"",
           "4 §4.4.6.1 EXT-X-MEDIA with TYPE=CLOSED-CAPTIONS: want no URI"},
          {"#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",NAME=\"n\"\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",NAME=\"n\"",
           "5 §4.4.6.1.1 two renditions `n` in the group `a`"},
          {"#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",NAME=\"n\",DEFAULT=YES\n"
           "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",NAME=\"m\",DEFAULT=YES",
           "5 §4.4.6.1.1 a second rendition with DEFAULT=YES in the group `a`"},
          {"#EXT-X-SESSION-DATA:DATA-ID=\"d\"", "4 §4.4.6.4 EXT-X-SESSION-DATA: want VALUE or URI, and not both"},
          {"#EXT-X-SESSION-KEY:METHOD=NONE", "4 §4.4.6.5 EXT-X-SESSION-KEY with METHOD=NONE: want another"},
          {"#EXT-X-SESSION-KEY:METHOD=AES-128", "4 §4.4.6.5 EXT-X-SESSION-KEY: want a URI"},
          {"#EXT-X-CONTENT-STEERING:PATHWAY-ID=\"a\"", "4 §4.4.6.6 EXT-X-CONTENT-STEERING: want SERVER-URI"},
          {"#EXT-X-MEDIA:TYPE=CLOSED-CAPTIONS,GROUP-ID=\"a\",NAME=\"n\",INSTREAM-ID=\"SERVICE1\"",
           "4 §8 INSTREAM-ID of a SERVICE: want EXT-X-VERSION 7 or higher, and there is none"},
          {"#EXT-X-STREAM-INF:BANDWIDTH=1,REQ-VIDEO-LAYOUT=\"CH-STEREO\"\nw.m3u8",
           "4 §8 an attribute whose name begins with REQ-: want EXT-X-VERSION 12 or higher, and there is none"},
      });
}

TEST(HlsChecksTest, APlaylistIsOfOneKind) {
  EXPECT_EQ(FoundIn("#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4,\na.ts\n#EXT-X-STREAM-INF:BANDWIDTH=1\nv.m3u8\n"),
            "5 §4.1 tags of a media playlist (line 2) and of a multivariant one (line 5): want one or the other\n");
}

TEST(HlsChecksTest, NothingIsFoundInWhatKeepsTheRules) {
  for (const std::string_view text :
       {"#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-TARGETDURATION:4\n#EXT-X-MEDIA-SEQUENCE:3\n"
        "#EXT-X-DISCONTINUITY-SEQUENCE:1\n#EXT-X-KEY:METHOD=NONE\n#EXT-X-MAP:URI=\"i.mp4\"\n# a comment\n"
        "#EXTINF:4.4,Title, and more\na.m4s\n\n#EXT-X-DISCONTINUITY\n#EXTINF:4,\nhttps://o.example/b.m4s?x={y}\n"
        "#EXT-X-ENDLIST\n",
        "#EXTM3U\n#EXT-X-INDEPENDENT-SEGMENTS\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",NAME=\"n\",URI=\"a.m3u8\"\n"
        "#EXT-X-STREAM-INF:BANDWIDTH=1,AUDIO=\"a\",CLOSED-CAPTIONS=NONE\n\n# here it comes\nv.m3u8\n",
        "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXT-X-VERSION:9\n#EXT-X-SKIP:SKIPPED-SEGMENTS=9\n#EXTINF:4,\n"
        "#EXT-X-BYTERANGE:9\na.m4s\n#EXT-X-UNKNOWN:A=1,A=2\n"})
    EXPECT_EQ(FoundIn(text), "") << text;
}

TEST(HlsChecksTest, WhatThePlaylistHoldsIsShownToPeople) {
  const auto found = FoundIn("#EXTM3U\n#EXT-X-TARGETDURATION:\x1b[2J\n#EXTINF:4,\na.ts\n");

  EXPECT_EQ(found.find('\x1b'), std::string::npos) << found;
  EXPECT_TRUE(found.starts_with("2 §4.4.3.1 ")) << found;
}

TEST(HlsChecksTest, FindingsHaveAnEnd) {
  std::string text = "#EXTM3U\n#EXT-X-TARGETDURATION:4\n";
  for (int i = 0; i < 5000; ++i) text += "a.ts\n";

  EXPECT_EQ(CheckPlaylist(text, kPlaylistUrl, {}).size(), 1000U);
}

struct Collector final : sdk::FindingSink {
  bool Put(const sdk::ManifestFinding& finding) override {
    lines.push_back(finding.line);
    return lines.size() < 2;
  }
  std::vector<std::uint64_t> lines;
};

TEST(HlsChecksTest, TheRewriterSaysWhatIsFoundUntilNoMoreIsWanted) {
  const auto made = sdk::testing::CreateThroughAbi<HlsRewriter>();
  Collector found;

  EXPECT_TRUE((*made)->Check(sdk::testing::AnyCall(),
                             {.text = "#EXTM3U\n#EXT-X-TARGETDURATION:4\na.ts\nb.ts\nc.ts\n", .base_url = kPlaylistUrl},
                             found));

  EXPECT_EQ(found.lines, (std::vector<std::uint64_t>{3, 4}));
}

TEST(HlsChecksTest, WhatIsNoPlaylistHasNoFindings) {
  const auto made = sdk::testing::CreateThroughAbi<HlsRewriter>();
  Collector found;
  for (const auto* const text : {"", "<html>", "hello", "{}"}) {
    const auto checked = (*made)->Check(sdk::testing::AnyCall(), {.text = text, .base_url = kPlaylistUrl}, found);
    ASSERT_FALSE(checked) << text;
    EXPECT_TRUE(checked.error().message.starts_with("not a playlist: ")) << checked.error().message;
  }
  EXPECT_TRUE((*made)->Check(sdk::testing::AnyCall(),
                             {.text = "{}", .base_url = kPlaylistUrl, .note = Note{.to = Note::To::kAssets}.Pack()},
                             found));
  EXPECT_TRUE(found.lines.empty());
}

}  // namespace
}  // namespace sluice::plugins::hls
