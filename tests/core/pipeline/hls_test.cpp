// SPDX-License-Identifier: MIT
// The HLS rewriter in a pipeline, as viewers meet it: what it writes into links comes back, what players add reaches
// the upstream, and bad playlists are answered as such.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/core/pipeline/hls_fixture.hpp"

namespace sluice::pipeline::testing {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

TEST_F(HlsTest, AVariableOfTheMultivariantPlaylistReachesTheSegments) {
  files_["/m.m3u8"] =
      "#EXTM3U\n#EXT-X-DEFINE:QUERYPARAM=\"t\"\n#EXT-X-DEFINE:NAME=\"dir\",VALUE=\"4k\"\n"
      "#EXT-X-STREAM-INF:BANDWIDTH=1\nv/i.m3u8\n";
  files_["/v/i.m3u8"] =
      "#EXTM3U\n#EXT-X-DEFINE:IMPORT=\"dir\"\n#EXT-X-DEFINE:IMPORT=\"t\"\n#EXTINF:6,\n{$dir}/s.ts?t={$t}\n";
  files_["/v/4k/s.ts"] = "segment";
  Serve("/m.m3u8?t=s3cret");

  const auto master = Play("/").body;
  const auto media = Play(LinkIn(master)).body;

  EXPECT_EQ(Play(LinkIn(media)).body, "segment");
  EXPECT_EQ(AskedFor().back(), "/v/4k/s.ts?t=s3cret");
  EXPECT_THAT(master + media, Not(HasSubstr("s3cret")));
}

TEST_F(HlsTest, DirectivesReachTheOriginAndNoLink) {
  files_["/m.m3u8"] = "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nlive.m3u8?t=%2F1\n";
  files_["/live.m3u8"] =
      "#EXTM3U\n#EXT-X-PART:DURATION=1,URI=\"p.mp4\"\n#EXT-X-RENDITION-REPORT:URI=\"live.m3u8?t=%2F1\",LAST-MSN=1\n";
  Serve("/m.m3u8");
  const auto link = LinkIn(Play("/").body);

  const auto plain = Play(link).body;
  const auto asked = Play(link + "?_HLS_msn=7&_HLS_part=2&_HLS_skip=YES&other=1").body;

  EXPECT_EQ(AskedFor().back(), "/live.m3u8?t=%2F1&_HLS_msn=7&_HLS_part=2&_HLS_skip=YES");
  EXPECT_EQ(asked, plain) << "links are the same whatever a playlist was asked for with";
  EXPECT_EQ(LinkIn(plain, 1), link) << "a rendition report names what the multivariant playlist was rewritten to";
}

TEST_F(HlsTest, APlaylistWithoutALinkIsAskedForWithDirectivesToo) {
  files_["/live.m3u8"] = "#EXTM3U\n";
  Serve("/live.m3u8?_HLS_msn=1&k=v");

  EXPECT_EQ(Play("/?_HLS_msn=2").status, 200);

  EXPECT_EQ(AskedFor().back(), "/live.m3u8?k=v&_HLS_msn=2");
}

TEST_F(HlsTest, ABlockedReloadOutlastsTheTimeoutsOfTheFetchStep) {
  files_["/blocked.m3u8"] = "#EXTM3U\n#EXTINF:1,\nnew.ts\n";
  config::FetchStep how;
  how.read_timeout = milliseconds(200);
  Serve("/blocked.m3u8", how, milliseconds(300));
  const auto link = Link({.url = origin_.Url("/blocked.m3u8"), .kind = sdk::LinkKind::kManifest});

  auto blocked = Send(link + "?_HLS_msn=7");
  ASSERT_TRUE(Eventually([&] { return origin_.requests().size() == 1; }));
  EXPECT_TRUE(Eventually([&] { return server_.parked() == 1; })) << "it holds no worker";
  EXPECT_EQ(Play(link).status, 504) << "by now the step's time is over";
  gate_.Open();

  const auto reply = blocked.Read();
  EXPECT_EQ(reply.status, 200);
  EXPECT_THAT(reply.body, StartsWith("#EXTM3U\n#EXTINF:1,\n/~/"));
}

/// A part that is recorded in two pieces, each when its gate is opened.
class PartOrigin {
 public:
  ~PartOrigin() {
    first_.Open();
    second_.Open();
  }
  std::string Url(const std::string& path) const { return origin_.url() + path; }
  void RecordFirst() { first_.Open(); }
  void RecordSecond() { second_.Open(); }

 private:
  void Serve(fakes::FaultyOrigin::Peer& peer) {
    const auto head = peer.ReadHead();
    if (head.starts_with("GET /live.m3u8 ")) {
      peer.Send(
          Answered("200 OK", "Connection: close\r\n", "#EXTM3U\n#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"7.1.mp4\"\n"));
      return;
    }
    first_.Wait();
    const std::string type = head.starts_with("GET /typed") ? "Content-Type: video/mp4\r\n" : "";
    peer.Send("HTTP/1.1 200 OK\r\n" + type + "Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n5\r\nfirst\r\n");
    second_.Wait();
    peer.Send("6\r\nsecond\r\n0\r\n\r\n");
  }

  Gate first_;
  Gate second_;
  fakes::FaultyOrigin origin_{[this](fakes::FaultyOrigin::Peer& peer) { Serve(peer); }};
};

TEST_F(HlsTest, APartThatIsBeingRecordedComesPieceByPiece) {
  PartOrigin origin;
  config::FetchStep how;
  how.read_timeout = milliseconds(200);
  auto fetch = Fetch(how);
  fetch.config.deadline = milliseconds(300);
  Add({Resolve(ResolverTo({.url = origin.Url("/live.m3u8")})), std::move(fetch), Rewrite({Hls()})});
  Use();
  const auto hinted = LinkIn(Play("/").body);
  const auto segment = Link({.url = origin.Url("/typed.mp4"), .kind = sdk::LinkKind::kSegment});
  const auto reads = [](RawClient& client, const std::string& end) {
    std::string text;
    while (text.find(end) == std::string::npos) {
      const auto some = client.ReadSome();
      if (some.empty()) return text + " and no more";
      text += some;
    }
    return text;
  };

  auto held = Send(hinted);
  EXPECT_EQ(Play(segment).status, 504) << "by now the step's time is over";
  origin.RecordFirst();
  const auto first = reads(held, "first\r\n");
  const auto cut = Play(segment);
  EXPECT_EQ(cut.status, 200);
  EXPECT_FALSE(cut.complete) << "by now the step's time between two reads is over";
  origin.RecordSecond();
  const auto second = reads(held, "0\r\n\r\n");

  EXPECT_THAT(first, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(first, Not(HasSubstr("Content-Length")));
  EXPECT_EQ(second, "6\r\nsecond\r\n0\r\n\r\n");
}

TEST_F(HlsTest, ViewersWhoWaitForTheSamePartMakeOneRequest) {
  files_["/blocked.m3u8"] = "#EXTM3U\n#EXTINF:1,\nnew.ts\n";
  Serve("/blocked.m3u8");
  const auto link = Link({.url = origin_.Url("/blocked.m3u8"), .kind = sdk::LinkKind::kManifest});
  std::vector<RawClient> viewers;
  for (int i = 0; i < 6; ++i) viewers.push_back(Send(link + (i < 5 ? "?_HLS_msn=7" : "?_HLS_msn=8")));
  ASSERT_TRUE(Eventually([&] { return server_.parked() == 6; })) << "nobody holds a worker";
  gate_.Open();

  for (auto& viewer : viewers) EXPECT_THAT(viewer.Read().body, StartsWith("#EXTM3U\n#EXTINF:1,\n/~/"));
  EXPECT_EQ(origin_.requests().size(), 2U);
}

TEST_F(HlsTest, AClonedPathwayComesBackThroughTheGateway) {
  Origin clone([](const Origin::Request& request) {
    return Answered("200 OK", "", "#EXTM3U\n#EXTINF:6,\n" + PathOf(request) + "\n");
  });
  const auto host = clone.Url("").substr(7);
  files_["/m.m3u8"] =
      "#EXTM3U\n#EXT-X-CONTENT-STEERING:SERVER-URI=\"steer\"\n#EXT-X-STREAM-INF:BANDWIDTH=1\nv.m3u8?t=1\n";
  files_["/steer"] =
      json{{"VERSION", 1},
           {"PATHWAY-CLONES",
            {{{"BASE-ID", "."}, {"ID", "c"}, {"URI-REPLACEMENT", {{"HOST", host}, {"PARAMS", {{"t", "2"}}}}}}}}}
          .dump();
  Serve("/m.m3u8");
  const auto master = Play("/").body;

  const auto steering = Play(LinkIn(master, 0) + "?_HLS_pathway=.");
  ASSERT_EQ(steering.status, 200) << steering.body;
  EXPECT_EQ(AskedFor().back(), "/steer?_HLS_pathway=.");
  EXPECT_THAT(steering.body, Not(HasSubstr(host)));
  const auto replacement = json::parse(steering.body)["PATHWAY-CLONES"][0]["URI-REPLACEMENT"];
  ASSERT_EQ(replacement["PARAMS"].size(), 1U);
  const auto param = replacement["PARAMS"].items().begin();
  const auto variant = LinkIn(master, 1) + "?" + param.key() + "=" + param.value().get<std::string>();

  const auto media = Play(variant).body;
  Play(variant + "&_HLS_msn=3");

  EXPECT_THAT(media, StartsWith("#EXTM3U\n#EXTINF:6,\n/~/"));
  ASSERT_EQ(clone.requests().size(), 2U);
  EXPECT_EQ(PathOf(clone.requests()[0]), "/v.m3u8?t=2");
  EXPECT_EQ(PathOf(clone.requests()[1]), "/v.m3u8?t=2&_HLS_msn=3");
  EXPECT_EQ(Play(LinkIn(master, 1) + "?" + param.key() + "=x").status, 404);
}

TEST_F(HlsTest, TheAssetsOfAListComeBackThroughTheGateway) {
  files_["/live.m3u8"] = "#EXTM3U\n#EXT-X-DATERANGE:ID=\"1\",X-ASSET-LIST=\"ads/list?u=1\"\n";
  files_["/ads/list"] = R"({"ASSETS": [{"URI": "1.m3u8", "DURATION": 5}]})";
  files_["/ads/1.m3u8"] = "#EXTM3U\n#EXTINF:5,\nad.ts\n";
  Serve("/live.m3u8");

  const auto list = Play(LinkIn(Play("/").body) + "?_HLS_primary_id=9&_HLS_start_offset=2");
  EXPECT_EQ(AskedFor().back(), "/ads/list?u=1&_HLS_primary_id=9&_HLS_start_offset=2");
  const auto asset = Play(LinkIn(list.body) + "?_HLS_primary_id=9");

  EXPECT_THAT(asset.body, StartsWith("#EXTM3U\n#EXTINF:5,\n/~/"));
  EXPECT_EQ(AskedFor().back(), "/ads/1.m3u8?_HLS_primary_id=9");
}

TEST_F(HlsTest, WhatIsNoPlaylistIsABadAnswerOfANamedUpstream) {
  files_["/m.m3u8"] = "<!DOCTYPE html><title>Just a moment...</title>";
  Serve("/m.m3u8");

  const auto reply = Play("/");

  EXPECT_EQ(reply.status, 502);
  EXPECT_THAT(reply.body, HasSubstr("\"code\":\"upstream_failed\""));
  EXPECT_THAT(reply.body, HasSubstr("upstream: not a playlist: the body is HTML or XML"));
  EXPECT_THAT(reply.body, Not(HasSubstr("127.0.0.1")));
  EXPECT_THAT(log(), ::testing::Contains(HasSubstr("\"upstream\":\"" + origin_.Url("").substr(7) + "\"")));
}

TEST_F(HlsTest, OnlySixteenOctetsAreAKey) {
  const std::string key("\0\1\xff<key of 16 oct", 16);
  const auto text = [](std::string_view uri, std::string_view more = {}) {
    return "#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI=\"" + std::string(uri) + "\"" + std::string(more) +
           "\n#EXTINF:6,\ns.ts\n";
  };
  files_["/key"] = key;
  files_["/short"] = key.substr(1);
  files_["/hex"] = "00112233445566778899aabbccddeeff\n";
  files_["/page"] = "<!DOCTYPE html><title>Log in</title>";
  files_["/empty"] = "";
  files_["/licence"] = "a key system hands out what it likes";

  for (const auto* const path : {"/key", "/short", "/hex", "/page", "/empty", "/none", "/licence"}) {
    files_["/m.m3u8"] = text(path, std::string_view(path) == "/licence" ? ",KEYFORMAT=\"org.w3.clearkey\"" : "");
    Serve("/m.m3u8");
    const auto link = LinkIn(Play("/").body);

    const auto reply = Play(link);

    if (std::string_view(path) == "/key" || std::string_view(path) == "/licence") {
      EXPECT_EQ(reply.status, 200) << path;
      EXPECT_EQ(reply.body, files_[path]);
    } else if (std::string_view(path) == "/none") {
      EXPECT_EQ(reply.status, 404) << "an error says what it is";
    } else {
      EXPECT_EQ(reply.status, 502) << path;
      EXPECT_THAT(reply.body, HasSubstr("\"code\":\"upstream_failed\""));
      EXPECT_THAT(reply.body, HasSubstr("upstream: no key of 16 octets: " + std::to_string(files_[path].size())));
      EXPECT_THAT(reply.body, Not(HasSubstr("127.0.0.1")));
      EXPECT_THAT(log(),
                  ::testing::Contains(AllOf(HasSubstr("\"upstream\":\"" + origin_.Url("").substr(7) + "\""),
                                            HasSubstr("no key of 16 octets: " + std::to_string(files_[path].size())))));
    }
  }
}

TEST_F(HlsTest, AKeyMayComeInEveryWay) {
  const std::string key = "sixteen octets..";
  std::string answer;
  Origin origin([&](const Origin::Request&) { return answer; });
  Add({Resolve(ResolverTo({.url = origin.Url("/m.m3u8")})), Fetch(), Rewrite({Hls()})});
  Use();
  const auto link = Link({.url = origin.Url("/key"), .kind = sdk::LinkKind::kKey});
  const auto status_of = [&](std::string of, const std::string& fields = {}) {
    answer = std::move(of);
    return Play(link, fields).status;
  };
  const std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  const auto part = [](std::string_view range, std::string_view body) {
    return Answered("206 Partial Content", "Content-Range: bytes " + std::string(range) + "\r\n", body);
  };

  EXPECT_EQ(status_of(chunked + "8\r\nsixteen \r\n8\r\noctets..\r\n0\r\n\r\n"), 200);
  EXPECT_EQ(status_of(chunked + "7\r\nsixteen\r\n0\r\n\r\n"), 502);
  EXPECT_EQ(status_of(Answered("200 OK", "Content-Encoding: gzip\r\n", Gzip(key))), 200);
  EXPECT_EQ(status_of(Answered("200 OK", "Content-Encoding: gzip\r\n", Gzip(key + key))), 502);
  EXPECT_EQ(status_of(Answered("200 OK", "Content-Encoding: gzip\r\n", key)), 502) << "it is no gzip";
  // FFmpeg asks for keys so.
  EXPECT_EQ(status_of(part("0-15/16", key), "Range: bytes=0-\r\n"), 206);
  EXPECT_EQ(status_of(part("0-16/17", key + "."), "Range: bytes=0-\r\n"), 502);
  EXPECT_EQ(status_of(part("0-3/16", "sixt"), "Range: bytes=0-3\r\n"), 206);
  EXPECT_EQ(status_of(Answered("200 OK", "", key), "Range: bytes=0-\r\n"), 200);
  EXPECT_EQ(status_of(chunked + "11\r\nseventeen octets!\r\n0\r\n\r\n", "Range: bytes=0-\r\n"), 502);
}

TEST_F(HlsTest, APlaylistThatBreaksOffIsABadAnswer) {
  Origin origin(
      "HTTP/1.1 200 OK\r\nContent-Type: application/vnd.apple.mpegurl\r\nContent-Length: "
      "1000\r\n\r\n#EXTM3U\n#EXTINF:6,\n");
  Add({Resolve(ResolverTo({.url = origin.Url("/m.m3u8")})), Fetch(), Rewrite({Hls()})});
  Use();

  EXPECT_EQ(Play("/").status, 502);
}

TEST_F(HlsTest, LinesOfTenMegabytesAndPlaylistsOfFiftyAreRefused) {
  files_["/line.m3u8"] = "#EXTM3U\n#EXTINF:6,\n" + std::string(10'000'000, 'a') + "\n";
  files_["/long.m3u8"] = "#EXTM3U\n" + std::string(50'000'000, '\n');
  Add("line", {.path = "/line"},
      {Resolve(ResolverTo({.url = origin_.Url("/line.m3u8")})), Fetch(), Rewrite({Hls()}, 16U << 20U)});
  Add("long", {.path = "/long"},
      {Resolve(ResolverTo({.url = origin_.Url("/long.m3u8")})), Fetch(), Rewrite({Hls()}, 16U << 20U)});
  Use();

  const auto line = Play("/line");
  const auto longer = Play("/long");

  EXPECT_EQ(line.status, 502);
  EXPECT_THAT(line.body, HasSubstr("playlist line 3: longer than 1048576 octets"));
  EXPECT_EQ(longer.status, 502);
  EXPECT_THAT(longer.body, HasSubstr("larger than max_size (16777216 octets)"));
}

}  // namespace
}  // namespace sluice::pipeline::testing
