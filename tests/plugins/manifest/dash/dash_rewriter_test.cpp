// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>
#include <sluice/sdk/testing/conformance_manifest.hpp>

#include "rewriting.hpp"

namespace sluice::plugins::dash {
namespace {

struct DashFixture : sdk::testing::ManifestFixture {
  DashFixture() {
    text = InPeriod(
        "<BaseURL>a/</BaseURL><AdaptationSet mimeType=\"video/mp4\"><SegmentTemplate media=\"$Number$.m4s\" "
        "initialization=\"i.mp4\"/><Representation id=\"v1\" bandwidth=\"1\"/><Representation id=\"v2\" "
        "bandwidth=\"2\"/></AdaptationSet>");
    text_without_links = InPeriod("<!-- nothing -->");
    content_type = "application/dash+xml";
  }
};
SLUICE_MANIFEST_CONFORMANCE(DashRewriter, DashFixture);

bool Accepts(std::string_view type, std::string_view url, std::string_view first_bytes = {},
             std::string_view note = {}) {
  return (*sdk::testing::CreateThroughAbi<DashRewriter>())
      ->Accepts({.content_type = type, .url = url, .first_bytes = first_bytes, .note = note});
}

TEST(DashRewriterTest, AcceptsByTypeOrByPathOrByFirstElement) {
  EXPECT_TRUE(Accepts("Application/DASH+xml; charset=utf-8", "https://a.example/x"));
  EXPECT_TRUE(Accepts("video/vnd.mpeg.dash.mpd", "https://a.example/x"));
  EXPECT_TRUE(Accepts("application/dash-patch+xml", "https://a.example/x"));
  EXPECT_TRUE(Accepts("video/mp4", "https://a.example/x.MPD?a=b.mp4"));
  EXPECT_TRUE(Accepts("text/xml", "https://a.example/manifest(format=mpd-time-csf)",
                      "\xEF\xBB\xBF<?xml version='1.0'?>\n<!-- c -->\n<mpd:MPD a='b'>"));
  EXPECT_TRUE(Accepts("", "https://a.example/x", {"<\0M\0P\0D\0>\0", 10}));
  EXPECT_TRUE(Accepts("text/plain", "https://a.example/x", {}, "dash:patch\n"));
}

TEST(DashRewriterTest, LeavesOtherXmlAlone) {
  EXPECT_FALSE(Accepts("text/xml", "https://a.example/x", "<MPDX/>"));
  EXPECT_FALSE(Accepts("application/xml", "https://a.example/x", "<!-- <MPD> --><smil>"));
  EXPECT_FALSE(Accepts("text/html", "https://a.example/x", "<MPD>"));
  EXPECT_FALSE(Accepts("application/ttml+xml", "https://a.example/x", "<MPD>"));
  EXPECT_FALSE(Accepts("text/xml", "https://a.example/x", "<!-- <MPD>"));
}

TEST(DashRewriterTest, Utf16BecomesUtf8) {
  const auto wide = [](std::string_view text, bool big_endian) {
    std::string out = big_endian ? "\xFE\xFF" : "\xFF\xFE";
    for (const char c : text) out.append(big_endian ? 1 : 0, '\0').append(1, c).append(big_endian ? 0 : 1, '\0');
    return out;
  };
  const auto content =
      InPeriod("<AdaptationSet><Representation><BaseURL>a.mp4</BaseURL></Representation></AdaptationSet>");
  const auto want = "\xEF\xBB\xBF<?xml version=\"1.0\"?>" + TextOf(Rewrite(content));

  for (const bool big_endian : {true, false}) {
    const auto text = wide("<?xml version=\"1.0\" encoding=\"UTF-16\"?>" + content, big_endian);
    EXPECT_EQ(TextOf(Rewrite(text)), want);
  }
  const auto clef = InPeriod("<!-- \xF0\x9D\x84\x9E\xC3\xA9\xE2\x82\xAC\xEF\xBF\xBD -->");
  auto pairs = wide(clef.substr(0, clef.find("\xF0")), false);
  for (const unsigned unit : {0xD834U, 0xDD1EU, 0xE9U, 0x20ACU, 0xDC00U})  // the last is half of a pair
    pairs.append(1, static_cast<char>(unit & 0xFFU)).append(1, static_cast<char>(unit >> 8U));
  pairs += wide(clef.substr(clef.find("\xBD") + 1), false).substr(2);
  EXPECT_EQ(TextOf(Rewrite(pairs)), "\xEF\xBB\xBF" + clef);
}

TEST(DashRewriterTest, SaysWhatItServes) {
  const auto out = Rewrite(InPeriod(""));

  ASSERT_TRUE(out) << out.error().message;
  EXPECT_EQ(out->content_type, "application/dash+xml");
}

}  // namespace
}  // namespace sluice::plugins::dash
