// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include "tests/core/pipeline/pipeline_fixture.hpp"
#include "tests/fakes/nginx.hpp"

namespace sluice::pipeline::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class FetchTest : public PipelineTest {
 protected:
  /// The pipeline fetches `path` of the origin.
  Pipeline& FetchFrom(const Origin& origin, std::string_view path = "/x", std::vector<sdk::Header> headers = {}) {
    return Add({Resolve(ResolverTo({.url = origin.Url(path), .headers = std::move(headers)})), Fetch()});
  }
  /// Lets everybody in who presents something.
  static Step LetIn() {
    return Authenticate({AuthBy([](const sdk::Call&, const sdk::Credentials&) -> FakeAuth::Answer {
      return std::optional(sdk::Principal{.subject = "user:1"});
    })});
  }
};

TEST_F(FetchTest, ForwardsOnlyWhatAnOriginMayKnow) {
  Origin origin(Answered("200 OK", "", "x"));
  FetchFrom(origin);

  Get("/", {{"Accept", "*/*"},
            {"Accept-Language", "en"},
            {"User-Agent", "player/1"},
            {"Range", "bytes=0-3"},
            {"If-None-Match", "\"e\""},
            {"Cookie", "session=secret"},
            {"Referer", "https://gateway.test/~/token/x"},
            {"Authorization", "Bearer secret"},
            {"Proxy-Authorization", "Basic secret"},
            {"X-Forwarded-For", "203.0.113.9"},
            {"Forwarded", "for=203.0.113.9"},
            {"Origin", "https://gateway.test"},
            {"X-Api-Key", "secret"},
            {"Accept-Encoding", "br"},
            {"Host", "gateway.test"}});

  const auto asked = origin.last();
  for (const auto* field : {"accept", "accept-language", "user-agent", "range", "if-none-match", "host"}) {
    EXPECT_TRUE(asked.Has(field)) << field;
  }
  for (const auto* field : {"cookie", "referer", "authorization", "proxy-authorization", "x-forwarded-for", "forwarded",
                            "origin", "x-api-key"}) {
    EXPECT_FALSE(asked.Has(field)) << field;
  }
  EXPECT_THAT(asked.head, Not(HasSubstr("secret")));
  EXPECT_THAT(asked.head, Not(HasSubstr("gateway.test")));
  EXPECT_THAT(asked.head, Not(HasSubstr("br\r\n"))) << "what comes back must be readable";
}

TEST_F(FetchTest, NeverSendsTheCredentialUpstream) {
  Origin origin(Answered("200 OK", "", "x"));
  std::string query;
  Add({LetIn(), Resolve(ResolverBy([&](const sdk::Call&, const sdk::RequestHead& head) {
         query = std::string(head.query);
         return sdk::Source{.url = origin.Url("/x?" + query)};
       })),
       Fetch()});

  Get("/?a=1&token=sesame", {{"Authorization", "Bearer sesame"}, {"Accept", "x/y"}});

  EXPECT_EQ(query, "a=1");
  EXPECT_EQ(origin.last().line, "GET /x?a=1 HTTP/1.1");
  EXPECT_THAT(origin.last().head, Not(HasSubstr("sesame")));
}

TEST_F(FetchTest, TheSourcesFieldsWin) {
  Origin origin(Answered("200 OK", "", "x"));
  FetchFrom(origin, "/x", {{"user-agent", "gateway/1"}, {"Authorization", "Bearer of-the-source"}});

  Get("/", {{"User-Agent", "player/1"}, {"Authorization", "Bearer of-the-viewer"}});

  EXPECT_THAT(origin.last().head, HasSubstr("user-agent: gateway/1\r\n"));
  EXPECT_THAT(origin.last().head, HasSubstr("authorization: bearer of-the-source\r\n"));
  EXPECT_THAT(origin.last().head, Not(HasSubstr("player")));
  EXPECT_THAT(origin.last().head, Not(HasSubstr("of-the-viewer")));
}

TEST_F(FetchTest, RangesAreForwardedAndAnsweredUnlessTurnedOff) {
  Origin origin(Answered("206 Partial Content", "Content-Range: bytes 0-3/10\r\nETag: \"e\"\r\n", "0123"));
  FetchFrom(origin);
  const auto& answer = Get("/", {{"Range", "bytes=0-3"}});

  EXPECT_EQ(answer.status(), 206);
  EXPECT_EQ(answer.body(), "0123");
  EXPECT_EQ(answer.Header("Content-Range"), "bytes 0-3/10");
  EXPECT_EQ(answer.Header("Content-Length"), "4");
  EXPECT_EQ(answer.Header("ETag"), "\"e\"");

  pipelines_.clear();
  config::FetchStep whole;
  whole.ranges = false;
  Add({Resolve(ResolverTo({.url = origin.Url("/x")})), Fetch(whole)});
  Get("/", {{"Range", "bytes=0-3"}, {"If-Range", "\"e\""}, {"If-None-Match", "\"e\""}});
  EXPECT_FALSE(origin.last().Has("range"));
  EXPECT_FALSE(origin.last().Has("if-range"));
  EXPECT_FALSE(origin.last().Has("if-none-match"));

  pipelines_.clear();
  Add({Resolve(ResolverTo({.url = origin.Url("/x"), .ranges = false})), Fetch()});
  Get("/", {{"Range", "bytes=0-3"}});
  EXPECT_FALSE(origin.last().Has("range"));
}

TEST_F(FetchTest, OnlyFieldsOfTheContentReachTheViewer) {
  Origin origin(Answered("200 OK",
                         "Content-Type: video/mp4\r\nCache-Control: max-age=60\r\nVary: Accept\r\n"
                         "Access-Control-Allow-Origin: *\r\nLast-Modified: Wed, 01 Jan 2025 00:00:00 GMT\r\n"
                         "Set-Cookie: a=b\r\nServer: origin/1\r\nX-Powered-By: x\r\nVia: 1.1 cdn\r\n"
                         "Strict-Transport-Security: max-age=1\r\nContent-Security-Policy: default-src 'none'\r\n"
                         "Alt-Svc: h3=\":443\"\r\nX-Amz-Id: secret\r\n",
                         "x"));
  FetchFrom(origin);

  const auto& answer = Get("/");

  EXPECT_EQ(answer.Header("Content-Type"), "video/mp4");
  EXPECT_EQ(answer.Header("Cache-Control"), "max-age=60");
  EXPECT_EQ(answer.Header("Vary"), "Accept");
  EXPECT_EQ(answer.Header("Access-Control-Allow-Origin"), "*");
  EXPECT_EQ(answer.Header("Last-Modified"), "Wed, 01 Jan 2025 00:00:00 GMT");
  for (const auto* field : {"Set-Cookie", "Server", "X-Powered-By", "Via", "Strict-Transport-Security",
                            "Content-Security-Policy", "Alt-Svc", "X-Amz-Id"}) {
    EXPECT_FALSE(answer.Has(field)) << field;
  }
}

TEST_F(FetchTest, StatusesOfTheOriginPassAsTheyAre) {
  for (const auto& [line, status] : {std::pair{"404 Not Found", 404}, {"503 Busy", 503}, {"416 No", 416}}) {
    Origin origin(Answered(line, "Content-Type: text/plain\r\nRetry-After: 7\r\n", "sorry"));
    pipelines_.clear();
    FetchFrom(origin);

    const auto& answer = Get("/");

    EXPECT_EQ(answer.status(), status);
    EXPECT_EQ(answer.body(), "sorry");
    EXPECT_EQ(answer.Header("Retry-After"), "7");
  }
}

TEST_F(FetchTest, AHeadRequestIsOneUpstreamToo) {
  Origin origin("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\nContent-Type: video/mp4\r\nConnection: close\r\n\r\n");
  FetchFrom(origin);

  const auto& answer = Ask({.method = "HEAD"});

  EXPECT_EQ(origin.last().line, "HEAD /x HTTP/1.1");
  EXPECT_EQ(answer.status(), 200);
  EXPECT_EQ(answer.Header("Content-Length"), "1000");
  EXPECT_TRUE(answer.finished());
}

TEST_F(FetchTest, ANotModifiedHasNoBody) {
  Origin origin("HTTP/1.1 304 Not Modified\r\nETag: \"e\"\r\nConnection: close\r\n\r\n");
  FetchFrom(origin);

  const auto& answer = Get("/", {{"If-None-Match", "\"e\""}});

  EXPECT_EQ(answer.status(), 304);
  EXPECT_EQ(answer.Header("ETag"), "\"e\"");
  EXPECT_TRUE(answer.finished());
}

TEST_F(FetchTest, ABodyIsSentOnUpToTheLimit) {
  Origin origin(Answered("200 OK", "", "stored"));
  FetchFrom(origin).max_body_bytes = 8;

  EXPECT_EQ(Ask({.method = "POST", .headers = {{"Content-Type", "text/x"}}, .body = "12345678"}).body(), "stored");
  EXPECT_EQ(origin.last().line, "POST /x HTTP/1.1");
  EXPECT_EQ(origin.last().body, "12345678");
  EXPECT_THAT(origin.last().head, HasSubstr("content-type: text/x\r\n"));

  const auto& refused = Ask({.method = "POST", .body = "123456789"});
  EXPECT_EQ(refused.status(), 413);
  EXPECT_THAT(refused.body(), HasSubstr("want at most 8 bytes"));
  EXPECT_EQ(origin.requests().size(), 1U);
}

TEST_F(FetchTest, FollowsRedirectsAsFarAsTheStepSays) {
  Origin origin([](const Origin::Request& request) {
    return request.line == "GET /x HTTP/1.1" ? Answered("302 Found", "Location: /y\r\n", "")
                                             : Answered("200 OK", "", "moved");
  });
  FetchFrom(origin);
  EXPECT_EQ(Get("/").body(), "moved");

  pipelines_.clear();
  config::FetchStep none;
  none.max_redirects = 0;
  Add({Resolve(ResolverTo({.url = origin.Url("/x")})), Fetch(none)});
  EXPECT_EQ(Get("/").status(), 302);
}

TEST_F(FetchTest, ARedirectThatIsNotFollowedDoesNotSayWhereItLeads) {
  const std::string leak = "https://cdn.example/film.mp4?sig=planted";
  Origin origin(Answered("301 Moved Permanently",
                         "Location: " + leak + "\r\nContent-Location: " + leak + "\r\nRefresh: 0; url=" + leak +
                             "\r\nContent-Type: text/html\r\nCache-Control: max-age=99\r\nX-Any: x\r\n",
                         "moved to " + leak));
  for (const auto* allowed : {"default", "*"}) {
    pipelines_.clear();
    config::FetchStep how;
    how.max_redirects = 0;
    how.response_headers.allow = {allowed};
    Add({Resolve(ResolverTo({.url = origin.Url("/x")})), Fetch(how)});

    for (const auto* method : {"GET", "HEAD"}) {
      const auto& answer = Ask({.method = method});

      EXPECT_EQ(answer.status(), 301);
      EXPECT_EQ(answer.body(), "");
      EXPECT_EQ(answer.Header("Content-Length"), "0");
      EXPECT_EQ(answer.Header("Cache-Control"), "no-store");
      for (const auto* field : {"Location", "Content-Location", "Refresh", "Content-Type"}) {
        EXPECT_FALSE(answer.Has(field)) << field << " by " << allowed;
      }
      EXPECT_TRUE(answer.finished());
    }
  }
}

TEST_F(FetchTest, NotModifiedIsNoRedirect) {
  Origin origin(Answered("304 Not Modified", "Location: /y\r\nETag: \"e\"\r\nCache-Control: max-age=60\r\n", ""));
  FetchFrom(origin);

  const auto& answer = Get("/", {{"If-None-Match", "\"e\""}});

  EXPECT_EQ(answer.status(), 304);
  EXPECT_EQ(answer.Header("ETag"), "\"e\"");
  EXPECT_EQ(answer.Header("Cache-Control"), "max-age=60");
  EXPECT_FALSE(answer.Has("Location"));
}

TEST_F(FetchTest, ARedirectPassesAsItIsWhereThePolicyNamesLocation) {
  Origin origin(Answered("302 Found", "Location: /y?sig=1\r\n", "see /y"));
  config::FetchStep how;
  how.max_redirects = 0;
  how.response_headers.allow = {"default", "location"};
  Add({Resolve(ResolverTo({.url = origin.Url("/x")})), Fetch(how)});

  const auto& answer = Get("/");

  EXPECT_EQ(answer.status(), 302);
  EXPECT_EQ(answer.Header("Location"), "/y?sig=1");
  EXPECT_EQ(answer.body(), "see /y");
}

TEST_F(FetchTest, WhereSomethingWasCreatedIsNotSaidEither) {
  Origin origin(Answered("201 Created", "Location: https://store.example/planted\r\n", "made"));
  FetchFrom(origin);

  const auto& answer = Ask({.method = "POST", .body = "x"});

  EXPECT_EQ(answer.status(), 201);
  EXPECT_EQ(answer.body(), "made");
  EXPECT_FALSE(answer.Has("Location"));
}

TEST_F(FetchTest, AnOriginThatIsNotThereIsABadGateway) {
  auto origin = std::make_unique<Origin>(Answered("200 OK", "", "x"));
  FetchFrom(*origin);
  origin.reset();

  const auto& answer = Get("/");

  EXPECT_EQ(answer.status(), 502);
  EXPECT_THAT(answer.body(), HasSubstr(R"("code":"upstream_failed")"));
  EXPECT_EQ(Metric("sluice_step_failures_total", {{"pipeline", "p"}, {"step", "fetch"}, {"code", "upstream_failed"}}),
            1);
}

TEST_F(FetchTest, AddressesThatAreNotTrustedAreRefused) {
  Add({Resolve(ResolverTo({.url = "http://169.254.169.254/latest/meta-data"})), Fetch()});

  EXPECT_EQ(Get("/").status(), 403);
}

TEST_F(FetchTest, AFileIsAnsweredAsAnOriginWould) {
  const fakes::TempFolder folder;
  const auto path = folder.Write("clip.mp4", "0123456789");
  Add({Resolve(ResolverTo({.url = "file://" + path.string()})), Fetch()});

  const auto& whole = Get("/");
  const auto& part = Get("/", {{"Range", "bytes=2-4"}});

  EXPECT_EQ(whole.status(), 200);
  EXPECT_EQ(whole.body(), "0123456789");
  EXPECT_EQ(whole.Header("Content-Type"), "video/mp4");
  EXPECT_EQ(part.status(), 206);
  EXPECT_EQ(part.body(), "234");
  EXPECT_EQ(part.Header("Content-Range"), "bytes 2-4/10");
}

TEST_F(FetchTest, AFileThatIsNotThereIsNotFound) {
  Add({Resolve(ResolverTo({.url = "file:///nowhere/at/all"})), Fetch()});

  EXPECT_EQ(Get("/").status(), 404);
}

TEST_F(FetchTest, AnOriginThatRedirectsToAFileIsRefused) {
  const fakes::TempFolder folder;
  const auto path = folder.Write("secret.txt", "secret");
  Origin origin(Answered("302 Found", "Location: file://" + path.string() + "\r\n", ""));
  FetchFrom(origin);

  const auto& answer = Get("/");

  EXPECT_EQ(answer.status(), 502);
  EXPECT_THAT(answer.body(), Not(HasSubstr("\"secret\"")));
}

}  // namespace
}  // namespace sluice::pipeline::testing
