// SPDX-License-Identifier: MIT
#include "plugins/common/isobmff/codecs.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "converting.hpp"
#include "plugins/manifest/dash-to-hls/codecs.hpp"
#include "tests/plugins/common/init_boxes.hpp"

namespace sluice::plugins::dash_to_hls {
namespace {

using namespace std::string_literals;
using isobmff::AudioEntry;
using isobmff::AvcConfiguration;
using isobmff::AvcInit;
using isobmff::BoxOf;
using isobmff::EsdsOf;
using isobmff::InitWith;
using isobmff::SinfOf;
using isobmff::TrackOf;
using isobmff::VideoEntry;

std::string CodecsIn(const std::string& file) {
  const auto read = isobmff::ReadCodecs(sdk::AsBytes(file));
  return read ? *read : read.error().message;
}

TEST(InitCodecsTest, EachSampleEntryHasItsName) {
  const auto hvcc = BoxOf("hvcC", "\x01\x22\x20\0\0\0\xb0\0\0\0\0\0\x99"s);
  const auto main = BoxOf("hvcC", "\x01\x01\x60\0\0\0\x90\0\0\0\0\0\x5d"s);
  const auto ttml = "http://www.w3.org/ns/ttml\0\0\0"s;
  const auto mime = BoxOf("mime", "\0\0\0\0application/ttml+xml;codecs=im1t\0"s);
  const struct {
    std::string_view handler;
    std::string entry;
    std::string_view codec;
  } rows[] = {
      {"vide", VideoEntry("avc1", AvcConfiguration()), "avc1.64001f"},
      {"vide", VideoEntry("avc3", BoxOf("pasp", "12345678") + AvcConfiguration()), "avc3.64001f"},
      {"vide", VideoEntry("hvc1", hvcc), "hvc1.2.4.H153.B0"},
      {"vide", VideoEntry("hev1", main), "hev1.1.6.L93.90"},
      {"vide", VideoEntry("av01", BoxOf("av1C", "\x81\x08\x0c\0"s)), "av01.0.08M.08"},
      {"vide", VideoEntry("av01", BoxOf("av1C", "\x81\x2d\xcc\0"s)), "av01.1.13H.10"},
      {"vide", VideoEntry("av01", BoxOf("av1C", "\x81\x4d\x6c\0"s)), "av01.2.13M.12"},
      {"vide", VideoEntry("vp09", BoxOf("vpcC", "\1\0\0\0\x00\x1f\x82\1\1\1"s)), "vp09.00.31.08"},
      {"vide", VideoEntry("vp09", BoxOf("vpcC", "\1\0\0\0\x02\x33\xa3\x09\x10\x09"s)), "vp09.02.51.10.01.09.16.09.01"},
      {"soun", AudioEntry("mp4a", EsdsOf(0x40, "\x11\x90")), "mp4a.40.2"},
      {"soun", AudioEntry("mp4a", EsdsOf(0x40, "\x2b\x11\x88")), "mp4a.40.5"},
      {"soun", AudioEntry("mp4a", EsdsOf(0x40, "\xf9\x40")), "mp4a.40.42"},
      {"soun", AudioEntry("mp4a", EsdsOf(0x6b, "")), "mp4a.6b"},
      {"soun", AudioEntry("mp4a", EsdsOf(0x40, "\x11\x90"), 16), "mp4a.40.2"},
      {"soun", AudioEntry("ac-3", BoxOf("dac3", "abc")), "ac-3"},
      {"soun", AudioEntry("ec-3", BoxOf("dec3", "abc")), "ec-3"},
      {"soun", AudioEntry("Opus", BoxOf("dOps", "abc")), "Opus"},
      {"soun", AudioEntry("fLaC", BoxOf("dfLa", "abc")), "fLaC"},
      {"text", BoxOf("wvtt", std::string(8, '\0') + BoxOf("vttC", "WEBVTT")), "wvtt"},
      {"subt", BoxOf("stpp", std::string(8, '\0') + ttml), "stpp"},
      {"subt", BoxOf("stpp", std::string(8, '\0') + ttml + mime), "stpp.ttml.im1t"},
      {"vide", VideoEntry("encv", AvcConfiguration() + SinfOf("avc1")), "avc1.64001f"},
      {"soun", AudioEntry("enca", EsdsOf(0x40, "\x11\x90") + SinfOf("mp4a")), "mp4a.40.2"},
      {"soun", AudioEntry("enca", SinfOf("ec-3")), "ec-3"},
  };
  for (const auto& row : rows) EXPECT_EQ(CodecsIn(InitWith(TrackOf(row.handler, row.entry))), row.codec);
}

TEST(InitCodecsTest, EachCodecOfAFileIsNamedOnce) {
  const auto video = TrackOf("vide", VideoEntry("avc1", AvcConfiguration()));
  const auto audio = TrackOf("soun", AudioEntry("mp4a", EsdsOf(0x40, "\x11\x90")));
  const auto events = TrackOf("meta", BoxOf("urim", "x"));

  EXPECT_EQ(CodecsIn(InitWith(video + audio + events + audio)), "avc1.64001f,mp4a.40.2");
}

TEST(InitCodecsTest, WhatHasNoNameIsNotNamedInPart) {
  const auto video = TrackOf("vide", VideoEntry("avc1", AvcConfiguration()));
  const auto unnamed = "media: moov: a track whose codec has no name";

  EXPECT_EQ(CodecsIn(InitWith(video + TrackOf("soun", AudioEntry("xyz1", "")))), unnamed);
  EXPECT_EQ(CodecsIn(InitWith(TrackOf("vide", VideoEntry("avc1", "")))), unnamed);
  EXPECT_EQ(CodecsIn(InitWith(TrackOf("vide", VideoEntry("avc1", BoxOf("avcC", "\1"))))), unnamed);
  EXPECT_EQ(CodecsIn(InitWith(TrackOf("vide", VideoEntry("encv", AvcConfiguration())))), unnamed);
  EXPECT_EQ(CodecsIn(InitWith(TrackOf("soun", AudioEntry("mp4a", EsdsOf(0x40, ""))))), unnamed);
  EXPECT_EQ(CodecsIn(InitWith(TrackOf("vide", ""))), unnamed);
  EXPECT_EQ(CodecsIn(InitWith("")), "media: moov: has no track to be played");
  EXPECT_EQ(CodecsIn("<html>"), "media: want a whole moov");
  const auto whole = AvcInit();
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_EQ(CodecsIn(whole.substr(0, size)), "media: want a whole moov") << size;
  std::string many;
  for (int i = 0; i < 17; ++i) many += video;
  EXPECT_EQ(CodecsIn(InitWith(many)), "media: moov: more than 16 tracks");
}

constexpr std::string_view kInit = "https://origin.example/show/v/i.mp4";
const std::string kTemplate =
    "<SegmentTemplate duration=\"4\" media=\"$Number$.m4s\" initialization=\"$RepresentationID$/i.mp4\"/>";

std::string Unnamed(std::string_view info, std::string_view more = {}) {
  return Static("<Period><AdaptationSet mimeType=\"video/mp4\">" + std::string(info) +
                "<Representation id=\"v\" bandwidth=\"1\"/>" + std::string(more) + "</AdaptationSet></Period>");
}

TEST(DashToHlsCodecsTest, TheInitSectionSaysWhatTheMpdDoesNot) {
  Converter converter;
  converter.references.Hold(std::string(kInit), AvcInit());

  EXPECT_EQ(Count(converter.Text(Unnamed(kTemplate)), ",CODECS=\"avc1.64001f\","), 1U);
  EXPECT_EQ(converter.references.asked(), (std::vector<std::string>{std::string(kInit) + " 0+0"}));
}

TEST(DashToHlsCodecsTest, WhatTheMpdSaysIsNotFetched) {
  Converter converter;

  converter.Text(Static("<Period><AdaptationSet mimeType=\"video/mp4\" codecs=\"avc1.64001f\">" + kTemplate +
                        "<Representation id=\"v\" bandwidth=\"1\"/></AdaptationSet></Period>"));

  EXPECT_TRUE(converter.references.asked().empty());
}

TEST(DashToHlsCodecsTest, AnInitSectionIsFetchedOnceInTenMinutes) {
  Converter converter;
  converter.references.Hold(std::string(kInit), AvcInit());

  const auto first = converter.Text(Unnamed(kTemplate));
  EXPECT_EQ(converter.Text(Unnamed(kTemplate)), first);
  EXPECT_EQ(converter.references.asked().size(), 1U);
  converter.host.clock.Advance(std::chrono::minutes(11));
  EXPECT_EQ(converter.Text(Unnamed(kTemplate)), first);
  EXPECT_EQ(converter.references.asked().size(), 2U);
}

TEST(DashToHlsCodecsTest, ItIsSoughtWhereTheMpdSaysOrAtTheFrontOfTheFile) {
  const std::string file = "https://origin.example/show/v.mp4";
  const struct {
    std::string_view info;
    std::string_view asked;
  } rows[] = {
      {"<SegmentBase indexRange=\"400-500\"><Initialization range=\"10-399\"/></SegmentBase>", " 10+390"},
      {"<SegmentBase indexRange=\"400-500\"/>", " 0+400"},
      {"<SegmentBase indexRange=\"99999999-99999999\"/>", " 0+1048576"},
      {"<SegmentBase/>", " 0+65536"},
      {"", " 0+65536"},
      {"<SegmentList duration=\"4\"><Initialization range=\"10-399\"/><SegmentURL/></SegmentList>", " 10+390"},
  };
  for (const auto& row : rows) {
    Converter converter;
    converter.references.Hold(file, BoxOf("free", "") + "\0\0"s + AvcInit());
    converter.Text(
        Static("<Period><AdaptationSet mimeType=\"video/mp4\"><Representation id=\"v\" bandwidth=\"1\">"
               "<BaseURL>v.mp4</BaseURL>" +
               std::string(row.info) + "</Representation></AdaptationSet></Period>"));
    EXPECT_EQ(converter.references.asked(), (std::vector<std::string>{file + std::string(row.asked)})) << row.info;
  }
}

TEST(DashToHlsCodecsTest, WithoutThemThePlaylistIsServedWithoutCodecs) {
  const sdk::HttpResponse answers[] = {{.status = 404}, {.status = 200, .body = "<html>"}, {.status = 200, .body = {}}};
  for (const auto& answer : answers) {
    Converter converter;
    converter.references.Answer(std::string(kInit), answer);
    const auto playlist = converter.Text(Unnamed(kTemplate));
    EXPECT_EQ(Count(playlist, "#EXT-X-STREAM-INF:BANDWIDTH=1,CLOSED-CAPTIONS=NONE\n"), 1U) << playlist;
  }
}

TEST(DashToHlsCodecsTest, WhatDoesNotComeIsNotAskedForAtOnceAgain) {
  Converter converter;
  const auto text = Unnamed(kTemplate, "<Representation id=\"w\" bandwidth=\"2\"/>");

  EXPECT_EQ(Count(converter.Text(text), "CODECS"), 0U);
  EXPECT_EQ(converter.references.asked().size(), 1U);  // nobody waits for the second one's either
  converter.references.Hold(std::string(kInit), AvcInit());
  EXPECT_EQ(Count(converter.Text(Unnamed(kTemplate)), "CODECS"), 0U);
  converter.host.clock.Advance(std::chrono::seconds(31));
  EXPECT_EQ(Count(converter.Text(Unnamed(kTemplate)), "CODECS"), 1U);
}

TEST(DashToHlsCodecsTest, ThereIsAnEndOfInitSections) {
  Converter converter;
  std::string more;
  for (int i = 0; i < 100; ++i) {
    const auto id = "r" + std::to_string(i);
    converter.references.Hold("https://origin.example/show/" + id + "/i.mp4", AvcInit());
    more += "<Representation id=\"" + id + "\" bandwidth=\"2\"/>";
  }
  converter.references.Hold(std::string(kInit), AvcInit());

  EXPECT_EQ(Count(converter.Text(Unnamed(kTemplate, more)), "CODECS"), 64U);
  EXPECT_EQ(converter.references.asked().size(), 64U);
}

TEST(DashToHlsCodecsTest, SoundIsGroupedByWhatItIs) {
  Converter converter;
  converter.references.Hold(std::string(kInit), AvcInit());
  converter.references.Hold("https://origin.example/show/a/i.mp4",
                            InitWith(TrackOf("soun", AudioEntry("mp4a", EsdsOf(0x40, "\x11\x90")))));

  const auto playlist = converter.Text(
      Static("<Period><AdaptationSet mimeType=\"video/mp4\">" + kTemplate +
             "<Representation id=\"v\" bandwidth=\"1\"/></AdaptationSet><AdaptationSet mimeType=\"audio/mp4\">" +
             kTemplate + "<Representation id=\"a\" bandwidth=\"1\"/></AdaptationSet></Period>"));

  EXPECT_EQ(Count(playlist, ",CODECS=\"avc1.64001f,mp4a.40.2\",AUDIO=\"audio-aac\""), 1U) << playlist;
}

TEST(DashToHlsCodecsTest, TheRenditionIsFoundAgainThoughOnlyItsInitSectionNamesTheCodec) {
  Converter converter;
  converter.references.Hold(std::string(kInit), AvcInit());
  const auto text = Static("<Period><AdaptationSet mimeType=\"video/mp4\">" + kTemplate +
                           "<Representation id=\"v\" bandwidth=\"1\"/><Representation id=\"o\" bandwidth=\"1\" "
                           "codecs=\"avc1.64001f\"/></AdaptationSet></Period>");

  EXPECT_EQ(Count(converter.Media(text), "show%2Fv%2Fi.mp4"), 1U);
}

TEST(CodecFlightsTest, WhoWantsTheSameWaitsForIt) {
  CodecFlights flights;
  const auto call = sdk::testing::AnyCall();
  ASSERT_TRUE(flights.Begin(call, "a"));
  EXPECT_TRUE(flights.Begin(call, "b"));
  static std::atomic<bool> waits;
  waits = false;
  std::jthread other([&] {
    sluice_call raw{};
    raw.deadline_ns = INT64_MAX;
    raw.cancelled = [](const sluice_call*) -> uint32_t {  // asked by those who wait
      waits = true;
      waits.notify_all();
      return 0;
    };
    EXPECT_FALSE(flights.Begin(sdk::Call(raw), "a"));
  });

  waits.wait(false);
  flights.Land("a");

  other.join();
  EXPECT_TRUE(flights.Begin(call, "a"));
}

TEST(CodecFlightsTest, NobodyWaitsPastTheCall) {
  CodecFlights flights;
  ASSERT_TRUE(flights.Begin(sdk::testing::AnyCall(), "a"));

  EXPECT_FALSE(flights.Begin(sdk::testing::CancelledCall(), "a"));
  EXPECT_FALSE(flights.Begin(sdk::testing::ExpiredCall(), "a"));
}

}  // namespace
}  // namespace sluice::plugins::dash_to_hls
