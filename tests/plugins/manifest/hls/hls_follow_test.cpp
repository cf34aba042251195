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
