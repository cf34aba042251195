// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include <algorithm>
#include <sluice/sdk/testing/calls.hpp>

#include "core/pipeline/access_log.hpp"
#include "core/pipeline/link_service.hpp"
#include "core/upstream/target.hpp"
#include "tests/core/pipeline/rewrite_fixture.hpp"
#include "tests/fakes/nginx.hpp"

namespace sluice::pipeline::testing {
namespace {

using sdk::testing::TestCall;
using std::chrono::hours;
using std::chrono::seconds;
using ::testing::HasSubstr;

class LinksTest : public RewriteFixture {
 protected:
  state::LinkTarget Open(std::string_view link) const {
    auto opened = state::OpenLink(*secrets_, link, sdk::Seconds(Now()));
    EXPECT_TRUE(opened) << link;
    return opened ? std::move(*opened) : state::LinkTarget();
  }
  static Step LetIn(const std::string& subject, const std::vector<std::string>& scopes = {},
                    sdk::Seconds expires_at = {}) {
    return Authenticate({AuthBy([=](const sdk::Call&, const sdk::Credentials&) -> FakeAuth::Answer {
      return std::optional(sdk::Principal{.subject = subject, .scopes = scopes, .expires_at = expires_at});
    })});
  }
};

TEST_F(LinksTest, ALinkHoldsWhatItsRequestNeeds) {
  Origin origin(Answered("200 OK", "", "seg.ts?sig=%2F~*\n"));
  Add("films", {},
      {LetIn("user:1", {"play"}), Resolve(ResolverTo({.url = origin.Url("/dir/a.m3u8"), .context = "session"})),
       Fetch(), Rewrite({Linker(sdk::LinkKind::kSubtitle)})});

  const auto link = Lines(Get("/?token=t").body()).at(0);

  const auto target = Open(link);
  EXPECT_EQ(target.pipeline, "films");
  EXPECT_EQ(target.subject, "user:1");
  EXPECT_EQ(target.scopes, std::vector<std::string>{"play"});
  EXPECT_EQ(target.context, "session");
  EXPECT_EQ(target.url, origin.Url("/dir/seg.ts?sig=%2F~*"));
  EXPECT_EQ(target.kind, sdk::LinkKind::kSubtitle);
  EXPECT_GE(target.expires_at.time_since_epoch(), Now() + hours(24) - seconds(60));
}

TEST_F(LinksTest, ALinkIsFollowedThroughTheSamePipeline) {
  Origin origin([](const Origin::Request& request) {
    return request.line.starts_with("GET /a.m3u8 ")   ? Answered("200 OK", "", "b.m3u8\n")
           : request.line.starts_with("GET /b.m3u8 ") ? Answered("200 OK", "", "seg.ts\n")
                                                      : Answered("200 OK", "Content-Type: video/mp2t\r\n", "content");
  });
  RewriteFrom(origin, "/a.m3u8", {Linker(sdk::LinkKind::kManifest)});

  const auto media = Lines(Get("/").body()).at(0);
  const auto segment = Lines(Get(media).body()).at(0);

  EXPECT_EQ(Get(segment).body(), "content");
  EXPECT_EQ(origin.last().line, "GET /seg.ts HTTP/1.1");
}

TEST_F(LinksTest, ExpiryStaysTheSameWithinASession) {
  Origin origin(Answered("200 OK", "", "b.m3u8\n"));
  RewriteFrom(origin, "/a.m3u8", {Linker(sdk::LinkKind::kManifest)});
  const auto first = Link({.url = origin.Url("/a.m3u8"), .kind = sdk::LinkKind::kManifest, .ttl = hours(2)});

  const auto next = Lines(Get(first).body()).at(0);

  EXPECT_EQ(Open(next).expires_at, Open(first).expires_at) << "not a day from now, as for a new session";
  EXPECT_EQ(Lines(Get(first).body()).at(0), next);
}

TEST_F(LinksTest, LinkTtlSaysHowLongANewSessionMayLast) {
  Origin origin(Answered("200 OK", "", "b.ts\n"));
  config_.state.link_ttl = hours(3);
  RewriteFrom(origin, "/a.m3u8", {Linker()});

  const auto expires_at = Open(Lines(Get("/").body()).at(0)).expires_at.time_since_epoch();

  EXPECT_GE(expires_at, Now() + hours(3) - seconds(60));
  EXPECT_LE(expires_at, Now() + hours(4));
}

TEST_F(LinksTest, ALinkDoesNotOutliveItsPrincipal) {
  Origin origin(Answered("200 OK", "", "b.m3u8\n"));
  const auto lasts = [&](sdk::Seconds until) {
    pipelines_.clear();
    Add({LetIn("user:1", {}, until), Resolve(ResolverTo({.url = origin.Url("/a.m3u8")})), Fetch(),
         Rewrite({Linker(sdk::LinkKind::kManifest)})});
    const auto link = Lines(Get("/?token=t").body()).at(0);
    EXPECT_EQ(Lines(Get("/?token=t").body()).at(0), link) << "the same on every reload";
    const auto further = Lines(Get(link).body()).at(0);
    EXPECT_EQ(Open(further).expires_at, Open(link).expires_at) << "nor do links that it leads to";
    return Open(link).expires_at;
  };
  const sdk::Seconds now(Now());

  EXPECT_EQ(lasts(now + seconds(601)), now + seconds(601)) << "to the second, not to the hour";
  for (const auto until : {sdk::Seconds(), now + hours(48)}) {
    EXPECT_GE(lasts(until), now + hours(24));
    EXPECT_LE(lasts(until), now + hours(25) + seconds(60));
  }
}

TEST_F(LinksTest, TheFragmentStaysOutside) {
  Origin origin(Answered("200 OK", "", "b.ts#t=10\n"));
  RewriteFrom(origin, "/a.m3u8", {Linker()});

  const auto link = Lines(Get("/").body()).at(0);

  ASSERT_TRUE(link.ends_with("#t=10")) << link;
  EXPECT_EQ(Open(link.substr(0, link.find('#'))).url, origin.Url("/b.ts"));
}

TEST_F(LinksTest, ThePublicUrlStandsInFront) {
  Origin origin(Answered("200 OK", "", "b.ts\n"));
  config_.server.base_url = "https://media.example.com/gw";
  RewriteFrom(origin, "/a.m3u8", {Linker()});

  const auto link = Lines(Get("/").body()).at(0);
  ASSERT_TRUE(link.starts_with("https://media.example.com/gw/~/")) << link;
  const auto path = link.substr(std::string("https://media.example.com").size());

  EXPECT_EQ(Get(path).body(), "b.ts\n") << "as it stands in the playlist";
  EXPECT_EQ(Get(path.substr(3)).body(), "b.ts\n") << "by a proxy that takes /gw away";
  EXPECT_EQ(Get("/other" + path.substr(3)).status(), 200) << "no link: the pipeline's own path";
  EXPECT_EQ(origin.last().line, "GET /a.m3u8 HTTP/1.1");
  EXPECT_EQ(LoggablePath(path, *Use()), "/gw/~/…/segment.ts");
}

TEST_F(LinksTest, ALinkToAStrangerSaysWhereItCameFrom) {
  Origin stranger(Answered("200 OK", "", "c.m3u8\n"));
  Origin origin(
      [&](const Origin::Request&) { return Answered("200 OK", "", "b.m3u8\n" + stranger.Url("/b.m3u8") + "\n"); });
  RewriteFrom(origin, "/a.m3u8", {Linker(sdk::LinkKind::kManifest)});
  const auto home = upstream::OriginOf(origin.Url("/"));

  const auto links = Lines(Get("/").body());
  const auto further = Lines(Get(links.at(1)).body());

  EXPECT_EQ(Open(links.at(0)).home, "");
  EXPECT_EQ(Open(links.at(1)).home, home);
  EXPECT_EQ(Open(further.at(0)).home, home) << "a stranger's links lead no nearer home";
}

TEST_F(LinksTest, OtherSchemesAreNotProxied) {
  Origin origin(Answered("200 OK", "", "data:text/plain,x\nskd://key\n"));
  RewriteFrom(origin, "/a.m3u8", {Linker()});

  EXPECT_EQ(Get("/").body(), "data:text/plain,x\nskd://key\n");
}

TEST_F(LinksTest, OnlyAFilesManifestLeadsToFiles) {
  const fakes::TempFolder folder;
  const auto segment = folder.Write("seg.ts", "content");
  const auto list = folder.Write("a.m3u8", "seg.ts\n");
  Origin origin(Answered("200 OK", "", "file://" + segment.string() + "\n"));
  RewriteFrom(origin, "/a.m3u8", {Linker()});
  EXPECT_EQ(Get("/").body(), "file://" + segment.string() + "\n") << "an origin must not read this machine's files";

  pipelines_.clear();
  Add({Resolve(ResolverTo({.url = "file://" + list.string()})), Fetch(), Rewrite({Linker()})});
  const auto link = Lines(Get("/").body()).at(0);
  ASSERT_TRUE(link.starts_with("/~/")) << link;
  EXPECT_EQ(Get(link).body(), "content");
}

TEST_F(LinksTest, ForgedAndExpiredLinksAreRefused) {
  Add({Say("x")});
  auto forged = Link({});
  forged[10] = forged[10] == 'A' ? 'B' : 'A';

  EXPECT_EQ(Get(forged).status(), 404);
  EXPECT_EQ(Get("/~/").status(), 404);
  EXPECT_EQ(Get("/~/x/y.ts").status(), 404);
  EXPECT_EQ(Get(Link({.ttl = hours(-2)})).status(), 403);
  EXPECT_EQ(Get(Link({.pipeline = "gone"})).status(), 404);
}

TEST_F(LinksTest, APercentEncodedTildeIsTheSameLink) {
  Origin origin(Answered("200 OK", "", "content"));
  Add({Resolve(ResolverTo({.url = origin.Url("/")})), Fetch()});
  const auto link = Link({.url = origin.Url("/seg.ts")});

  EXPECT_EQ(Get("/%7E" + link.substr(2)).body(), "content");
  EXPECT_EQ(Get("/%7e" + link.substr(2)).body(), "content");
  EXPECT_EQ(Get("/%7E/x/y.ts").status(), 404);
}

TEST_F(LinksTest, ALinkComesInByTheDoorsOfItsPipeline) {
  Origin origin(Answered("200 OK", "", "content"));
  Add("p", {.listeners = {"main"}, .hosts = {"a.example"}, .path = "/films/**", .methods = {"GET"}},
      {Resolve(ResolverTo({.url = origin.Url("/")})), Fetch()});
  const auto link = Link({.url = origin.Url("/x")});

  EXPECT_EQ(Ask({.target = link, .host = "a.example"}).status(), 200);
  EXPECT_EQ(Ask({.target = link, .host = "b.example"}).status(), 404);
  EXPECT_EQ(Ask({.target = link, .host = "a.example", .listener = "lan"}).status(), 404);
}

TEST_F(LinksTest, LinksAreForReading) {
  Origin origin("HTTP/1.1 200 OK\r\nContent-Length: 7\r\nConnection: close\r\n\r\n");
  Add({Resolve(ResolverTo({.url = origin.Url("/")})), Fetch()});
  const auto link = Link({.url = origin.Url("/x")});

  const auto& refused = Ask({.method = "POST", .target = link, .body = "x"});
  EXPECT_EQ(refused.status(), 405);
  EXPECT_EQ(refused.Header("Allow"), "GET, HEAD");
  EXPECT_EQ(Ask({.method = "HEAD", .target = link}).Header("Content-Length"), "7");
}

TEST_F(LinksTest, AnEndpointsSourceMayLeadToLinksToo) {
  Origin origin(Answered("200 OK", "", "seg.ts\n"));
  Add({Serve(EndpointBy({{.method = "GET", .path_template = "/play"}},
                        [&](const sdk::Call&, std::size_t, const sdk::RequestHead&, std::string_view,
                            sdk::ResponseWriter&) -> FakeEndpoint::Answer {
                          return std::optional(sdk::Source{.url = origin.Url("/a.m3u8")});
                        })),
       Fetch(), Rewrite({Linker()})});

  EXPECT_EQ(Get(Lines(Get("/play").body()).at(0)).body(), "seg.ts\n");
  EXPECT_EQ(origin.last().line, "GET /seg.ts HTTP/1.1");
}

class LinkedRedirectTest : public LinksTest {
 protected:
  /// A pipeline that mints links and follows no redirects.
  void RewriteUnfollowed(const Origin& origin, std::string_view path, std::vector<std::string> deny = {}) {
    config::FetchStep how;
    how.max_redirects = 0;
    how.response_headers.deny = std::move(deny);
    pipelines_.clear();
    Add({Resolve(ResolverTo({.url = origin.Url(path), .context = "session"})), Fetch(how), Rewrite({Linker()})});
  }
  static std::string MovedTo(const std::string& location) {
    return Answered("302 Found", "Location: " + location + "\r\n", "moved to " + location);
  }
};

TEST_F(LinkedRedirectTest, ARedirectLeadsToALinkAsAManifestDoes) {
  Origin origin(MovedTo("../b.mp4?sig=%2F~*#t=10"));
  config_.server.base_url = "https://media.example.com";
  RewriteUnfollowed(origin, "/dir/film");

  const auto& answer = Get("/");

  EXPECT_EQ(answer.status(), 302);
  EXPECT_EQ(answer.body(), "");
  EXPECT_EQ(answer.Header("Cache-Control"), "no-store") << "it would outlive its link";
  const std::string location(answer.Header("Location"));
  const std::string base = "https://media.example.com";
  ASSERT_TRUE(location.starts_with(base + "/~/")) << location;
  ASSERT_TRUE(location.ends_with("/data.mp4#t=10")) << location;
  const auto target = Open(location.substr(base.size(), location.find('#') - base.size()));
  EXPECT_EQ(target.url, origin.Url("/b.mp4?sig=%2F~*"));
  EXPECT_EQ(target.context, "session");
}

TEST_F(LinkedRedirectTest, ItsLinkIsFollowedThroughTheSamePipelineAndKeepsItsKind) {
  Origin origin([](const Origin::Request& request) {
    return request.line.starts_with("GET /a.m3u8 ")   ? MovedTo("/b")
           : request.line.starts_with("GET /b ")      ? MovedTo("/c.m3u8")
           : request.line.starts_with("GET /c.m3u8 ") ? Answered("200 OK", "", "seg.ts\n")
                                                      : Answered("404 Not Found", "", "");
  });
  RewriteUnfollowed(origin, "/a.m3u8");

  const std::string first(Get("/").Header("Location"));
  EXPECT_EQ(Open(first).kind, sdk::LinkKind::kManifest);
  const std::string second(Get(first).Header("Location"));
  EXPECT_EQ(Open(second).kind, sdk::LinkKind::kManifest);

  EXPECT_EQ(Open(Lines(Get(second).body()).at(0)).url, origin.Url("/seg.ts"));
}

TEST_F(LinkedRedirectTest, ARedirectThatNoLinkLeadsToSaysNothing) {
  for (const auto* location : {"ftp://h/planted", "file:///planted", "javascript:planted"}) {
    Origin origin(MovedTo(location));
    RewriteUnfollowed(origin, "/a");

    const auto& answer = Get("/");

    EXPECT_EQ(answer.status(), 302) << location;
    EXPECT_EQ(answer.body(), "") << location;
    EXPECT_FALSE(answer.Has("Location")) << location;
  }
  Origin origin(MovedTo("/b"));
  RewriteUnfollowed(origin, "/a", {"location"});
  EXPECT_FALSE(Get("/").Has("Location")) << "the policy denies it";
  RewriteUnfollowed(origin, "/a");
  EXPECT_FALSE(Ask({.method = "POST"}).Has("Location")) << "links are for reading";
}

class LinkServiceTest : public LinksTest {
 protected:
  sdk::Result<std::string> Mint(std::string_view pipeline, std::string_view url) {
    return links_.Mint(pipeline, url, sdk::LinkKind::kInit, "context", "user:1", hours(1));
  }
  LinkService links_{*secrets_, [this] { return engine_.snapshot(); }};
};

TEST_F(LinkServiceTest, MintsLinksOfAPipeline) {
  Add({Say("x")});
  config_.server.base_url = "https://media.example.com";
  Use();

  const auto link = Mint("p", "https://origin.example/a?b");

  ASSERT_TRUE(link);
  ASSERT_TRUE(link->starts_with("https://media.example.com/~/"));
  const auto target = Open(link->substr(std::string("https://media.example.com").size()));
  EXPECT_EQ(target.pipeline, "p");
  EXPECT_EQ(target.url, "https://origin.example/a?b");
  EXPECT_EQ(target.kind, sdk::LinkKind::kInit);
  EXPECT_EQ(target.context, "context");
  EXPECT_EQ(target.subject, "user:1");
  EXPECT_EQ(*link, *Mint("p", "https://origin.example/a?b")) << "the same within one expiry bucket";
}

TEST_F(LinkServiceTest, KnowsThePipelinesOfTheSnapshotInUse) {
  EXPECT_EQ(Mint("p", "https://origin.example/").error().code, sdk::Errc::kNotFound) << "there is none yet";
  Add({Say("x")});
  Use();

  EXPECT_TRUE(Mint("p", "https://origin.example/"));
  const auto unknown = Mint("q", "https://origin.example/");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, sdk::Errc::kNotFound);
  EXPECT_THAT(unknown.error().message, HasSubstr("\"q\""));
}

TEST_F(LinkServiceTest, RefusesUrlsThatCannotBeFetched) {
  Add({Say("x")});
  Use();

  for (const auto* url : {"file:///etc/passwd", "ftp://h/", "/relative", "", "https://", "https://a b/"}) {
    const auto link = Mint("p", url);
    ASSERT_FALSE(link) << url;
    EXPECT_EQ(link.error().code, sdk::Errc::kInvalidArgument) << url;
  }
}

}  // namespace
}  // namespace sluice::pipeline::testing
