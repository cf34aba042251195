// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>
#include <sluice/sdk/testing/fake_links.hpp>

#include "rewriting.hpp"

namespace sluice::plugins::dash {
namespace {

using sdk::testing::MintedLink;

std::vector<MintedLink> LinksOf(std::string_view text) {
  sdk::testing::FakeMinter links;
  const auto rewriter = sdk::testing::CreateThroughAbi<DashRewriter>();
  const auto out =
      (*rewriter)->Rewrite(sdk::testing::AnyCall(), {.text = text, .base_url = kBase, .content_type = {}}, links);
  EXPECT_TRUE(out) << out.error().message;
  return links.minted();
}

struct MintsNothing final : sdk::LinkMinter {
  std::string Proxied(std::string_view, sdk::LinkKind) override { return {}; }
};

constexpr std::string_view kTwo =
    "<AdaptationSet mimeType=\"video/mp4\"><SegmentTemplate media=\"$RepresentationID$/$Time$.m4s\"/>"
    "<Representation id=\"v1\" bandwidth=\"1\"/><Representation id=\"v2\" bandwidth=\"2\"/></AdaptationSet>";

TEST(DashLinksTest, ATemplateIsOneLinkForAllItsSegmentsAndRepresentations) {
  const auto links = LinksOf(InPeriod(kTwo));

  ASSERT_EQ(links.size(), 1U);
  EXPECT_EQ(links[0].url, "https://origin.example/show/$RepresentationID$/$Time$.m4s");
  EXPECT_TRUE(links[0].is_template);
  EXPECT_EQ(links[0].variants, (std::vector<std::pair<std::string, std::uint64_t>>{{"v1", 1}, {"v2", 2}}));
  EXPECT_EQ(links[0].kind, sdk::LinkKind::kSegment);
  EXPECT_EQ(links[0].extension, "m4s");
}

TEST(DashLinksTest, TheQueryOfTheMpdIsNotInherited) {
  for (const auto& link : LinksOf(InPeriod(kTwo))) EXPECT_EQ(link.url.find("s3cret"), std::string::npos);
}

TEST(DashLinksTest, WhatCameByHttpsLeadsToHttpsUnlessToldOtherwise) {
  const auto text = InPeriod(
      "<AdaptationSet><Representation><BaseURL>http://cdn.example/a.mp4</BaseURL></Representation></AdaptationSet>");

  const auto refused = Rewrite(text);
  const auto allowed = Rewrite(text, {{"/allow_insecure_segments", true}});
  const auto by_http = Rewrite(text, {}, {.base_url = "http://origin.example/i.mpd"});

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message,
            "BaseURL: an http reference in what came by https; want https, or `allow_insecure_segments`");
  EXPECT_TRUE(allowed) << allowed.error().message;
  EXPECT_TRUE(by_http) << by_http.error().message;
}

TEST(DashLinksTest, LicenceServersMayBeLeftToThePlayer) {
  const auto text = InPeriod(
      "<AdaptationSet><ContentProtection><Laurl>https://l.example/</Laurl></ContentProtection></AdaptationSet>");

  EXPECT_NE(TextOf(Rewrite(text)).find("/go/data/x?u=https%3A%2F%2Fl.example%2F"), std::string::npos);
  EXPECT_EQ(TextOf(Rewrite(text, {{"/licences", "direct"}})), text);
}

TEST(DashLinksTest, FilesMayReferToFilesBesideThemAndNothingElseMay) {
  const auto text = InPeriod(
      "<AdaptationSet><Representation><BaseURL>a.mp4</BaseURL></Representation>"
      "<Representation><BaseURL>file:///etc/passwd</BaseURL></Representation></AdaptationSet>");

  const auto from_file = TextOf(Rewrite(text, {}, {.base_url = "file:///srv/i.mpd"}));
  const auto from_network = TextOf(Rewrite(text));

  EXPECT_NE(from_file.find("?u=file%3A%2F%2F%2Fsrv%2Fa.mp4"), std::string::npos) << from_file;
  EXPECT_NE(from_file.find("<BaseURL>file:///etc/passwd<"), std::string::npos) << from_file;
  EXPECT_NE(from_network.find("<BaseURL>file:///etc/passwd<"), std::string::npos) << from_network;
}

TEST(DashLinksTest, AHostThatMintsNothingFailsTheMpd) {
  MintsNothing links;
  const auto rewriter = sdk::testing::CreateThroughAbi<DashRewriter>();
  const auto text = InPeriod("<AdaptationSet><Representation><BaseURL>a</BaseURL></Representation></AdaptationSet>");

  const auto out =
      (*rewriter)->Rewrite(sdk::testing::AnyCall(), {.text = text, .base_url = kBase, .content_type = {}}, links);

  ASSERT_FALSE(out);
  EXPECT_EQ(out.error().code, sdk::Errc::kInternal);
}

}  // namespace
}  // namespace sluice::plugins::dash
