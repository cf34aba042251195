// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "rewriting.hpp"

namespace sluice::plugins::hls {
namespace {

sdk::Result<sdk::Destination> Follow(std::string_view url, std::string_view query,
                                     sdk::LinkKind kind = sdk::LinkKind::kManifest, bool minted = true) {
  static const auto kRewriter = sdk::testing::CreateThroughAbi<HlsRewriter>();
  return (*kRewriter)
      ->Follow(sdk::testing::AnyCall(), {.url = url, .query = query, .kind = kind, .note = {}, .minted = minted});
}

std::string UrlOf(const sdk::Result<sdk::Destination>& destination) {
  return destination ? destination->url : "error: " + destination.error().message;
}

TEST(HlsFollowTest, DirectivesGoUpstream) {
  EXPECT_EQ(UrlOf(Follow("https://h/p.m3u8", "_HLS_msn=5&_HLS_part=2&_HLS_skip=v2&_HLS_push=1")),
            "https://h/p.m3u8?_HLS_msn=5&_HLS_part=2&_HLS_skip=v2&_HLS_push=1");
  EXPECT_EQ(UrlOf(Follow("https://h/s", "_HLS_pathway=A&_HLS_throughput=5", sdk::LinkKind::kData)),
            "https://h/s?_HLS_pathway=A&_HLS_throughput=5");
}

TEST(HlsFollowTest, DirectivesReplaceThoseOfTheSameNameAndTouchNothingElse) {
  EXPECT_EQ(UrlOf(Follow("https://h/p.m3u8?t=%2F~*&_HLS_msn=1&acl=/*&_HLS_msn=2&%5FHLS_msn=3&x#f", "_HLS_msn=5")),
            "https://h/p.m3u8?t=%2F~*&acl=/*&x&_HLS_msn=5#f");
  EXPECT_EQ(UrlOf(Follow("https://h/p.m3u8?", "_HLS_msn=5&_HLS_msn=6")), "https://h/p.m3u8?_HLS_msn=6");
}

TEST(HlsFollowTest, OtherParametersStayHere) {
  EXPECT_EQ(UrlOf(Follow("https://h/p.m3u8?a=1", "a=2&token=x&hls_msn=3&x_HLS_msn=4&&=")), "https://h/p.m3u8?a=1");
}

TEST(HlsFollowTest, WhatIsNoPlaylistIsAskedForAsTheLinkSays) {
  for (const auto kind : {sdk::LinkKind::kSegment, sdk::LinkKind::kInit, sdk::LinkKind::kKey})
    EXPECT_EQ(UrlOf(Follow("https://h/s.ts", "_HLS_msn=5", kind)), "https://h/s.ts");
}

TEST(HlsFollowTest, ARequestWithoutALinkIsNoLessAPlaylist) {
  const auto destination = Follow("https://h/p.m3u8?_HLS_msn=5&a=b", "_HLS_msn=5&a=b", sdk::LinkKind::kData, false);
  ASSERT_TRUE(destination);
  EXPECT_EQ(destination->url, "https://h/p.m3u8?a=b&_HLS_msn=5");
  EXPECT_EQ(destination->wait, std::chrono::seconds(60));
}

TEST(HlsFollowTest, ARequestWithoutALinkForSomethingElseIsLeftAlone) {
  const auto destination = Follow("https://h/film.mp4?a=b", "_HLS_msn=5", sdk::LinkKind::kData, false);
  ASSERT_TRUE(destination);
  EXPECT_EQ(destination->url, "https://h/film.mp4?a=b");
  EXPECT_EQ(destination->wait, std::chrono::milliseconds(0));
}

TEST(HlsFollowTest, ABlockedReloadMayTakeItsTime) {
  EXPECT_EQ(Follow("https://h/p", "_HLS_msn=5")->wait, std::chrono::seconds(60));
  EXPECT_EQ(Follow("https://h/p", "_HLS_skip=YES")->wait, std::chrono::seconds(0));
  EXPECT_EQ(Follow("https://h/p", "_HLS_msnx=5")->wait, std::chrono::seconds(0));
}

TEST(HlsFollowTest, ABlockedReloadOutlastsThreeTargetDurations) {
  const auto rewriter = *sdk::testing::CreateThroughAbi<HlsRewriter>();
  const auto wait = [&](std::string_view url) {
    return rewriter
        ->Follow(sdk::testing::AnyCall(),
                 {.url = url, .query = "_HLS_msn=5&_HLS_part=1", .kind = sdk::LinkKind::kManifest, .minted = true})
        ->wait;
  };
  const auto load = [&](std::string_view url, std::string_view target) {
    ReadableMinter links;
    const auto text = "#EXTM3U\n#EXT-X-TARGETDURATION:" + std::string(target) + "\n";
    ASSERT_TRUE(rewriter->Rewrite(sdk::testing::AnyCall(), {.text = text, .base_url = url}, links));
  };

  load("https://h/slow.m3u8?k=1&_HLS_msn=4", "30");
  load("https://h/quick.m3u8", "6");
  load("https://h/hostile.m3u8", "4294967295");
  load("https://h/odd.m3u8", "long");

  EXPECT_EQ(wait("https://h/slow.m3u8?k=1"), std::chrono::seconds(100));
  EXPECT_EQ(wait("https://h/slow.m3u8?k=2"), std::chrono::seconds(60)) << "another playlist";
  EXPECT_EQ(wait("https://h/quick.m3u8"), std::chrono::seconds(60));
  EXPECT_EQ(wait("https://h/hostile.m3u8"), std::chrono::seconds(600));
  EXPECT_EQ(wait("https://h/odd.m3u8"), std::chrono::seconds(60));
  for (int i = 0; i < 300; ++i) load("https://h/" + std::to_string(i), "40");
  EXPECT_EQ(wait("https://h/slow.m3u8?k=1"), std::chrono::seconds(60)) << "not everything is remembered";
  EXPECT_EQ(wait("https://h/299"), std::chrono::seconds(130));
}

TEST(HlsFollowTest, APartMayBeOnItsWay) {
  const auto text = "#EXTM3U\n#EXT-X-PART:DURATION=1,URI=\"1.mp4\"\n#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"1.mp4\"\n";
  const auto out = TextOf(Rewrite(text));
  const auto note = NoteIn(out, "segment");
  const auto link = "/go/segment?u=https%3A%2F%2Forigin.example%2Fshow%2F1.mp4&n=" + sdk::PercentEncode(note) + "\"";
  EXPECT_EQ(out,
            "#EXTM3U\n#EXT-X-PART:DURATION=1,URI=\"" + link + "\n#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"" + link + "\n")
      << "one link, whether the part is there or not";
  const auto rewriter = *sdk::testing::CreateThroughAbi<HlsRewriter>();
  const auto follow = [&](std::string_view with_note, bool minted) {
    return rewriter->Follow(
        sdk::testing::AnyCall(),
        {.url = "https://h/1.mp4", .query = {}, .kind = sdk::LinkKind::kSegment, .note = with_note, .minted = minted});
  };

  EXPECT_EQ(follow(note, true)->wait, std::chrono::seconds(60));
  EXPECT_EQ(follow(note, true)->url, "https://h/1.mp4");
  EXPECT_EQ(follow(note, false)->wait, std::chrono::seconds(0));
  EXPECT_EQ(follow("", true)->wait, std::chrono::seconds(0));
  EXPECT_FALSE(rewriter->Accepts({.content_type = "video/mp4", .url = "https://h/1.mp4", .note = note}));
}

TEST(HlsFollowTest, ManyDirectivesAreRefused) {
  std::string query;
  for (int i = 0; i < 32; ++i) query += "&_HLS_" + std::to_string(i) + "=1";
  EXPECT_TRUE(Follow("https://h/p", query));

  const auto refused = Follow("https://h/p", query + "&_HLS_x=1");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, sdk::Errc::kInvalidArgument);
  EXPECT_EQ(refused.error().message, "query: want at most 32 delivery directives");
}

}  // namespace
}  // namespace sluice::plugins::hls
