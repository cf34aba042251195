// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "rewriting.hpp"

namespace sluice::plugins::hls {
namespace {

using namespace std::literals;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(HlsVariablesTest, FailsTheLineThatNeedsAnUnknownVariable) {
  const auto late = Rewrite("#EXTM3U\n\n#EXTINF:6,\n{$late}/a.ts\n#EXT-X-DEFINE:NAME=\"late\",VALUE=\"x\"\n");
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, sdk::Errc::kUpstreamFailed);
  EXPECT_EQ(late.error().message, "playlist line 4: variable {$late} is not defined before its use");

  const auto imported = Rewrite("#EXTM3U\n#EXT-X-DEFINE:IMPORT=\"cdn\"\n#EXT-X-MAP:URI=\"{$cdn}/i.mp4\"\n");
  ASSERT_FALSE(imported);
  EXPECT_EQ(
      imported.error().message,
      "playlist line 3: variable {$cdn} is imported, and the multivariant playlist that led here does not define it");

  const auto missing = Rewrite("#EXTM3U\n#EXT-X-DEFINE:QUERYPARAM=\"absent\"\n{$absent}.ts\n");
  ASSERT_FALSE(missing);
  EXPECT_THAT(missing.error().message, HasSubstr("variable {$absent} is not defined before its use"));
}

TEST(HlsVariablesTest, FailsOnlyWhenAVariableWithoutAValueIsNeeded) {
  const auto text =
      "#EXTM3U\n#EXT-X-DEFINE:IMPORT=\"cdn\"\n#EXT-X-DEFINE:NAME=\"u\",VALUE=\"{$cdn}/x\"\n"
      "#EXT-X-KEY:METHOD=SAMPLE-AES,URI=\"skd://{$cdn}\"\n#EXT-X-MAP:URI=\"data:{$cdn}\"\n"s;

  EXPECT_EQ(TextOf(Rewrite(text)), text);
  EXPECT_THAT(TextOf(Rewrite(text + "{$u}/a.ts\n")), HasSubstr("error: playlist line 6: variable {$cdn} is imported"));
}

TEST(HlsVariablesTest, ExpandsOnceAndBeforeResolving) {
  EXPECT_EQ(TextOf(Rewrite("#EXTM3U\n#EXT-X-DEFINE:QUERYPARAM=\"a\"\n#EXT-X-DEFINE:NAME=\"b\",VALUE=\"../1\"\n"
                           "{$a}.ts\n{$b}/{$b}.ts\n",
                           {{"/mode", "playlists"}}, "https://h/x/y/z?a=%7B$b%7D%2F")),
            "#EXTM3U\n#EXT-X-DEFINE:NAME=\"a\",VALUE=\"\"\n#EXT-X-DEFINE:NAME=\"b\",VALUE=\"../1\"\n"
            "https://h/x/y/%7B$b%7D/.ts\nhttps://h/x/1.ts\n");
}

TEST(HlsVariablesTest, KeepsTheFirstDefinitionOfAName) {
  EXPECT_THAT(TextOf(Rewrite("#EXTM3U\n#EXT-X-DEFINE:NAME=\"a\",VALUE=\"1\"\n#EXT-X-DEFINE:NAME=\"a\",VALUE=\"2\"\n"
                             "#EXT-X-DEFINE:QUERYPARAM=\"a\"\n{$a}.ts\n",
                             {}, "https://h/x?a=3")),
              EndsWith("QUERYPARAM=\"a\"\n/go/segment?u=https%3A%2F%2Fh%2F1.ts\n"));
}

TEST(HlsVariablesTest, HidesAQueryParameterFromTheViewerUnlessItIsNeeded) {
  const auto hidden = TextOf(Rewrite("#EXTM3U\n#EXT-X-DEFINE:QUERYPARAM=\"token\"\n{$token}.ts\n"));
  EXPECT_THAT(hidden, HasSubstr("#EXT-X-DEFINE:NAME=\"token\",VALUE=\"\"\n"));

  const auto needed = TextOf(
      Rewrite("#EXTM3U\n#EXT-X-DEFINE:QUERYPARAM=\"token\"\n#EXT-X-DATERANGE:ID=\"{$token}\",X-ASSET-URI=\"a\"\n"));
  EXPECT_THAT(needed, HasSubstr("#EXT-X-DEFINE:NAME=\"token\",VALUE=\"s3cret\"\n"));
}

constexpr auto kMaster =
    "#EXTM3U\n#EXT-X-DEFINE:NAME=\"cdn\",VALUE=\"https://cdn.example/v\"\n#EXT-X-MEDIA:TYPE=AUDIO,URI=\"audio.m3u8\"\n"
    "#EXT-X-STREAM-INF:BANDWIDTH=1\nvideo.m3u8\n#EXT-X-DEFINE:QUERYPARAM=\"token\"\n"sv;

TEST(HlsImportTest, TakesTheVariablesOfTheMultivariantPlaylistThatLedHere) {
  const auto note = NoteIn(TextOf(Rewrite(kMaster)));
  ASSERT_FALSE(note.empty());

  const auto out =
      TextOf(Rewrite("#EXTM3U\n#EXT-X-DEFINE:IMPORT=\"cdn\"\n#EXT-X-DEFINE:IMPORT=\"token\"\n{$cdn}/a.ts?t={$token}\n",
                     {}, kBase, note));

  EXPECT_EQ(out,
            "#EXTM3U\n#EXT-X-DEFINE:NAME=\"cdn\",VALUE=\"\"\n#EXT-X-DEFINE:NAME=\"token\",VALUE=\"\"\n"
            "/go/segment?u=https%3A%2F%2Fcdn.example%2Fv%2Fa.ts%3Ft%3Ds3cret\n");
}

TEST(HlsImportTest, ShowsTheValueWhereTheViewerNeedsIt) {
  const auto note = NoteIn(TextOf(Rewrite(kMaster)));

  EXPECT_THAT(
      TextOf(Rewrite("#EXTM3U\n#EXT-X-DEFINE:IMPORT=\"cdn\"\n#EXT-X-DATERANGE:ID=\"{$cdn}\"\n", {}, kBase, note)),
      HasSubstr("#EXT-X-DEFINE:NAME=\"cdn\",VALUE=\"https://cdn.example/v\"\n"));
}

TEST(HlsImportTest, TakesNothingThatTheMultivariantPlaylistDoesNotDefine) {
  const auto note = NoteIn(TextOf(Rewrite(kMaster)));
  const auto text = "#EXTM3U\n#EXT-X-DEFINE:IMPORT=\"other\"\n"s;

  EXPECT_EQ(TextOf(Rewrite(text, {}, kBase, note)), text) << "nothing needs it";
  EXPECT_THAT(TextOf(Rewrite(text + "{$other}.ts\n", {}, kBase, note)),
              HasSubstr("line 3: variable {$other} is imported"));
}

TEST(HlsImportTest, EveryLinkOfAMultivariantPlaylistCarriesTheSame) {
  const auto out = TextOf(Rewrite(kMaster));
  const auto note = "&n=" + sdk::PercentEncode(NoteIn(out));

  EXPECT_THAT(out, HasSubstr("audio.m3u8" + note + "\"\n"));
  EXPECT_THAT(out, HasSubstr("video.m3u8" + note + "\n"));
}

TEST(HlsImportTest, NothingIsCarriedWhereNothingIsDefined) {
  EXPECT_THAT(TextOf(Rewrite("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nv.m3u8\n")), Not(HasSubstr("&n=")));
  EXPECT_THAT(TextOf(Rewrite("#EXTM3U\n#EXT-X-DEFINE:NAME=\"a\",VALUE=\"1\"\n#EXTINF:6,\na.ts\n")),
              Not(HasSubstr("&n=")))
      << "a media playlist has no children";
}

TEST(HlsImportTest, SaysWhenTheVariablesAreTooLongToBeCarried) {
  const auto master = "#EXTM3U\n#EXT-X-DEFINE:NAME=\"a\",VALUE=\"" + std::string(3000, 'x') +
                      "\"\n#EXT-X-STREAM-INF:BANDWIDTH=1\nv.m3u8\n";
  const auto note = NoteIn(TextOf(Rewrite(master)));
  ASSERT_FALSE(note.empty());
  EXPECT_LE(note.size(), sdk::kMaxNoteBytes);

  EXPECT_EQ(TextOf(Rewrite("#EXTM3U\n#EXT-X-DEFINE:IMPORT=\"a\"\n{$a}.ts\n", {}, kBase, note)),
            "error: playlist line 3: variable {$a} cannot be imported: a link carries at most 2048 octets of its "
            "multivariant playlist's definitions");
}

TEST(HlsImportTest, ARenditionReportIsTheLinkThatTheMultivariantPlaylistGave) {
  const auto master = TextOf(Rewrite(kMaster));
  const auto audio = master.substr(master.find("/go/manifest?u="), master.find("\"\n", master.find("/go/manifest?u=")) -
                                                                       master.find("/go/manifest?u="));

  const auto out = TextOf(Rewrite("#EXTM3U\n#EXT-X-RENDITION-REPORT:URI=\"audio.m3u8\",LAST-MSN=1\n", {},
                                  "https://origin.example/show/video.m3u8?_HLS_msn=2", NoteIn(master)));

  EXPECT_EQ(out, "#EXTM3U\n#EXT-X-RENDITION-REPORT:URI=\"" + audio + "\",LAST-MSN=1\n");
}

TEST(HlsImportTest, NotesOfOthersAreNothingToIt) {
  for (const auto note : {"dash1p0:"sv, "hls1"sv, "hls1x0:"sv, "hls1p9:x"sv, "hls1p0:1:a"sv, "hls1p0:1:a1:b9:"sv})
    EXPECT_EQ(TextOf(Rewrite("#EXTM3U\n#EXT-X-RENDITION-REPORT:URI=\"a\"\n", {}, kBase, note)),
              "#EXTM3U\n#EXT-X-RENDITION-REPORT:URI=\"/go/manifest?u=https%3A%2F%2Forigin.example%2Fshow%2Fa\"\n")
        << note;
}

}  // namespace
}  // namespace sluice::plugins::hls
