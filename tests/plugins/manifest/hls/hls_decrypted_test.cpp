// SPDX-License-Identifier: MIT
// Playlists of what a filter behind them decrypts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sluice/sdk/init_note.hpp>

#include "rewriting.hpp"

namespace sluice::plugins::hls {
namespace {

using ::testing::HasSubstr;

Rewritten Decrypted(std::string_view text) { return Rewrite(text, {{"/decrypted", true}}); }

/// Of the first link to a segment behind `after`.
sdk::InitNote InitOf(const std::string& text, std::string_view after = "#EXTM3U") {
  return sdk::InitNote::Unpack(NoteIn(std::string_view(text).substr(text.find(after)), "segment"))
      .value_or(sdk::InitNote{.url = "none"});
}

TEST(HlsDecryptedTest, SegmentsSayWhichInitSectionIsTheirs) {
  const auto text = TextOf(
      Decrypted("#EXTM3U\n#EXTINF:6,\nfirst\n#EXT-X-MAP:URI=\"a/init.mp4#f\"\n#EXTINF:6,\nsecond\n#EXTINF:6,\nthird\n"
                "#EXT-X-DISCONTINUITY\n#EXT-X-MAP:URI=\"/b.mp4\",BYTERANGE=\"800@100\"\n#EXTINF:6,\nfourth\n"
                "#EXT-X-MAP:BYTERANGE=\"700\",URI=\"/c.mp4\"\n#EXTINF:6,\nfifth\n"));

  const auto from = [&](std::string_view segment) {
    const auto link = text.substr(text.find("%2F" + std::string(segment)));
    const auto note = sdk::PercentDecode(sdk::QueryParam(link.substr(0, link.find('\n')), "n").value_or(""));
    return sdk::InitNote::Unpack(*note).value_or(sdk::InitNote{.url = "none"});
  };
  EXPECT_EQ(from("first").url, "none");
  EXPECT_EQ(from("second"), (sdk::InitNote{.url = "https://origin.example/show/a/init.mp4"}));
  EXPECT_EQ(from("third"), from("second"));
  EXPECT_EQ(from("fourth"), (sdk::InitNote{.url = "https://origin.example/b.mp4", .offset = 100, .length = 800}));
  EXPECT_EQ(from("fifth"), (sdk::InitNote{.url = "https://origin.example/c.mp4", .offset = 0, .length = 700}));
}

TEST(HlsDecryptedTest, PartsAndHintsSayItToo) {
  const auto text =
      TextOf(Decrypted("#EXTM3U\n#EXT-X-MAP:URI=\"i.mp4\"\n#EXT-X-PART:DURATION=1,URI=\"p1\"\n"
                       "#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"p2\"\n"));

  EXPECT_EQ(InitOf(text).url, "https://origin.example/show/i.mp4");
  EXPECT_EQ(InitOf(text, "#EXT-X-PRELOAD-HINT").url, "https://origin.example/show/i.mp4");
}

TEST(HlsDecryptedTest, VariablesAreExpandedInIt) {
  const auto text =
      TextOf(Decrypted("#EXTM3U\n#EXT-X-DEFINE:NAME=\"v\",VALUE=\"x\"\n#EXT-X-MAP:URI=\"{$v}.mp4\"\n#EXTINF:6,\ns\n"));

  EXPECT_EQ(InitOf(text).url, "https://origin.example/show/x.mp4");
}

TEST(HlsDecryptedTest, KeysOfWhatIsDecryptedAreLeftOut) {
  const auto text =
      TextOf(Decrypted("#EXTM3U\n#EXT-X-KEY:METHOD=SAMPLE-AES-CTR,KEYFORMAT=\"x\",URI=\"data:,\"\r\n"
                       "#EXT-X-SESSION-KEY:METHOD=SAMPLE-AES,URI=\"skd://k\"\n"
                       "#EXT-X-KEY:METHOD=NONE\n#EXT-X-KEY:METHOD=AES-128,URI=\"k\"\nend\n"));

  EXPECT_THAT(text,
              ::testing::StartsWith("#EXTM3U\n\r\n\n#EXT-X-KEY:METHOD=NONE\n#EXT-X-KEY:METHOD=AES-128,URI=\"/go/"));
}

TEST(HlsDecryptedTest, WithoutTheOptionNothingOfIt) {
  const std::string playlist =
      "#EXTM3U\n#EXT-X-KEY:METHOD=SAMPLE-AES,URI=\"skd://k\"\n#EXT-X-MAP:URI=\"i\"\n#EXTINF:6,\ns\n";
  const auto text = TextOf(Rewrite(playlist));

  EXPECT_THAT(text, HasSubstr("skd://k"));
  EXPECT_EQ(NoteIn(text, "segment"), "");
  EXPECT_EQ(TextOf(Rewrite(playlist, {{"/decrypted", true}, {"/mode", "keys"}})),
            "error: /decrypted: want mode proxy: what passes elsewhere is not decrypted");
}

}  // namespace
}  // namespace sluice::plugins::hls
