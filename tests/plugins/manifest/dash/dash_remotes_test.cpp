// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>
#include <sluice/sdk/testing/fake_links.hpp>

#include <string>

#include "rewriting.hpp"

namespace sluice::plugins::dash {
namespace {

constexpr std::string_view kRemote = "https://origin.example/show/ads/1.xml";

std::string With(std::string_view element) { return "<MPD xmlns:xlink=\"x\">" + std::string(element) + "</MPD>"; }

std::string RewriteWith(sdk::testing::FakeReferences& references, std::string_view element) {
  return TextOf(Rewrite(With(element), {}, {.references = &references}));
}

constexpr std::string_view kPeriod = "<Period xlink:href=\"ads/1.xml\" xlink:actuate=\"onLoad\" id=\"own\"/>";

TEST(DashRemotesTest, RemoteElementsStandInTheirPlaceAndAreRewritten) {
  sdk::testing::FakeReferences references;
  references.Hold(std::string(kRemote),
                  "<?xml version=\"1.0\"?>\n<Period id=\"ad1\"><AdaptationSet><SegmentTemplate media=\"$Number$.m4s\"/>"
                  "<Representation/></AdaptationSet></Period>\n<Period id=\"ad2\"/>\n");

  const auto out = RewriteWith(references, kPeriod);

  EXPECT_EQ(out, With("<Period id=\"ad1\"><AdaptationSet><SegmentTemplate "
                      "media=\"/go/segment/$Number$/x.m4s?t=https%3A%2F%2Forigin.example%2Fshow%2F%24Number%24.m4s\"/>"
                      "<Representation/></AdaptationSet></Period><Period id=\"ad2\"/>"));
  EXPECT_EQ(references.asked(), (std::vector<std::string>{std::string(kRemote) + " 0+0"}));
}

TEST(DashRemotesTest, ElementsThatAreToResolveToNothingGo) {
  sdk::testing::FakeReferences references;

  EXPECT_EQ(RewriteWith(references, "<Period xlink:href=\"urn:mpeg:dash:resolve-to-zero:2013\"><a/></Period><Period/>"),
            With("<Period/>"));
  EXPECT_TRUE(references.asked().empty());
}

TEST(DashRemotesTest, WhatCannotBeHadKeepsItsOwnContent) {
  const auto kept = With("<Period id=\"own\"/>");
  sdk::testing::FakeReferences absent, failed, html, other, cut;
  failed.Answer(std::string(kRemote), {.status = 404, .body = "<Period/>"});
  html.Hold(std::string(kRemote), "<html/>");
  other.Hold(std::string(kRemote), "<AdaptationSet/>");
  cut.Hold(std::string(kRemote), "<Period><AdaptationSet>");

  for (auto* references : {&absent, &failed, &html, &other, &cut}) EXPECT_EQ(RewriteWith(*references, kPeriod), kept);
  EXPECT_EQ(TextOf(Rewrite(With(kPeriod))), kept);
}

TEST(DashRemotesTest, RemoteElementsReferToNoFurtherOnes) {
  sdk::testing::FakeReferences references;
  references.Hold(std::string(kRemote),
                  "<Period xlink:href=\"ads/1.xml\" id=\"ad\"><EventStream xlink:href=\"x\"/></Period>");

  EXPECT_EQ(RewriteWith(references, kPeriod), With("<Period id=\"ad\"><EventStream/></Period>"));
  EXPECT_EQ(references.asked().size(), 1U);
}

TEST(DashRemotesTest, AskForNoMoreThanAFew) {
  sdk::testing::FakeReferences references;
  std::string many;
  for (int i = 0; i < 100; ++i) many += kPeriod;

  RewriteWith(references, many);

  EXPECT_EQ(references.asked().size(), 32U);
}

}  // namespace
}  // namespace sluice::plugins::dash
