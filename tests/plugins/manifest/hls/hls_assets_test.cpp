// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "rewriting.hpp"

namespace sluice::plugins::hls {
namespace {

using namespace std::literals;

constexpr auto kAds = "https://ads.example/pod/list?user=1&_HLS_primary_id=7"sv;

/// Of the link that a playlist gives for X-ASSET-LIST.
std::string AssetNote() {
  return NoteIn(TextOf(Rewrite("#EXTM3U\n#EXT-X-DATERANGE:ID=\"1\",X-ASSET-LIST=\"l\"\n")), "data");
}

std::string Listed(std::string_view text) { return TextOf(Rewrite(text, {}, kAds, AssetNote())); }

TEST(HlsAssetListTest, EachAssetBecomesAPlaylist) {
  EXPECT_EQ(Listed(R"({"ASSETS": [{"URI": "a.m3u8#t", "DURATION": 15.015, "X-AD": {"URI": "x"}}, {"DURATION": 1},
                      {"URI": "https://cdn.example/b.mp4?s=%2F", "DURATION": 30}],
                      "SKIP-CONTROL": {"OFFSET": 5, "LABEL-ID": "s"}, "URI": "kept"})"),
            R"({"ASSETS":[{"URI":"/go/manifest?u=https%3A%2F%2Fads.example%2Fpod%2Fa.m3u8#t","DURATION":15.015,)"
            R"("X-AD":{"URI":"x"}},{"DURATION":1},)"
            R"({"URI":"/go/manifest?u=https%3A%2F%2Fcdn.example%2Fb.mp4%3Fs%3D%252F","DURATION":30}],)"
            R"("SKIP-CONTROL":{"OFFSET":5,"LABEL-ID":"s"},"URI":"kept"})");
}

TEST(HlsAssetListTest, MayBeEmpty) { EXPECT_EQ(Listed(R"({"ASSETS":[]})"), R"({"ASSETS":[]})"); }

TEST(HlsAssetListTest, LeavesAloneWhatIsNoUri) {
  for (const auto* text : {R"({"ASSETS":[1,null,{"URI":""},{"URI":7},{"URI":"data:,x"}]})"})
    EXPECT_EQ(Listed(text), text);
}

TEST(HlsAssetListTest, SaysWhatIsWrong) {
  EXPECT_EQ(Listed("<html>"), "error: not a JSON asset list: the body is HTML or XML");
  EXPECT_EQ(Listed("\xff\xfe{"), "error: not a JSON asset list: the body is UTF-16, want UTF-8");
  EXPECT_EQ(Listed(R"({"ASSETS":[{"URI":"a)"), "error: not a JSON asset list: the body is no JSON, or not all of it");
  EXPECT_EQ(Listed("{}"), "error: not a JSON asset list: /ASSETS: want a list");
  EXPECT_EQ(Listed(R"({"ASSETS":{}})"), "error: not a JSON asset list: /ASSETS: want a list");
  EXPECT_EQ(Listed(R"({"ASSETS":[{},{"URI":"http://h/a.m3u8"}]})"),
            "error: /ASSETS/1/URI: an http reference in what came by https; want https, or `allow_insecure_segments`");
}

TEST(HlsAssetListTest, IsKnownByItsLinkWhateverItsType) {
  const auto rewriter = sdk::testing::CreateThroughAbi<HlsRewriter>();
  ASSERT_TRUE(rewriter);
  EXPECT_TRUE((*rewriter)->Accepts({.content_type = "text/html", .url = kAds, .note = AssetNote()}));
}

}  // namespace
}  // namespace sluice::plugins::hls
