// SPDX-License-Identifier: MIT
#include "plugins/manifest/dash-to-hls/text_clock.hpp"

#include <gtest/gtest.h>

#include "converting.hpp"

namespace sluice::plugins::dash_to_hls {
namespace {

constexpr std::string_view kCue = "00:01.000 --> 00:02.000\nHello\n";

std::string Applied(std::int64_t micros, std::string_view text) { return TextClock(mpd::Micros(micros)).Apply(text); }

TEST(TextClockTest, TheHeaderSaysWhereItsZeroLies) {
  const auto map = [](std::int64_t micros) {
    const auto text = Applied(micros, "WEBVTT\n\n" + std::string(kCue));
    EXPECT_TRUE(text.starts_with("WEBVTT\nX-TIMESTAMP-MAP=")) << text;
    EXPECT_TRUE(text.ends_with("\n\n" + std::string(kCue))) << text;
    return text.substr(23, text.find('\n', 23) - 23);
  };
  EXPECT_EQ(map(0), "LOCAL:00:00:00.000,MPEGTS:0");
  EXPECT_EQ(map(10'000'000), "LOCAL:00:00:00.000,MPEGTS:900000");
  EXPECT_EQ(map(-3'723'004'000), "LOCAL:01:02:03.004,MPEGTS:0");
  EXPECT_EQ(map(95'443'717'688'889), "LOCAL:00:00:00.000,MPEGTS:0");  // a thousand times all that 33 bits count
}

TEST(TextClockTest, TheHeaderKeepsWhatItHas) {
  constexpr std::string_view kMap = "X-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:90000";
  const auto with = [&](std::string_view before, std::string_view after) {
    return std::string(before) + std::string(kMap) + std::string(after);
  };
  EXPECT_EQ(Applied(1'000'000, "WEBVTT"), with("WEBVTT\n", "\n"));
  EXPECT_EQ(Applied(1'000'000, "WEBVTT\n"), with("WEBVTT\n", "\n"));
  EXPECT_EQ(Applied(1'000'000, "\xef\xbb\xbfWEBVTT - Title\r\nKind: captions\r\n\r\n"),
            with("\xef\xbb\xbfWEBVTT - Title\r\n", "\r\nKind: captions\r\n\r\n"));
}

TEST(TextClockTest, WhatIsMappedOrNoWebVttStays) {
  for (const std::string_view text :
       {"", "WEBVTTX\n", "<html>", "1\n00:00:01,000 --> 00:00:02,000\nSubRip\n",
        "WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:5,LOCAL:00:00:00.000\n\n00:01.000 --> 00:02.000\nHello\n"})
    EXPECT_EQ(Applied(1'000'000, text), text);
  EXPECT_NE(Applied(1'000'000, "WEBVTT\n\nNOTE X-TIMESTAMP-MAP=\n"), "WEBVTT\n\nNOTE X-TIMESTAMP-MAP=\n");
}

TEST(TextClockTest, NotesAreReadBack) {
  for (const std::int64_t micros : {0LL, 5LL, -7'000'000LL}) {
    const auto read = TextClock::Unpack(TextClock(mpd::Micros(micros)).Pack());
    ASSERT_TRUE(read);
    EXPECT_EQ(read->Pack(), TextClock(mpd::Micros(micros)).Pack());
  }
  for (const auto* const note : {"", "dash-to-hls:s,", "dash-to-hls-text:", "dash-to-hls-text:x", "dash-to-hls-text:1x",
                                 "dash-to-hls-text:99999999999999999999"})
    EXPECT_FALSE(TextClock::Unpack(note)) << note;
}

/// Pictures and text with offsets of their own, in ticks of 1000 a second.
std::string WithOffsets(std::string_view pictures, std::string_view text,
                        std::string_view media = "media=\"$Number$.vtt\"") {
  const auto offset = [](std::string_view value) {
    return value.empty() ? std::string() : " presentationTimeOffset=\"" + std::string(value) + "\"";
  };
  return Static(
      "<Period><AdaptationSet mimeType=\"video/mp4\" codecs=\"avc1.64001f\"><SegmentTemplate timescale=\"1000\" "
      "duration=\"5000\" media=\"$Number$.m4s\"" +
      offset(pictures) +
      "/><Representation id=\"v\" bandwidth=\"1\"/></AdaptationSet><AdaptationSet mimeType=\"text/vtt\" "
      "lang=\"en\"><SegmentTemplate timescale=\"1000\" duration=\"5000\" " +
      std::string(media) + offset(text) + "/><Representation id=\"t\" bandwidth=\"1\"/></AdaptationSet></Period>");
}

std::string NoteOfText(const std::string& playlist) {
  const auto notes = Converter::NotesIn(playlist);
  return notes.empty() ? "" : notes.front();
}

TEST(DashToHlsTextTest, LinksSayWhereTheTextsZeroLies) {
  const auto note = [](std::string_view pictures, std::string_view text) {
    Converter converter;
    return NoteOfText(converter.Media(WithOffsets(pictures, text), 's'));
  };
  EXPECT_EQ(note("", ""), "");
  EXPECT_EQ(note("0", "0"), "");
  EXPECT_EQ(note("10000", ""), "dash-to-hls-text:10000000");
  EXPECT_EQ(note("10000", "10000"), "dash-to-hls-text:0");
  EXPECT_EQ(note("", "2500"), "dash-to-hls-text:-2500000");
}

TEST(DashToHlsTextTest, PicturesAreNotTouched) {
  Converter converter;
  EXPECT_EQ(NoteOfText(converter.Media(WithOffsets("10000", ""), 'v')), "");
}

TEST(DashToHlsTextTest, ASidecarFileIsOfItsPeriod) {
  Converter converter;
  const auto media = [](std::string_view offset) {
    return "<AdaptationSet mimeType=\"video/mp4\" codecs=\"avc1.64001f\"><SegmentTemplate duration=\"5\" "
           "media=\"$Number$\" "
           "presentationTimeOffset=\"" +
           std::string(offset) + "\"/><Representation id=\"v\" bandwidth=\"1\"/></AdaptationSet>";
  };
  const auto text = [](std::string_view name) {
    return "<AdaptationSet mimeType=\"text/vtt\" lang=\"en\"><Representation id=\"t\" bandwidth=\"1\"><BaseURL>" +
           std::string(name) + "</BaseURL></Representation></AdaptationSet>";
  };
  const auto playlist = converter.Media("<MPD type=\"static\"><Period id=\"1\" duration=\"PT5S\">" + media("7") +
                                            text("a.vtt") + "</Period><Period id=\"2\" duration=\"PT5S\">" +
                                            media("100") + text("b.vtt") + "</Period></MPD>",
                                        's');

  EXPECT_EQ(Converter::NotesIn(playlist),
            (std::vector<std::string>{"dash-to-hls-text:7000000", "dash-to-hls-text:100000000"}))
      << playlist;
}

TEST(DashToHlsTextTest, PartsOfAFileStayAsTheyAre) {
  Converter converter;
  const auto playlist = converter.Media(
      Static(
          "<Period><AdaptationSet mimeType=\"video/mp4\" codecs=\"avc1.64001f\"><SegmentTemplate duration=\"5\" "
          "media=\"$Number$\" presentationTimeOffset=\"7\"/><Representation id=\"v\" bandwidth=\"1\"/></AdaptationSet>"
          "<AdaptationSet mimeType=\"text/vtt\" lang=\"en\"><Representation id=\"t\" bandwidth=\"1\"><SegmentList "
          "duration=\"5\"><SegmentURL media=\"a.vtt\" mediaRange=\"0-9\"/></SegmentList></Representation>"
          "</AdaptationSet></Period>"),
      's');

  EXPECT_EQ(Count(playlist, "#EXT-X-BYTERANGE:10@0\n"), 1U) << playlist;
  EXPECT_EQ(NoteOfText(playlist), "");
}

TEST(DashToHlsTextTest, WhatComesByTheLinkIsMapped) {
  Converter converter;
  const auto note = NoteOfText(converter.Media(WithOffsets("10000", ""), 's'));

  const auto out = converter.Convert("WEBVTT\n\n" + std::string(kCue), note);

  ASSERT_TRUE(out) << out.error().message;
  EXPECT_EQ(out->text, "WEBVTT\nX-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:900000\n\n" + std::string(kCue));
  EXPECT_EQ(out->content_type, "text/vtt");
  EXPECT_TRUE(out->stable);
  const DashToHls rewriter(converter.host.host(), {});
  EXPECT_TRUE(rewriter.Accepts({.content_type = "text/vtt", .url = "https://origin.example/1.vtt", .note = note}));
  EXPECT_FALSE(rewriter.Accepts({.content_type = "text/vtt", .url = "https://origin.example/1.vtt"}));
}

}  // namespace
}  // namespace sluice::plugins::dash_to_hls
