// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>
#include <sluice/sdk/testing/fake_links.hpp>

#include "plugins/manifest/dash/patch_pass.hpp"
#include "rewriting.hpp"

namespace sluice::plugins::dash {
namespace {

constexpr std::string_view kPatchUrl = "https://origin.example/show/patch.mpp";

std::string Patch(std::string_view operations) {
  return "<Patch xmlns=\"urn:mpeg:dash:schema:mpd-patch:2020\" mpdId=\"m\" publishTime=\"2024-01-01T00:00:02Z\" "
         "originalPublishTime=\"2024-01-01T00:00:00Z\">" +
         std::string(operations) + "</Patch>";
}

Rewritten RewritePatch(std::string_view operations) {
  const auto note = PatchNote{.mpd_url = std::string(kBase), .mpd_base = "https://cdn.example/m/"}.Pack();
  return Rewrite(Patch(operations), {}, {.base_url = kPatchUrl, .note = note});
}

void ExpectUnchanged(std::string_view operations) { EXPECT_EQ(TextOf(RewritePatch(operations)), Patch(operations)); }

void ExpectNeedsWhole(std::string_view operations, std::string_view what) {
  const auto out = RewritePatch(operations);
  ASSERT_FALSE(out) << operations;
  EXPECT_EQ(out.error().code, sdk::Errc::kUpstreamFailed);
  EXPECT_EQ(out.error().message, "the patch changes " + std::string(what) + ", which takes the whole MPD");
}

TEST(DashPatchTest, TheLinkToAPatchSaysWhatItPatches) {
  sdk::testing::FakeMinter links;
  const auto rewriter = sdk::testing::CreateThroughAbi<DashRewriter>();
  constexpr std::string_view kText =
      "<MPD><BaseURL>https://cdn.example/m/</BaseURL><PatchLocation>p.mpp</PatchLocation></MPD>";

  const auto out =
      (*rewriter)->Rewrite(sdk::testing::AnyCall(), {.text = kText, .base_url = kBase, .content_type = {}}, links);

  ASSERT_TRUE(out) << out.error().message;
  const auto minted = links.minted();
  ASSERT_EQ(minted.size(), 1U);
  EXPECT_EQ(minted[0].url, "https://origin.example/show/p.mpp");
  EXPECT_EQ(minted[0].kind, sdk::LinkKind::kManifest);
  const auto note = PatchNote::Unpack(minted[0].note);
  ASSERT_TRUE(note);
  EXPECT_EQ(note->mpd_url, kBase);
  EXPECT_EQ(note->mpd_base, "https://cdn.example/m/");
}

TEST(DashPatchTest, APatchWhoseLinkCannotSaySoIsNotOffered) {
  const auto text = "<MPD><BaseURL>https://cdn.example/" + std::string(2048, 'a') +
                    "/</BaseURL><PatchLocation>p.mpp</PatchLocation></MPD>";

  EXPECT_EQ(TextOf(Rewrite(text)), "<MPD></MPD>");
}

TEST(DashPatchTest, SegmentsAndTimesPassAsTheyAre) {
  ExpectUnchanged("<replace sel=\"/MPD/@publishTime\">2024-01-01T00:00:02Z</replace>");
  ExpectUnchanged(
      "<add sel=\"/MPD/Period[@id='a/b']/AdaptationSet[@id='1']/SegmentTemplate/SegmentTimeline\"><S t=\"1\" "
      "d=\"2\"/></add>");
  ExpectUnchanged("<remove sel=\"/MPD/Period[1]/AdaptationSet[1]/SegmentTemplate/SegmentTimeline/S[1]\"/>");
  ExpectUnchanged(
      "<add sel=\"/MPD/Period[1]/AdaptationSet[1]/SegmentTemplate/SegmentTimeline/S[2]\" type=\"@r\">7</add>");
}

TEST(DashPatchTest, ANewPeriodIsRewrittenAsInItsMpd) {
  const auto out = TextOf(RewritePatch(
      "<add sel=\"/MPD\" pos=\"append\"><Period id=\"2\"><BaseURL>p2/</BaseURL><AdaptationSet mimeType=\"video/mp4\">"
      "<SegmentTemplate media=\"$Number$.m4s\"/><Representation id=\"v\" "
      "bandwidth=\"1\"/></AdaptationSet></Period></add>"));

  EXPECT_NE(out.find("media=\"/go/segment/$Number$/x.m4s?t=https%3A%2F%2Fcdn.example%2Fm%2Fp2%2F%24Number%24.m4s\""),
            std::string::npos)
      << out;
  EXPECT_EQ(out.find("BaseURL"), std::string::npos) << out;
}

TEST(DashPatchTest, APeriodBesideAnotherIsOneBelowTheMpd) {
  for (const auto* const before :
       {"<replace sel=\"/MPD/Period[2]\">", "<add sel=\"/MPD/mpd:Period[@id='1']\" pos=\"after\">"}) {
    const auto operation = std::string(before) + "<Period><AdaptationSet><SegmentTemplate media=\"a/$Time$.m4s\"/>" +
                           "<Representation/></AdaptationSet></Period>" + (before[1] == 'r' ? "</replace>" : "</add>");
    EXPECT_NE(TextOf(RewritePatch(operation)).find("cdn.example%2Fm%2Fa%2F%24Time%24.m4s"), std::string::npos)
        << TextOf(RewritePatch(operation));
  }
}

TEST(DashPatchTest, TheNextPatchIsResolvedAgainstTheMpd) {
  const auto out = TextOf(RewritePatch(
      "<replace sel=\"/MPD/PatchLocation[1]\"><PatchLocation ttl=\"60\">next.mpp?t=2</PatchLocation></replace>"));

  EXPECT_NE(out.find("?u=https%3A%2F%2Forigin.example%2Fshow%2Fnext.mpp%3Ft%3D2;n=dash%3Apatch"), std::string::npos)
      << out;
}

TEST(DashPatchTest, WhatOnlyTheWholeMpdTellsIsRefused) {
  ExpectNeedsWhole("<replace sel=\"/MPD/Period/AdaptationSet/SegmentTemplate/@media\">x</replace>", "a URL");
  ExpectNeedsWhole("<add sel=\"/MPD/Period/AdaptationSet/SegmentTemplate\" type=\"@initialization\">x</add>", "a URL");
  ExpectNeedsWhole("<replace sel=\"/MPD/BaseURL[1]/text()\">https://b.example/</replace>", "a BaseURL");
  ExpectNeedsWhole("<add sel=\"/MPD\"><BaseURL>x</BaseURL></add>", "BaseURL");
  ExpectNeedsWhole("<add sel=\"/MPD/Period[1]\"><AdaptationSet><SegmentTemplate media=\"x\"/></AdaptationSet></add>",
                   "SegmentTemplate");
  ExpectNeedsWhole("<add sel=\"/MPD\"><Period xlink:href=\"x\"/></add>", "a remote element");
}

TEST(DashPatchTest, APatchThatNoLinkLedToIsRefused) {
  const auto out = Rewrite(Patch(""), {}, {.base_url = kPatchUrl});

  ASSERT_FALSE(out);
  EXPECT_EQ(out.error().code, sdk::Errc::kUpstreamFailed);
}

}  // namespace
}  // namespace sluice::plugins::dash
