// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include "tests/core/pipeline/rewrite_fixture.hpp"

namespace sluice::pipeline::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ServeTest : public RewriteFixture {
 protected:
  /// Writes down what it is asked, and says "route N".
  Step Recorder(std::vector<sdk::Route> routes) {
    return Serve(EndpointBy(
        std::move(routes),
        [this](const sdk::Call&, std::size_t route, const sdk::RequestHead& head, std::string_view body,
               sdk::ResponseWriter& out) -> FakeEndpoint::Answer {
          std::string seen = std::string(head.method) + " " + std::string(head.path) + "?" + std::string(head.query);
          for (const auto& param : head.params) seen.append(" ").append(param.name).append("=").append(param.value);
          if (!body.empty()) seen.append(" body ").append(body);
          asked_.push_back(seen);
          if (!out.Start(201, std::vector<sdk::Header>{{"Content-Type", "text/x"}, {"Set-Cookie", "own=1"}})) {
            return sdk::Error{};
          }
          if (!out.Write(sdk::AsBytes("route ")) || !out.Write(sdk::AsBytes(std::to_string(route))))
            return sdk::Error{};
          return std::optional<sdk::Source>{};
        }));
  }
  static Step HandsBack(const sdk::Source& source) {
    return Serve(EndpointBy({{.method = "GET", .path_template = "/**"}, {.method = "POST", .path_template = "/**"}},
                            [source](const sdk::Call&, std::size_t, const sdk::RequestHead&, std::string_view,
                                     sdk::ResponseWriter&) -> FakeEndpoint::Answer { return std::optional(source); }));
  }
  static Step LetIn(const std::vector<std::string>& scopes) {
    return Authenticate({AuthBy([scopes](const sdk::Call&, const sdk::Credentials&) -> FakeAuth::Answer {
      return std::optional(sdk::Principal{.subject = "user:1", .scopes = scopes});
    })});
  }
  std::vector<std::string> asked_;
};

TEST_F(ServeTest, RoutesAreRelativeToWhereTheMatchEnds) {
  Add("p", {.path = "/api/**"},
      {Recorder({{.method = "GET", .path_template = "/"},
                 {.method = "GET", .path_template = "/v1/items/{id}"},
                 {.method = "GET", .path_template = "/files/{path...}"}})});

  EXPECT_EQ(Get("/api").body(), "route 0");
  EXPECT_EQ(Get("/api/").body(), "route 0");
  EXPECT_EQ(Get("/api/v1/items/a%20b?x=1").body(), "route 1");
  EXPECT_EQ(Get("/api/files/a/b").body(), "route 2");
  EXPECT_EQ(Get("/api/v1").status(), 404);
  EXPECT_EQ(Get("/v1/items/7").status(), 404);
  EXPECT_EQ(asked_.at(0), "GET /?");
  EXPECT_THAT(asked_.at(2), HasSubstr("GET /v1/items/a%20b?x=1"));
  EXPECT_THAT(asked_.at(2), HasSubstr(" id=a b"));
  EXPECT_THAT(asked_.at(3), HasSubstr(" path=a/b"));
}

TEST_F(ServeTest, RoutesOfAMatchWithoutTailAreWholePaths) {
  Add("p", {.path = "/{user}/list"}, {Recorder({{.method = "GET", .path_template = "/{who}/list"}})});

  EXPECT_EQ(Get("/me/list").body(), "route 0");
  EXPECT_THAT(asked_, ElementsAre("GET /me/list? user=me who=me"));
}

TEST_F(ServeTest, ARoutesCaptureHidesThePipelinesOfThatName) {
  Add("p", {.path = "/{id}/**"}, {Recorder({{.method = "GET", .path_template = "/items/{rest...}"}})});

  Get("/me/items/7/8");

  EXPECT_THAT(asked_, ElementsAre("GET /items/7/8? id=me rest=7/8"));
}

TEST_F(ServeTest, TheAnswerIsTheEndpointsOwn) {
  Add({Recorder({{.method = "GET", .path_template = "/**"}})});

  const auto& answer = Get("/");

  EXPECT_EQ(answer.status(), 201);
  EXPECT_EQ(answer.Header("Content-Type"), "text/x");
  EXPECT_EQ(answer.Header("Set-Cookie"), "own=1");
  EXPECT_TRUE(answer.finished());
}

TEST_F(ServeTest, AMethodPicksAmongRoutesOfOnePath) {
  Add({Recorder({{.method = "GET", .path_template = "/a"},
                 {.method = "POST", .path_template = "/a"},
                 {.method = "GET", .path_template = "/{any}"}})});

  EXPECT_EQ(Ask({.method = "POST", .target = "/a", .body = "text"}).body(), "route 1");
  EXPECT_EQ(Ask({.method = "HEAD", .target = "/a"}).status(), 201);
  EXPECT_THAT(asked_, ElementsAre("POST /a? rest=a body text", "HEAD /a? rest=a"));
}

TEST_F(ServeTest, AMethodThatNoRouteTakesIsRefusedWithAllow) {
  Add({Recorder({{.method = "GET", .path_template = "/a"},
                 {.method = "POST", .path_template = "/a"},
                 {.method = "GET", .path_template = "/{any}"},
                 {.method = "DELETE", .path_template = "/b"}})});

  const auto& answer = Ask({.method = "PUT", .target = "/a"});

  EXPECT_EQ(answer.status(), 405);
  EXPECT_EQ(answer.Header("Allow"), "GET, HEAD, POST");
  EXPECT_THAT(answer.body(), HasSubstr(R"("code":"method_not_allowed")"));
  EXPECT_THAT(asked_, ElementsAre());
}

TEST_F(ServeTest, ARouteMayWantAScope) {
  const sdk::Route admin{.method = "GET", .path_template = "/", .scope = "admin"};
  Add({Recorder({admin})});
  EXPECT_EQ(Get("/").status(), 401) << "nobody had to say who they are";

  pipelines_.clear();
  Add({LetIn({"play", "administrator"}), Recorder({admin})});
  const auto& refused = Get("/?token=t");
  EXPECT_EQ(refused.status(), 403);
  EXPECT_THAT(refused.body(), HasSubstr(R"(scope: want \"admin\")"));
  EXPECT_THAT(asked_, ElementsAre());

  pipelines_.clear();
  Add({LetIn({"play", "admin"}), Recorder({admin})});
  EXPECT_EQ(Get("/?token=t").status(), 201);
}

TEST_F(ServeTest, ABodyIsReadUpToTheLimit) {
  Add({Recorder({{.method = "POST", .path_template = "/"}})}).max_body_bytes = 4;

  EXPECT_EQ(Ask({.method = "POST", .body = "1234"}).status(), 201);
  const auto& refused = Ask({.method = "POST", .body = "12345"});
  EXPECT_EQ(refused.status(), 413);
  EXPECT_THAT(refused.body(), HasSubstr(R"("code":"too_large","message":"request body: want at most 4 bytes")"));
  EXPECT_EQ(asked_.size(), 1U);
}

TEST_F(ServeTest, AnEndpointThatAnswersNothingIsAnInternalError) {
  Add({Serve(EndpointBy({{.method = "GET", .path_template = "/"}},
                        [](const sdk::Call&, std::size_t, const sdk::RequestHead&, std::string_view,
                           sdk::ResponseWriter&) -> FakeEndpoint::Answer { return std::optional<sdk::Source>{}; }))});

  const auto& answer = Get("/");

  EXPECT_EQ(answer.status(), 500);
  EXPECT_THAT(answer.body(), HasSubstr("answered nothing"));
}

TEST_F(ServeTest, AStatusOutOfRangeIsRefused) {
  std::vector<bool> taken;
  Add({Serve(EndpointBy({{.method = "GET", .path_template = "/"}},
                        [&](const sdk::Call&, std::size_t, const sdk::RequestHead&, std::string_view,
                            sdk::ResponseWriter& out) -> FakeEndpoint::Answer {
                          for (const int status : {0, 100, 199, 600, -1}) taken.push_back(bool(out.Start(status, {})));
                          return sdk::Error{.code = sdk::Errc::kNotFound, .message = "instead"};
                        }))});

  EXPECT_EQ(Get("/").status(), 404);
  EXPECT_THAT(taken, ElementsAre(false, false, false, false, false));
}

TEST_F(ServeTest, AnErrorAfterTheHeadBreaksTheConnection) {
  Add({Serve(EndpointBy({{.method = "GET", .path_template = "/"}},
                        [](const sdk::Call&, std::size_t, const sdk::RequestHead&, std::string_view,
                           sdk::ResponseWriter& out) -> FakeEndpoint::Answer {
                          if (!out.Start(200, {}) || !out.Write(sdk::AsBytes("half"))) return sdk::Error{};
                          return sdk::Error{.code = sdk::Errc::kUpstreamFailed, .message = "gone"};
                        }))});

  const auto& answer = Get("/");

  EXPECT_EQ(answer.status(), 200);
  EXPECT_EQ(answer.body(), "half");
  EXPECT_FALSE(answer.finished());
}

TEST_F(ServeTest, AnEndpointMayHandBackASourceWithoutAFetchStep) {
  Origin origin(Answered("206 Partial Content", "Content-Range: bytes 0-2/9\r\nSet-Cookie: a=b\r\n", "abc"));
  Add({HandsBack({.url = origin.Url("/x"), .headers = {{"Authorization", "Bearer of-the-source"}}})});

  const auto& answer = Get("/", {{"Range", "bytes=0-2"}, {"Cookie", "a=b"}});

  EXPECT_EQ(answer.status(), 206);
  EXPECT_EQ(answer.body(), "abc");
  EXPECT_FALSE(answer.Has("Set-Cookie"));
  EXPECT_TRUE(origin.last().Has("range"));
  EXPECT_TRUE(origin.last().Has("authorization"));
  EXPECT_FALSE(origin.last().Has("cookie"));
}

TEST_F(ServeTest, FetchAndRewriteHandleWhatAnEndpointHandsBack) {
  Origin origin(Answered("200 OK", "Content-Type: application/x-list\r\n", "x"));
  Add({HandsBack({.url = origin.Url("/a")}), Fetch(), Rewrite({Lister(ByType())})});

  EXPECT_EQ(Get("/").body(), "application/x-list " + origin.Url("/a") + "\nx");
}

TEST_F(ServeTest, ASourceForARequestWithABodyIsFetchedWithIt) {
  Origin origin(Answered("200 OK", "", "stored"));
  Add({HandsBack({.url = origin.Url("/a")}), Fetch()});

  EXPECT_EQ(Ask({.method = "POST", .body = "text"}).body(), "stored");
  EXPECT_EQ(origin.last().line, "POST /a HTTP/1.1");
  EXPECT_EQ(origin.last().body, "text");
}

}  // namespace
}  // namespace sluice::pipeline::testing
