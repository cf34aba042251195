// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "rewriting.hpp"

namespace sluice::plugins::hls {
namespace {

using namespace std::literals;
using ::testing::HasSubstr;

constexpr auto kMixed =
    "#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI=\"k\"\n#EXT-X-MAP:URI=\"i\"\n#EXTINF:6,\ns#t\n"
    "#EXT-X-RENDITION-REPORT:URI=\"r\"\n#EXT-X-DATERANGE:ID=\"1\",X-ASSET-LIST=\"l\"\n"sv;
constexpr auto kLed =
    "#EXT-X-RENDITION-REPORT:URI=\"/go/manifest?u=https%3A%2F%2Forigin.example%2Fshow%2Fr\"\n"
    "#EXT-X-DATERANGE:ID=\"1\",X-ASSET-LIST=\"/go/data?u=https%3A%2F%2Forigin.example%2Fshow%2Fl&n=hls1a0%3A\"\n"sv;

TEST(HlsModeTest, PlaylistsModeLeavesTheRestToTheUpstream) {
  EXPECT_EQ(TextOf(Rewrite(kMixed, {{"/mode", "playlists"}})),
            "#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI=\"https://origin.example/show/k\"\n"
            "#EXT-X-MAP:URI=\"https://origin.example/show/i\"\n#EXTINF:6,\nhttps://origin.example/show/s#t\n" +
                std::string(kLed));
  EXPECT_THAT(TextOf(Rewrite("#EXTM3U\n#EXT-X-SESSION-DATA:DATA-ID=\"d\",URI=\"d.json\"\n", {{"/mode", "playlists"}})),
              HasSubstr("URI=\"https://origin.example/show/d.json\""));
}

TEST(HlsModeTest, KeysModeTakesKeysToo) {
  EXPECT_EQ(TextOf(Rewrite(kMixed, {{"/mode", "keys"}})),
            "#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI=\"/go/key?u=https%3A%2F%2Forigin.example%2Fshow%2Fk\"\n"
            "#EXT-X-MAP:URI=\"https://origin.example/show/i\"\n#EXTINF:6,\nhttps://origin.example/show/s#t\n" +
                std::string(kLed));
}

TEST(HlsModeTest, WhatKeySystemsHandOutGoesTheWayOfKeys) {
  const auto text = "#EXTM3U\n#EXT-X-KEY:METHOD=SAMPLE-AES,URI=\"k\",KEYFORMAT=\"org.w3.clearkey\"\n"sv;

  EXPECT_THAT(TextOf(Rewrite(text, {{"/mode", "keys"}})), HasSubstr("URI=\"/go/data?u=https%3A%2F%2Forigin"));
  EXPECT_THAT(TextOf(Rewrite(text, {{"/mode", "playlists"}})), HasSubstr("URI=\"https://origin.example/show/k\""));
}

TEST(HlsModeTest, CdnModeSendsTheOriginsSegmentsToTheCdn) {
  EXPECT_EQ(TextOf(Rewrite(kMixed, {{"/mode", "cdn"}, {"/base_url", "https://cdn.example/vod/"}})),
            "#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI=\"/go/key?u=https%3A%2F%2Forigin.example%2Fshow%2Fk\"\n"
            "#EXT-X-MAP:URI=\"https://cdn.example/vod/show/i\"\n#EXTINF:6,\nhttps://cdn.example/vod/show/s#t\n" +
                std::string(kLed));
}

TEST(HlsModeTest, CdnModeLosesNoHost) {
  const auto text =
      "#EXTM3U\n/a.ts?t=%2F~*\nHTTPS://ORIGIN.example:443/b.ts\nhttps://origin.example\nhttps://origin.example?q=/\n"
      "https://other.example/c.ts\nhttps://origin.example:8443/d.ts\n"sv;

  EXPECT_EQ(TextOf(Rewrite(text, {{"/mode", "cdn"}, {"/base_url", "https://cdn.example"}})),
            "#EXTM3U\nhttps://cdn.example/a.ts?t=%2F~*\nhttps://cdn.example/b.ts\nhttps://cdn.example/\n"
            "https://cdn.example/?q=/\n/go/segment?u=https%3A%2F%2Fother.example%2Fc.ts\n"
            "/go/segment?u=https%3A%2F%2Forigin.example%3A8443%2Fd.ts\n");
}

TEST(HlsModeTest, QuotesABareValueThatTheBaseGivesACommaOrAnApostrophe) {
  EXPECT_EQ(TextOf(Rewrite("#EXTM3U\n#EXT-X-MAP:URI=i ,X=1\n#EXT-X-MAP:URI='j',X=1\n#EXT-X-MAP:URI='k\n"
                           "#EXT-X-MAP:URI=' l ',X=1\n",
                           {{"/mode", "playlists"}}, "https://h/a,b'c/x")),
            "#EXTM3U\n#EXT-X-MAP:URI=\"https://h/a,b'c/i\" ,X=1\n#EXT-X-MAP:URI=\"https://h/a,b'c/j\",X=1\n"
            "#EXT-X-MAP:URI=\"https://h/a,b'c/'k\"\n#EXT-X-MAP:URI=\" https://h/a,b'c/l \",X=1\n");
}

TEST(HlsInsecureTest, RefusesAnHttpReferenceInWhatCameByHttps) {
  for (const auto* line : {"http://h/a.ts", "#EXT-X-KEY:METHOD=AES-128,URI=\"http://h/k\"", "HTTP://h/a.ts#f",
                           "#EXT-X-MEDIA:TYPE=AUDIO,URI=\"http://h/a.m3u8\""}) {
    const auto text = "#EXTM3U\n\n" + std::string(line) + "\n";
    const auto out = Rewrite(text);
    ASSERT_FALSE(out) << line;
    EXPECT_EQ(out.error().code, sdk::Errc::kUpstreamFailed);
    EXPECT_EQ(out.error().message,
              "playlist line 3: an http reference in what came by https; want https, or `allow_insecure_segments`");
    EXPECT_TRUE(Rewrite(text, {{"/allow_insecure_segments", true}})) << line;
    EXPECT_TRUE(Rewrite(text, {}, "http://origin.example/i.m3u8")) << line;
    EXPECT_FALSE(Rewrite(text, {{"/mode", "playlists"}})) << "whoever fetches it";
  }
}

TEST(HlsCutOffTest, RefusesAPlaylistThatEndsWithinAQuotedUri) {
  const auto out = Rewrite("#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI=\"https://keys.exam");
  ASSERT_FALSE(out);
  EXPECT_EQ(out.error().code, sdk::Errc::kUpstreamFailed);
  EXPECT_EQ(out.error().message, "playlist line 2: the playlist is cut off within a quoted value");

  EXPECT_EQ(TextOf(Rewrite("#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI=\"k\n")),
            "#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI=\"/go/key?u=https%3A%2F%2Forigin.example%2Fshow%2Fk\n")
      << "a missing quote is not the end of everything";
}

TEST(HlsRecursionTest, AMultivariantPlaylistMayListItself) {
  const auto text = "#EXTM3U\n#EXT-X-DEFINE:NAME=\"a\",VALUE=\"1\"\n#EXT-X-STREAM-INF:BANDWIDTH=1\nindex.m3u8\n"s;
  const auto once = TextOf(Rewrite(text));

  EXPECT_EQ(TextOf(Rewrite(text, {}, kBase, NoteIn(once))), once) << "links do not grow from one to the next";
}

TEST(HlsDirectivesTest, AreNotTakenForAPartOfThePlaylistsUrl) {
  EXPECT_EQ(TextOf(Rewrite("#EXTM3U\n#EXT-X-RENDITION-REPORT:URI=\"#r\"\n", {},
                           "https://h/i.m3u8?_HLS_msn=1&a=b&_HLS_part=2&_HLSx=3#f")),
            "#EXTM3U\n#EXT-X-RENDITION-REPORT:URI=\"/go/manifest?u=https%3A%2F%2Fh%2Fi.m3u8%3Fa%3Db%26_HLSx%3D3#r\"\n");
}

}  // namespace
}  // namespace sluice::plugins::hls
