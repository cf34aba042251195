// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include "tests/core/pipeline/rewrite_fixture.hpp"

namespace sluice::pipeline::testing {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class RewriteTest : public RewriteFixture {};

TEST_F(RewriteTest, ReplacesAManifestAndAnnouncesItsNewLength) {
  Origin origin(Answered("200 OK", "Content-Type: application/x-list\r\nCache-Control: max-age=2\r\n", "a.ts\n"));
  RewriteFrom(origin, "/dir/list", {Lister(ByType())});

  const auto& answer = Get("/");

  EXPECT_EQ(answer.status(), 200);
  EXPECT_EQ(answer.body(), "application/x-list " + origin.Url("/dir/list") + "\na.ts\n");
  EXPECT_EQ(answer.Header("Content-Length"), std::to_string(answer.body().size()));
  EXPECT_EQ(answer.Header("Content-Type"), "text/rewritten");
  EXPECT_EQ(answer.Header("Cache-Control"), "max-age=2");
  EXPECT_TRUE(answer.finished());
}

TEST_F(RewriteTest, TakesTheUrlAfterRedirectsAsBase) {
  Origin origin([&](const Origin::Request& request) {
    return request.line.starts_with("GET /a ") ? Answered("302 Found", "Location: /other/b\r\n", "")
                                               : Answered("200 OK", "Content-Type: application/x-list\r\n", "x");
  });
  RewriteFrom(origin, "/a", {Lister(ByType())});

  EXPECT_EQ(Get("/").body(), "application/x-list " + origin.Url("/other/b") + "\nx");
}

TEST_F(RewriteTest, DropsWhatDoesNotHoldOfTheNewBody) {
  Origin origin(Answered("200 OK",
                         "Content-Type: application/x-list\r\nETag: \"e\"\r\nAccept-Ranges: bytes\r\n"
                         "Last-Modified: Wed, 01 Jan 2025 00:00:00 GMT\r\nContent-MD5: abc\r\nSet-Cookie: a=b\r\n",
                         "x"));
  RewriteFrom(origin, "/a", {Lister(ByType())});

  const auto& answer = Get("/");

  for (const auto* field : {"ETag", "Last-Modified", "Accept-Ranges", "Content-MD5", "Set-Cookie"}) {
    EXPECT_FALSE(answer.Has(field)) << field;
  }
}

TEST_F(RewriteTest, LeavesAloneWhatNobodyAccepts) {
  Origin origin(Answered("200 OK", "Content-Type: video/mp4\r\nETag: \"e\"\r\n", "LIST in a film"));
  RewriteFrom(origin, "/film.mp4", {Lister(ByFirstBytes())});

  const auto& answer = Get("/");

  EXPECT_EQ(answer.body(), "LIST in a film") << "a type that says what it is needs no look inside";
  EXPECT_EQ(answer.Header("ETag"), "\"e\"");
  EXPECT_EQ(answer.Header("Content-Length"), "14");
}

TEST_F(RewriteTest, LooksInsideWhereTheTypeSaysNothing) {
  for (const auto* type : {"", "Content-Type: text/plain; charset=utf-8\r\n",
                           "Content-Type: Application/Octet-Stream\r\n", "Content-Type: text/html\r\n"}) {
    Origin origin(Answered("200 OK", type, "LIST\nx"));
    pipelines_.clear();
    RewriteFrom(origin, "/a", {Lister(ByFirstBytes())});

    EXPECT_EQ(Get("/").Header("Content-Type"), "text/rewritten") << type;
    EXPECT_THAT(Get("/").body(), HasSubstr("\nLIST\nx"));
  }
}

TEST_F(RewriteTest, WhatWasLookedAtIsNotLost) {
  const std::string film = "FILM" + std::string(5000, 'x') + "end";
  Origin origin(Answered("200 OK", "Content-Type: application/octet-stream\r\n", film));
  RewriteFrom(origin, "/a", {Lister(ByFirstBytes())});

  const auto& answer = Get("/");

  EXPECT_EQ(answer.body(), film);
  EXPECT_EQ(answer.Header("Content-Length"), std::to_string(film.size()));
  EXPECT_TRUE(answer.finished());
}

TEST_F(RewriteTest, TheFirstRewriterThatAcceptsRewrites) {
  Origin origin(Answered("200 OK", "Content-Type: application/x-list\r\n", "x"));
  RewriteFrom(origin, "/a.mpd",
              {Lister(ByPath("m3u8"), "one"), Lister(ByPath("mpd"), "two"), Lister(ByType(), "three")});

  EXPECT_EQ(Get("/").Header("Content-Type"), "two");
}

TEST_F(RewriteTest, NeverAsksForAPartOfAManifestByName) {
  Origin origin(Answered("200 OK", "Content-Type: application/x-list\r\n", "x"));
  for (const auto* path : {"/a.m3u8", "/a.M3U8?x=1", "/a.m3u", "/a.mpd"}) {
    pipelines_.clear();
    RewriteFrom(origin, path, {Lister(ByType())});

    Get("/", {{"Range", "bytes=0-"}, {"If-Range", "x"}, {"If-None-Match", "x"}, {"If-Modified-Since", "x"}});

    for (const auto* field : {"range", "if-range", "if-none-match", "if-modified-since"}) {
      EXPECT_FALSE(origin.last().Has(field)) << path << " " << field;
    }
  }
}

TEST_F(RewriteTest, NeverAsksForAPartOfAManifestByLink) {
  Origin origin(Answered("200 OK", "Content-Type: application/x-list\r\n", "x"));
  RewriteFrom(origin, "/a", {Lister(ByType())});

  Ask({.target = Link({.url = origin.Url("/live"), .kind = sdk::LinkKind::kManifest}),
       .headers = {{"Range", "bytes=0-"}}});
  EXPECT_FALSE(origin.last().Has("range"));

  Ask({.target = Link({.url = origin.Url("/seg"), .kind = sdk::LinkKind::kSegment}),
       .headers = {{"Range", "bytes=0-"}}});
  EXPECT_TRUE(origin.last().Has("range"));
}

TEST_F(RewriteTest, APartThatTurnsOutToBeAManifestIsFetchedWhole) {
  Origin origin([](const Origin::Request& request) {
    return request.Has("range") ? Answered("206 Partial Content",
                                           "Content-Type: application/x-list\r\nContent-Range: bytes 0-0/2\r\n", "x")
                                : Answered("200 OK", "Content-Type: application/x-list\r\n", "xy");
  });
  RewriteFrom(origin, "/a", {Lister(ByType())});

  const auto& answer = Get("/", {{"Range", "bytes=0-0"}});

  EXPECT_EQ(answer.status(), 200);
  EXPECT_THAT(answer.body(), HasSubstr("\nxy"));
  EXPECT_FALSE(answer.Has("Content-Range"));
  EXPECT_EQ(origin.requests().size(), 2U);
}

TEST_F(RewriteTest, APartThatNobodyAskedForIsABadGateway) {
  Origin origin(Answered("206 Partial Content", "Content-Type: application/x-list\r\nContent-Range: bytes 0-0/2\r\n",
                         "http://origin.example/secret.ts"));
  RewriteFrom(origin, "/a", {Lister(ByType())});

  const auto& answer = Get("/");

  EXPECT_EQ(answer.status(), 502);
  EXPECT_THAT(answer.body(), Not(HasSubstr("secret.ts")));
}

TEST_F(RewriteTest, BodiesOfErrorsPassUntouched) {
  for (const auto& [line, status] : {std::pair{"404 Not Found", 404}, {"500 Oops", 500}, {"403 No", 403}}) {
    Origin origin(Answered(line, "Content-Type: application/x-list\r\n", "sorry"));
    pipelines_.clear();
    RewriteFrom(origin, "/a.m3u8", {Lister(ByType())});

    const auto& answer = Get("/");

    EXPECT_EQ(answer.status(), status);
    EXPECT_EQ(answer.body(), "sorry");
  }
}

TEST_F(RewriteTest, UndoesGzipAndDeflate) {
  const std::string text(100'000, 'x');
  for (const auto& [name, packed] : {std::pair{"gzip", Gzip(text)},
                                     {"X-GZIP", Gzip(text.substr(0, 7)) + Gzip(text.substr(7))},
                                     {"deflate", Zlib(text)},
                                     {"identity", text}}) {
    Origin origin(Answered(
        "200 OK", "Content-Type: application/x-list\r\nContent-Encoding: " + std::string(name) + "\r\n", packed));
    pipelines_.clear();
    RewriteFrom(origin, "/a", {Lister(ByType())});

    const auto& answer = Get("/");

    EXPECT_THAT(answer.body(), HasSubstr("\n" + text)) << name;
    EXPECT_FALSE(answer.Has("Content-Encoding")) << name;
  }
}

TEST_F(RewriteTest, ABrokenContentCodingIsABadGateway) {
  const auto gzip = Gzip("a list of many links");
  auto damaged = gzip;
  damaged[15] = static_cast<char>(damaged[15] ^ 0x55);
  const auto zlib = Zlib("a list of many links");
  for (const auto& [name, packed] : {std::pair<std::string, std::string>{"gzip", "not packed"},
                                     {"gzip", damaged},
                                     {"gzip", gzip.substr(0, gzip.size() - 9)},
                                     {"gzip", gzip.substr(0, gzip.size() - 3)},
                                     {"gzip", gzip + "x"},
                                     {"deflate", zlib + zlib},
                                     {"gzip", ""},
                                     {"deflate", zlib.substr(0, zlib.size() - 5)},
                                     {"deflate", zlib.substr(0, zlib.size() - 1)},
                                     {"br", "\x8b\x02\x80x\x03"},
                                     {"gzip, br", gzip}}) {
    Origin origin(Answered("200 OK", "Content-Type: application/x-list\r\nContent-Encoding: " + name + "\r\n", packed));
    pipelines_.clear();
    RewriteFrom(origin, "/a", {Lister(ByType())});

    const auto& answer = Get("/");

    EXPECT_EQ(answer.status(), 502) << name << " of " << packed.size();
    EXPECT_THAT(answer.body(), HasSubstr("content coding"));
  }
}

TEST_F(RewriteTest, AManifestThatIsTooLargeIsABadGateway) {
  for (const auto& [fields, body] :
       {std::pair<std::string, std::string>{"", std::string(101, 'x')},
        {"Content-Encoding: gzip\r\n", Gzip(std::string(50'000, 'x'))}}) {  // 50,000 octets out of less than 100
    Origin origin(Answered("200 OK", "Content-Type: application/x-list\r\n" + fields, body));
    pipelines_.clear();
    RewriteFrom(origin, "/a", {Lister(ByType())}, 100);

    const auto& answer = Get("/");

    EXPECT_EQ(answer.status(), 502);
    EXPECT_THAT(answer.body(), HasSubstr("larger than max_size (100 octets)"));
  }
  Origin origin(Answered("200 OK", "Content-Type: application/x-list\r\n", std::string(100, 'x')));
  pipelines_.clear();
  RewriteFrom(origin, "/a", {Lister(ByType())}, 100);
  EXPECT_EQ(Get("/").status(), 200);
}

TEST_F(RewriteTest, HeadOfAManifestAnnouncesNoLengthOfTheOldBody) {
  Origin origin(
      "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: application/x-list\r\nContent-Length: 999\r\n"
      "ETag: \"e\"\r\n\r\n");
  RewriteFrom(origin, "/a", {Lister(ByType())});

  const auto& answer = Ask({.method = "HEAD"});

  EXPECT_EQ(answer.status(), 200);
  EXPECT_FALSE(answer.Has("Content-Length"));
  EXPECT_FALSE(answer.Has("ETag"));
  EXPECT_TRUE(answer.finished());
}

TEST_F(RewriteTest, WhatARewriterRefusesIsItsError) {
  Origin origin(Answered("200 OK", "Content-Type: application/x-list\r\n", "x"));
  FakeRewriter rewriter;
  rewriter.accepts = ByType();
  rewriter.rewrite = [](const sdk::Call&, const sdk::Manifest&,
                        sdk::LinkMinter&) -> sdk::Result<sdk::RewrittenManifest> {
    return sdk::Error{.code = sdk::Errc::kUpstreamFailed, .message = "line 3: want a URI"};
  };
  RewriteFrom(origin, "/a", {InstanceOf<sdk::ManifestRewriter>(std::move(rewriter))});

  EXPECT_EQ(Get("/").status(), 502);
  EXPECT_THAT(Get("/").body(), HasSubstr("line 3: want a URI"));
}

TEST_F(RewriteTest, AManifestThatBreaksOffIsABadGateway) {
  Origin origin("HTTP/1.1 200 OK\r\nContent-Type: application/x-list\r\nContent-Length: 100\r\n\r\nhalf");
  RewriteFrom(origin, "/a", {Lister(ByType())});

  const auto& answer = Get("/");

  EXPECT_EQ(answer.status(), 502);
  EXPECT_THAT(answer.body(), Not(HasSubstr("half")));
}

}  // namespace
}  // namespace sluice::pipeline::testing
