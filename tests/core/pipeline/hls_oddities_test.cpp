// SPDX-License-Identifier: MIT
// What upstreams of HLS do in the wild that is no matter of the playlist's text: golden files show that.
#include <gmock/gmock.h>

#include <set>

#include "tests/core/pipeline/hls_fixture.hpp"

namespace sluice::pipeline::testing {
namespace {

using ::testing::StartsWith;

class HlsOdditiesTest : public HlsTest {};

TEST_F(HlsOdditiesTest, ATransportStreamBehindAnImagesHeadPassesAsItIs) {
  // Players look for the packets themselves: 0x47 every 188 octets.
  std::string segment("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", 16);
  for (int i = 0; i < 1000; ++i) segment += "G" + std::string(187, static_cast<char>(i));
  files_["/m.m3u8"] = "#EXTM3U\n#EXTINF:6,\nseg.png\n";
  for (const std::string type : {"image/png", "text/html", "application/octet-stream"}) {
    Origin images(
        [&](const Origin::Request&) { return Answered("200 OK", "Content-Type: " + type + "\r\n", segment); });
    files_["/m.m3u8"] = "#EXTM3U\n#EXTINF:6,\n" + images.Url("/seg.png") + "\n";
    Serve("/m.m3u8");

    const auto reply = Play(LinkIn(Play("/").body));

    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.Field("Content-Type"), type);
    EXPECT_EQ(reply.body, segment) << type;
  }
}

TEST_F(HlsOdditiesTest, ATokenThatIsGoodForOneRequestIsUsedForOne) {
  std::set<std::string> used;  // by whatever method
  const std::string list = "#EXTM3U\n#EXTINF:6,\ns.ts\n";
  Origin once([&](const Origin::Request& request) {
    if (!used.insert(PathOf(request)).second) return Answered("403 Forbidden", "", "used");
    if (!request.Has("range")) return Answered("200 OK", "", list);
    const auto last = std::to_string(list.size() - 1);
    return Answered("206 Partial Content",
                    "Content-Range: bytes 0-" + last + "/" + std::to_string(list.size()) + "\r\n", list);
  });
  int tokens = 0;
  Origin door([&](const Origin::Request&) {
    return Answered("302 Found", "Location: " + once.Url("/list?token=" + std::to_string(++tokens)) + "\r\n", "");
  });
  Add({Resolve(ResolverTo({.url = door.Url("/live.m3u8")})), Fetch(), Rewrite({Hls()})});
  Use();
  const auto link = Link({.url = door.Url("/live.m3u8"), .kind = sdk::LinkKind::kManifest});

  for (const std::string fields : {"", "Range: bytes=0-\r\n", "If-None-Match: \"e\"\r\n"}) {
    for (const auto& target : {std::string("/"), link}) {
      const auto before = once.requests().size();
      EXPECT_THAT(Play(target, fields).body, StartsWith("#EXTM3U\n#EXTINF:6,\n/~/")) << target << " " << fields;
      ASSERT_EQ(once.requests().size(), before + 1);
      EXPECT_THAT(once.last().line, StartsWith("GET "));
    }
  }
  EXPECT_EQ(door.requests().size(), 6U);
}

TEST_F(HlsOdditiesTest, NoTitlesAreAskedForThatWouldStandInTheMedia) {
  Origin shout([](const Origin::Request& request) {
    if (PathOf(request) == "/m.m3u8") return Answered("200 OK", "", "#EXTM3U\n#EXTINF:-1,Radio\nlive\n");
    return request.Has("icy-metadata") ? Answered("200 OK", "icy-metaint: 4\r\n", "abcd\1StreamTitle='x';")
                                       : Answered("200 OK", "", "abcdefgh");
  });
  Add({Resolve(ResolverTo({.url = shout.Url("/m.m3u8")})), Fetch(), Rewrite({Hls()})});
  Use();

  const auto list = Play("/", "Icy-MetaData: 1\r\n");
  const auto media = Play(LinkIn(list.body), "Icy-MetaData: 1\r\n");

  EXPECT_THAT(list.body, StartsWith("#EXTM3U\n#EXTINF:-1,Radio\n/~/"));
  EXPECT_EQ(media.body, "abcdefgh");
  EXPECT_EQ(media.Field("icy-metaint"), "");
}

TEST_F(HlsOdditiesTest, ASegmentThatComesCompressedSaysSo) {
  const std::string segment(1000, 'G');
  Origin origin([&](const Origin::Request& request) {
    EXPECT_FALSE(request.Has("accept-encoding") && request.head.find("gzip") != std::string::npos) << request.head;
    return PathOf(request) == "/s.ts"
               ? Answered("200 OK", "Content-Encoding: gzip\r\n", Gzip(segment))
               : Answered("200 OK", "Content-Encoding: gzip\r\n", Gzip("#EXTM3U\n#EXTINF:6,\ns.ts\n"));
  });
  Add({Resolve(ResolverTo({.url = origin.Url("/m.m3u8")})), Fetch(), Rewrite({Hls()})});
  Use();

  const auto list = Play("/");
  const auto media = Play(LinkIn(list.body));

  EXPECT_EQ(list.Field("Content-Encoding"), "");
  EXPECT_EQ(media.Field("Content-Encoding"), "gzip");
  EXPECT_EQ(media.body, Gzip(segment));
}

TEST_F(HlsOdditiesTest, EighteenThousandSegmentsAndAThousandRenditions) {
  std::string media = "#EXTM3U\n";
  for (int i = 0; i < 18'000; ++i) media += "#EXTINF:6.006,\nsegment-" + std::to_string(i) + ".ts\n";
  std::string master = "#EXTM3U\n";
  for (int i = 0; i < 600; ++i) {
    const auto number = std::to_string(i);
    master += "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",NAME=\"" + number + "\",URI=\"a" + number + ".m3u8\"\n";
    master += "#EXT-X-STREAM-INF:BANDWIDTH=1,AUDIO=\"a\"\nv" + number + ".m3u8\n";
  }
  files_["/m.m3u8"] = master;
  files_["/v599.m3u8"] = media;
  files_["/segment-17999.ts"] = "the last one";
  Serve("/m.m3u8");

  const auto renditions = Play("/").body;
  const auto segments = Play(LinkIn(renditions, 1199)).body;

  std::set<std::string> links;
  for (const auto& line : Lines(segments)) {
    if (!line.starts_with('#')) links.insert(line);
  }
  EXPECT_EQ(links.size(), 18'000U) << "each has a link of its own";
  EXPECT_EQ(LinkIn(renditions, 1200), "");
  EXPECT_EQ(Play(LinkIn(segments, 17'999)).body, "the last one");
  EXPECT_EQ(AskedFor(), (std::vector<std::string>{"/m.m3u8", "/v599.m3u8", "/segment-17999.ts"}));
}

}  // namespace
}  // namespace sluice::pipeline::testing
