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

TEST(DashRewriterTest, SaysWhatItServes) {
  const auto out = Rewrite(InPeriod(""));

  ASSERT_TRUE(out) << out.error().message;
  EXPECT_EQ(out->content_type, "application/dash+xml");
}

}  // namespace
}  // namespace sluice::plugins::dash
