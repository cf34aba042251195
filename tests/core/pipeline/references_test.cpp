// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include "tests/core/pipeline/rewrite_fixture.hpp"
#include "tests/fakes/nginx.hpp"

namespace sluice::pipeline::testing {
namespace {

using ::testing::HasSubstr;

class ReferencesTest : public RewriteFixture {
 protected:
  /// Answers with what came of fetching `reference`, whose URL is relative to the manifest's.
  static InstancePtr Fetcher(sdk::Reference reference) {
    FakeRewriter rewriter;
    rewriter.accepts = ByPath("m3u8");
    rewriter.rewrite = [reference](const sdk::Call&, const sdk::Manifest& manifest,
                                   sdk::LinkMinter&) -> sdk::Result<sdk::RewrittenManifest> {
      auto asked = reference;
      const auto url = sdk::ResolveReference(manifest.base_url, reference.url);
      asked.url = url;
      const auto got = manifest.references->Fetch(asked);
      if (!got) return got.error();
      return sdk::RewrittenManifest{.text = std::to_string(got->status) + " " + got->body, .content_type = "text/x"};
    };
    return InstanceOf<sdk::ManifestRewriter>(std::move(rewriter));
  }
  /// A resolver that answers for links what `child` says.
  static InstancePtr ResolverWith(sdk::Source source, decltype(FakeResolver::child) child) {
    FakeResolver fake;
    fake.resolve = [source = std::move(source)](const sdk::Call&, const sdk::RequestHead&) { return source; };
    fake.child = std::move(child);
    return InstanceOf<sdk::Resolver>(std::move(fake));
  }
  static std::string Serve(const Origin::Request& request) {
    if (request.line.starts_with("GET /a.m3u8 ")) return Answered("200 OK", "", "list");
    if (request.line.starts_with("GET /moved ")) return Answered("302 Found", "Location: /part\r\n", "");
    return Answered(request.Has("range") ? "206 Partial Content" : "200 OK", "Content-Range: bytes 1-4/9\r\n", "part");
  }
};

TEST_F(ReferencesTest, FetchesAPartAsTheLinkToItWouldBeFetched) {
  Origin origin(Serve);
  sdk::Child asked;
  std::string context;
  Add({Resolve(
           ResolverWith({.url = origin.Url("/a.m3u8"), .context = "session"},
                        [&](const sdk::Child& child) {
                          context = child.context;
                          asked = child;
                          return sdk::Source{.url = std::string(child.url) + "?signed", .headers = {{"X-Key", "k"}}};
                        })),
       Fetch(), Rewrite({Fetcher({.url = "part", .kind = sdk::LinkKind::kInit, .offset = 1, .length = 4})})});

  EXPECT_EQ(Get("/").body(), "206 part");

  EXPECT_EQ(asked.kind, sdk::LinkKind::kInit);
  EXPECT_EQ(context, "session");
  EXPECT_EQ(origin.last().line, "GET /part?signed HTTP/1.1");
  EXPECT_TRUE(origin.last().Has("x-key"));
  EXPECT_THAT(origin.last().head, HasSubstr("\r\nrange: bytes=1-4\r\n"));
}

TEST_F(ReferencesTest, AsksForTheRestOrForTheWhole) {
  Origin origin(Serve);
  RewriteFrom(origin, "/a.m3u8", {Fetcher({.url = "part", .offset = 7})});
  EXPECT_EQ(Get("/").body(), "206 part");
  EXPECT_THAT(origin.last().head, HasSubstr("\r\nrange: bytes=7-\r\n"));

  pipelines_.clear();
  RewriteFrom(origin, "/a.m3u8", {Fetcher({.url = "part"})});
  EXPECT_EQ(Get("/").body(), "200 part");
  EXPECT_FALSE(origin.last().Has("range"));
}

TEST_F(ReferencesTest, TheViewersOwnRangeStaysOut) {
  Origin origin(Serve);
  RewriteFrom(origin, "/a.m3u8", {Fetcher({.url = "part"})});

  Ask({.target = "/", .headers = {{"Range", "bytes=0-1"}, {"If-None-Match", "\"x\""}}});

  EXPECT_FALSE(origin.last().Has("range"));
  EXPECT_FALSE(origin.last().Has("if-none-match"));
}

TEST_F(ReferencesTest, GoesNowhereThatTheResolverRefuses) {
  Origin origin(Serve);
  Add({Resolve(ResolverWith({.url = origin.Url("/a.m3u8")},
                            [](const sdk::Child&) -> sdk::Result<sdk::Source> {
                              return sdk::Error{.code = sdk::Errc::kPermissionDenied, .message = "outside"};
                            })),
       Fetch(), Rewrite({Fetcher({.url = "part"})})});

  EXPECT_EQ(Get("/").status(), 403);
  EXPECT_EQ(origin.requests().size(), 1U);
}

TEST_F(ReferencesTest, AsksTheResolverWhereRedirectsMayLead) {
  Origin origin(Serve);
  std::vector<std::string> asked;
  Add({Resolve(ResolverWith({.url = origin.Url("/a.m3u8")},
                            [&](const sdk::Child& child) {
                              asked.emplace_back(child.url);
                              return sdk::Source{.url = std::string(child.url)};
                            })),
       Fetch(), Rewrite({Fetcher({.url = "moved"})})});

  EXPECT_EQ(Get("/").body(), "200 part");
  EXPECT_EQ(asked, (std::vector<std::string>{origin.Url("/moved"), origin.Url("/part")}));
}

TEST_F(ReferencesTest, ALongerAnswerThanWantedIsABadGateway) {
  Origin origin(Serve);
  RewriteFrom(origin, "/a.m3u8", {Fetcher({.url = "part", .max_bytes = 3})});

  EXPECT_EQ(Get("/").status(), 502);
}

TEST_F(ReferencesTest, OnlyAFilesManifestReadsFiles) {
  const fakes::TempFolder folder;
  const auto part = folder.Write("part", "0123456789");
  const auto list = folder.Write("a.m3u8", "list");
  const auto url = "file://" + part.string();
  Origin origin(Serve);
  RewriteFrom(origin, "/a.m3u8", {Fetcher({.url = url})});
  EXPECT_EQ(Get("/").status(), 403);

  pipelines_.clear();
  Add({Resolve(ResolverTo({.url = "file://" + list.string()})), Fetch(),
       Rewrite({Fetcher({.url = url, .offset = 2, .length = 3})})});
  EXPECT_EQ(Get("/").body(), "206 234");
}

TEST_F(ReferencesTest, AnEndpointsManifestRefersToWhatItSays) {
  Origin origin(Serve);
  Add({pipeline::testing::PipelineTest::Serve(EndpointBy(
           {{.method = "GET", .path_template = "/play"}},
           [&](const sdk::Call&, std::size_t, const sdk::RequestHead&, std::string_view, sdk::ResponseWriter&)
               -> FakeEndpoint::Answer { return std::optional(sdk::Source{.url = origin.Url("/a.m3u8")}); })),
       Fetch(), Rewrite({Fetcher({.url = "part"})})});

  EXPECT_EQ(Get("/play").body(), "200 part");
}

class NotesTest : public RewriteFixture {
 protected:
  /// Each line becomes a link with the note that the line says; the first line of the answer is the note it came by.
  static InstancePtr Noter() {
    FakeRewriter rewriter;
    rewriter.accepts = ByPath("m3u8");
    rewriter.rewrite = [](const sdk::Call&, const sdk::Manifest& manifest,
                          sdk::LinkMinter& links) -> sdk::Result<sdk::RewrittenManifest> {
      sdk::RewrittenManifest out{.text = "note:" + std::string(manifest.note) + "\n", .content_type = "text/links"};
      for (const auto& line : Lines(std::string(manifest.text))) {
        const auto url = sdk::ResolveReference(manifest.base_url, line);
        const auto link = links.Link(
            {.url = url, .kind = sdk::LinkKind::kManifest, .note = line, .is_template = line.find('$') != line.npos});
        if (!link) return link.error();
        out.text += *link + "\n";
      }
      return out;
    };
    return InstanceOf<sdk::ManifestRewriter>(std::move(rewriter));
  }
};

TEST_F(NotesTest, ANoteComesBackWithItsLinkAndGoesNoFurther) {
  Origin origin(Answered("200 OK", "", "a.m3u8\n"));
  RewriteFrom(origin, "/x.m3u8", {Noter()});

  const auto first = Lines(Get("/").body());
  const auto second = Lines(Get(first.at(1)).body());

  EXPECT_EQ(first.at(0), "note:");
  EXPECT_EQ(second.at(0), "note:a.m3u8");
  EXPECT_EQ(second.at(1), first.at(1)) << "the same link, whoever asked";
}

TEST_F(NotesTest, ANoteOutlastsARedirectThatIsNotFollowed) {
  Origin origin([](const Origin::Request& request) {
    return request.line.starts_with("GET /a.m3u8 ") ? Answered("302 Found", "Location: /b.m3u8\r\n", "")
                                                    : Answered("200 OK", "", "a.m3u8\n");
  });
  config::FetchStep how;
  how.max_redirects = 0;
  Add({Resolve(ResolverTo({.url = origin.Url("/x.m3u8")})), Fetch(how), Rewrite({Noter()})});

  const auto link = Lines(Get("/").body()).at(1);
  const std::string location(Get(link).Header("Location"));

  EXPECT_EQ(Lines(Get(location).body()).at(0), "note:a.m3u8");
}

TEST_F(NotesTest, ATemplatesLinkIsFilledInAndFollowedThroughTheSamePipeline) {
  Origin origin(Answered("200 OK", "", "seg-$Number%03d$.m3u8\n"));
  config_.server.base_url = "/a$b";
  RewriteFrom(origin, "/x.m3u8", {Noter()});

  const auto link = Lines(Get("/").body()).at(1);
  ASSERT_TRUE(link.starts_with("/a$$b/~/")) << link;
  ASSERT_TRUE(link.ends_with("/$Number$/manifest.m3u8")) << link;
  const auto stem = link.substr(5, link.size() - 5 - std::string("$Number$/manifest.m3u8").size());

  EXPECT_EQ(Get(stem + "7/manifest.m3u8").status(), 200);
  EXPECT_EQ(origin.last().line, "GET /seg-007.m3u8 HTTP/1.1");
  EXPECT_EQ(Get(stem + "07/manifest.m3u8").status(), 404);
  EXPECT_EQ(Get(stem + "../manifest.m3u8").status(), 404);
}

}  // namespace
}  // namespace sluice::pipeline::testing
