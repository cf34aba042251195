// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include "converting.hpp"
#include "plugins/common/isobmff/sidx.hpp"
#include "tests/plugins/common/sidx_boxes.hpp"

namespace sluice::plugins::dash_to_hls {
namespace {

using isobmff::BoxOf;
using isobmff::Sidx;

constexpr std::string_view kFile = "https://origin.example/show/v.mp4";

std::string Mpd(std::string_view base) {
  return Static(
      "<Period><AdaptationSet mimeType=\"video/mp4\" codecs=\"avc1.64001f\"><Representation id=\"v\" bandwidth=\"1\">"
      "<BaseURL>v.mp4</BaseURL>" +
      std::string(base) + "</Representation></AdaptationSet></Period>");
}

std::string InitOf(std::size_t size) { return BoxOf("ftyp", "iso6") + BoxOf("moov", std::string(size - 20, 'm')); }

std::string Playlist(std::string_view segments, std::string_view map = "100@0") {
  const std::string link = "/go/segment/x.mp4?u=https%3A%2F%2Forigin.example%2Fshow%2Fv.mp4";
  auto out =
      "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:4\n#EXT-X-MEDIA-SEQUENCE:0\n#EXT-X-PLAYLIST-TYPE:VOD\n"
      "#EXT-X-MAP:URI=\"" +
      link + "\",BYTERANGE=\"" + std::string(map) + "\"\n";
  for (const char c : segments) out += c == '$' ? link : std::string(1, c);
  return out + "#EXT-X-ENDLIST\n";
}

TEST(DashToHlsIndexTest, TheIndexTellsTheSegments) {
  Converter converter;
  converter.references.Hold(std::string(kFile), InitOf(100) + Sidx({{500, 4000}, {300, 3500}}, {.first_offset = 10}));

  const auto playlist =
      converter.Media(Mpd("<SegmentBase indexRange=\"100-155\"><Initialization range=\"0-99\"/></SegmentBase>"));

  EXPECT_EQ(playlist, Playlist("#EXTINF:4.000000,\n#EXT-X-BYTERANGE:500@166\n$\n#EXTINF:3.500000,\n"
                               "#EXT-X-BYTERANGE:300@666\n$\n"));
  EXPECT_EQ(converter.references.asked(), (std::vector<std::string>{std::string(kFile) + " 100+56"}));
}

TEST(DashToHlsIndexTest, WhereTheMpdSaysNothingTheFilesFrontDoes) {
  Converter converter;
  converter.references.Hold(std::string(kFile), InitOf(100) + Sidx({{500, 4000}}));

  for (const auto* const base : {"", "<SegmentBase/>", "<SegmentBase timescale=\"7\"/>"}) {
    EXPECT_EQ(converter.Media(Mpd(base)), Playlist("#EXTINF:4.000000,\n#EXT-X-BYTERANGE:500@144\n$\n")) << base;
  }
}

TEST(DashToHlsIndexTest, AnIndexIsFetchedOnce) {
  Converter converter;
  converter.references.Hold(std::string(kFile), InitOf(100) + Sidx({{500, 4000}}));
  const auto text = Mpd("<SegmentBase indexRange=\"100-143\"/>");

  const auto first = converter.Media(text);
  const auto second = converter.Media(text);

  EXPECT_EQ(first, second);
  EXPECT_EQ(converter.references.asked().size(), 1U);
  converter.host.clock.Advance(std::chrono::minutes(11));
  EXPECT_EQ(converter.Media(text), first);
  EXPECT_EQ(converter.references.asked().size(), 2U);
}

TEST(DashToHlsIndexTest, NestedIndexesAreFollowed) {
  Converter converter;
  const auto leaf = Sidx({{500, 4000}}, {.time = 4000});
  const auto root = Sidx({{static_cast<std::uint32_t>(leaf.size()), 4000, true}, {70, 3000}}, {.wide = true});
  converter.references.Hold(std::string(kFile), InitOf(100) + root + leaf);

  const auto playlist = converter.Media(Mpd("<SegmentBase indexRange=\"100-163\"/>"));

  EXPECT_EQ(playlist, Playlist("#EXTINF:4.000000,\n#EXT-X-BYTERANGE:500@208\n$\n#EXTINF:3.000000,\n"
                               "#EXT-X-BYTERANGE:70@208\n$\n"));
}

TEST(DashToHlsIndexTest, OnlyThePartOfThePeriodIsListed) {
  Converter converter;
  converter.references.Hold(std::string(kFile),
                            InitOf(100) + Sidx({{1, 4000}, {2, 4000}, {3, 4000}, {4, 4000}, {5, 4000}}));

  const auto playlist =
      converter.Media(Mpd("<SegmentBase timescale=\"2\" presentationTimeOffset=\"9\" indexRange=\"100-191\"/>"));

  EXPECT_EQ(Count(playlist, "#EXTINF"), 3U) << playlist;
  EXPECT_NE(playlist.find("BYTERANGE:2@193"), std::string::npos);
}

std::string IndexRefusal(std::string body, std::string_view base = "<SegmentBase indexRange=\"0-9999\"/>") {
  Converter converter;
  converter.references.Hold(std::string(kFile), std::move(body));
  return converter.Media(Mpd(base));
}

TEST(DashToHlsIndexTest, WhatIsNoIndexIsRefused) {
  EXPECT_EQ(IndexRefusal("<html>"), "error: segment index: want a sidx box\n");
  EXPECT_EQ(IndexRefusal(""), "error: segment index: want a sidx box\n");
  EXPECT_EQ(IndexRefusal(InitOf(100)), "error: segment index: want a sidx box\n");
  EXPECT_EQ(IndexRefusal(Sidx({{1, 1}}).substr(0, 40)), "error: segment index: cut off\n");
  EXPECT_EQ(IndexRefusal(BoxOf("sidx", "abc")), "error: segment index: not well-formed\n");
  EXPECT_EQ(IndexRefusal(Sidx({{1, 1}}, {.timescale = 0})), "error: segment index: not well-formed\n");
  EXPECT_EQ(IndexRefusal(Sidx({{0, 1}})), "error: segment index: a reference to nothing\n");
  EXPECT_EQ(IndexRefusal(Sidx({{1, 1}}, {.time = ~0ULL, .wide = true})), "error: segment index: numbers too large\n");
  EXPECT_EQ(IndexRefusal(BoxOf("mdat", "x") + Sidx({{1, 1}}), ""),
            "error: segment index: the MPD names none, and the file begins with none\n");
  EXPECT_EQ(IndexRefusal("", "<SegmentBase indexRange=\"0-99999999\"/>"),
            "error: segment index: longer than 1048576 octets\n");
}

TEST(DashToHlsIndexTest, BoxesOfOddSizesEndTheSearch) {
  using namespace std::string_literals;
  EXPECT_FALSE(isobmff::FindIndex(sdk::AsBytes("\0\0\0\1moov\xff\xff\xff\xff\xff\xff\xff\xff"s)));
  EXPECT_FALSE(isobmff::FindIndex(sdk::AsBytes("\0\0\0\7moov"s + Sidx({{1, 1}}))));
  EXPECT_FALSE(isobmff::FindIndex(sdk::AsBytes("\0\0\0\0moov"s + Sidx({{1, 1}}))));
  EXPECT_TRUE(isobmff::FindIndex(sdk::AsBytes("\0\0\0\1free\0\0\0\0\0\0\0\x10"s + Sidx({{1, 1}}))));
}

TEST(DashToHlsIndexTest, AnIndexOfItselfIsNotFollowedForEver) {
  Converter converter;
  // Reference sizes are counted from behind the box, so a loop takes a server that answers every range alike.
  const auto looping = Sidx({{44, 1000, true}});
  std::string file;
  for (int i = 0; i < 100; ++i) file += looping;
  converter.references.Hold(std::string(kFile), file);

  EXPECT_EQ(converter.Media(Mpd("<SegmentBase indexRange=\"0-43\"/>")), "error: segment index: nested deeper than 4\n");
}

TEST(DashToHlsIndexTest, ManyIndexesAreNotAllFetched) {
  std::vector<isobmff::SidxReference> many(200, {.size = 44, .duration = 1, .is_index = true});
  std::string file = Sidx(many);
  const auto root = file.size();
  for (int i = 0; i < 200; ++i) file += Sidx({{1, 1}});

  EXPECT_EQ(IndexRefusal(file, "<SegmentBase indexRange=\"0-" + std::to_string(root - 1) + "\"/>"),
            "error: segment index: more than 64 of them\n");
}

TEST(DashToHlsIndexTest, AServerThatKnowsNoRangesIsUnderstood) {
  Converter converter;
  struct WholeFiles final : sdk::ReferenceFetcher {
    sdk::Result<sdk::HttpResponse> Fetch(const sdk::Reference&) override {
      return sdk::HttpResponse{.status = 200, .body = InitOf(100) + Sidx({{500, 4000}})};
    }
  } whole;
  const auto made = sdk::testing::CreateThroughAbi<DashToHls>();
  mpd::ReadableTemplateMinter links;
  const auto out = (*made)->Rewrite(sdk::testing::AnyCall(),
                                    {.text = Mpd("<SegmentBase indexRange=\"100-143\"/>"),
                                     .base_url = kUrl,
                                     .content_type = {},
                                     .note = "dash-to-hls:v,v,1,,,,,",
                                     .references = &whole},
                                    links);

  ASSERT_TRUE(out) << out.error().message;
  EXPECT_EQ(out->text, Playlist("#EXTINF:4.000000,\n#EXT-X-BYTERANGE:500@144\n$\n"));
}

}  // namespace
}  // namespace sluice::plugins::dash_to_hls
