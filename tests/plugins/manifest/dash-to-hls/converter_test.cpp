// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>
#include <sluice/sdk/testing/conformance_manifest.hpp>

#include "converting.hpp"
#include "plugins/manifest/dash-to-hls/rendition.hpp"

namespace sluice::plugins::dash_to_hls {
namespace {

const std::string kVideo =
    "<AdaptationSet mimeType=\"video/mp4\"><SegmentTemplate duration=\"4\" media=\"$Number$.m4s\"/>"
    "<Representation id=\"v\" bandwidth=\"1\"/></AdaptationSet>";

struct MpdFixture : sdk::testing::ManifestFixture {
  MpdFixture() {
    text = Static("<Period>" + kVideo + "</Period>");
    content_type = "application/dash+xml";
  }
};
SLUICE_MANIFEST_CONFORMANCE(DashToHls, MpdFixture);

TEST(DashToHlsTest, AcceptsMpdsAndWhatItsOwnLinksLeadTo) {
  const auto converter = sdk::testing::CreateThroughAbi<DashToHls>();
  const auto note = Wanted{.representation_id = "v"}.Pack();

  EXPECT_TRUE((*converter)->Accepts({.content_type = "application/dash+xml", .url = kUrl}));
  EXPECT_TRUE((*converter)->Accepts({.content_type = "text/plain", .url = "https://a.example/", .note = note}));
  EXPECT_FALSE((*converter)->Accepts({.content_type = "text/plain", .url = "https://a.example/", .note = "other"}));
}

TEST(DashToHlsTest, ANoteSaysWhatIsWanted) {
  const Wanted wanted{.type = RenditionType::kAudio,
                      .representation_id = "a,b\n",
                      .bandwidth = 64000,
                      .family = "aac",
                      .language = "de",
                      .role = "main",
                      .label = "100% \xc3\xa4",
                      .presentation = "f00"};

  const auto read = Wanted::Unpack(wanted.Pack());

  ASSERT_TRUE(read);
  EXPECT_EQ(read->Pack(), wanted.Pack());
  EXPECT_EQ(read->representation_id, "a,b\n");
  EXPECT_EQ(read->label, wanted.label);
  for (const auto* const odd :
       {"", "dash-to-hls:", "dash-to-hls:x,,1,,,,,", "dash-to-hls:v,,x,,,,,", "dash-to-hls:v,1"})
    EXPECT_FALSE(Wanted::Unpack(odd)) << odd;
}

TEST(DashToHlsTest, MediaPlaylistsAreLinksToTheMpdWhereItIsToBeReloaded) {
  sdk::testing::FakeMinter links;
  const auto converter = sdk::testing::CreateThroughAbi<DashToHls>();
  const auto text = Static("<Location>other.mpd?sid=1</Location><Period>" + kVideo + "</Period>");

  const auto out =
      (*converter)->Rewrite(sdk::testing::AnyCall(), {.text = text, .base_url = kUrl, .content_type = {}}, links);

  ASSERT_TRUE(out) << out.error().message;
  EXPECT_EQ(out->content_type, "application/vnd.apple.mpegurl");
  ASSERT_EQ(links.minted().size(), 1U);
  const auto link = links.minted().front();
  EXPECT_EQ(link.url, "https://origin.example/show/other.mpd?sid=1");
  EXPECT_EQ(link.kind, sdk::LinkKind::kManifest);
  EXPECT_EQ(link.extension, "m3u8");
}

TEST(DashToHlsTest, ATemplateTakesOneLinkHoweverManySegmentsThereAre) {
  sdk::testing::FakeMinter links;
  const auto converter = sdk::testing::CreateThroughAbi<DashToHls>();
  const auto text = "<MPD mediaPresentationDuration=\"PT4000S\"><Period>" + kVideo + "</Period></MPD>";
  const auto note = Wanted{.representation_id = "v", .bandwidth = 1}.Pack();

  const auto out =
      (*converter)
          ->Rewrite(sdk::testing::AnyCall(), {.text = text, .base_url = kUrl, .content_type = {}, .note = note}, links);

  ASSERT_TRUE(out) << out.error().message;
  EXPECT_EQ(Count(out->text, "#EXTINF:"), 1000U);
  EXPECT_NE(out->text.find("/link/0/1000?kind=segment\n"), std::string::npos);
  EXPECT_EQ(links.minted().size(), 1U);
}

TEST(DashToHlsTest, ARenditionThatIsGoneIsNotFound) {
  Converter converter;
  const auto out =
      converter.Convert(Static("<Period>" + kVideo + "</Period>"), Wanted{.type = RenditionType::kIFrames}.Pack());

  ASSERT_FALSE(out);
  EXPECT_EQ(out.error().code, sdk::Errc::kNotFound);
}

TEST(DashToHlsTest, RemoteElementsArePartOfTheMpd) {
  Converter converter;
  converter.references.Hold("https://origin.example/show/p.xml", "<Period duration=\"PT4S\">" + kVideo + "</Period>");

  const auto playlist = converter.Media("<MPD><Period xlink:href=\"p.xml\"/></MPD>");

  EXPECT_EQ(Count(playlist, "#EXTINF:4.000000,"), 1U) << playlist;
}

TEST(DashToHlsTest, WhatCameByHttpsLeadsToHttpsUnlessToldOtherwise) {
  const auto text = Static("<BaseURL>http://cdn.example/</BaseURL><Period>" + kVideo + "</Period>");
  Converter strict, lax({{"/allow_insecure_segments", true}});

  EXPECT_EQ(strict.Media(text),
            "error: an http reference in what came by https; want https, or `allow_insecure_segments`\n");
  EXPECT_EQ(Count(lax.Media(text), "cdn.example"), 3U);
}

}  // namespace
}  // namespace sluice::plugins::dash_to_hls
