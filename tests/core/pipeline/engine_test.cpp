// SPDX-License-Identifier: MIT
#include "core/pipeline/engine.hpp"

#include <gmock/gmock.h>

#include <future>
#include <nlohmann/json.hpp>
#include <thread>

#include "core/pipeline/access_log.hpp"
#include "tests/core/pipeline/rewrite_fixture.hpp"

namespace sluice::pipeline::testing {
namespace {

using namespace std::chrono_literals;
using config::OnError;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class EngineTest : public RewriteFixture {
 protected:
  static InstancePtr Failing(sdk::Errc code, const std::string& message = "failed") {
    return ResolverBy([=](const sdk::Call&, const sdk::RequestHead&) -> sdk::Result<sdk::Source> {
      return sdk::Error{.code = code, .message = message};
    });
  }
  /// Lines of the access log, parsed.
  static std::vector<nlohmann::json> Requests() {
    std::vector<nlohmann::json> lines;
    for (const auto& line : log()) {
      auto parsed = nlohmann::json::parse(line);
      if (parsed["message"] == "request") lines.push_back(std::move(parsed));
    }
    return lines;
  }
};

TEST_F(EngineTest, FailRepliesWithTheError) {
  Add("one", {}, {Resolve(Failing(sdk::Errc::kPermissionDenied)), Fetch()});
  Add("two", {}, {Say("two")});

  EXPECT_EQ(Get("/").status(), 403);
}

TEST_F(EngineTest, SkipGoesOnWithTheNextStep) {
  Origin origin(Answered("200 OK", "", "fallback"));
  Add({Otherwise(OnError::kSkip, Resolve(Failing(sdk::Errc::kUpstreamFailed))),
       Resolve(ResolverTo({.url = origin.Url("/x")})), Fetch()});

  EXPECT_EQ(Get("/").body(), "fallback");
}

TEST_F(EngineTest, NothingLeftAfterASkipAnswersWithTheFailure) {
  Add({Otherwise(OnError::kSkip, Resolve(Failing(sdk::Errc::kRateLimited, "busy"))), Fetch()});

  const auto& answer = Get("/");

  EXPECT_EQ(answer.status(), 429);
  EXPECT_THAT(answer.body(), HasSubstr("busy"));
}

TEST_F(EngineTest, AFetchThatWasSkippedIsNotTriedAgain) {
  Origin origin("nonsense\r\n\r\n");
  Add({Resolve(ResolverTo({.url = origin.Url("/x")})), Otherwise(OnError::kSkip, Fetch())});

  EXPECT_EQ(Get("/").status(), 502);
  EXPECT_EQ(origin.requests().size(), 1U);
}

TEST_F(EngineTest, ASecondFetchStepHasItsOwnSettings) {
  Origin broken("nonsense\r\n\r\n");
  Origin moved(Answered("302 Found", "Location: /y\r\n", ""));
  config::FetchStep follow_none;
  follow_none.max_redirects = 0;
  Add({Resolve(ResolverTo({.url = broken.Url("/x")})), Otherwise(OnError::kSkip, Fetch()),
       Resolve(ResolverTo({.url = moved.Url("/x")})), Fetch(follow_none)});

  EXPECT_EQ(Get("/").status(), 302);
}

TEST_F(EngineTest, NextTriesThePipelinesThatMatchToo) {
  Add("one", {}, {Otherwise(OnError::kNext, Resolve(Failing(sdk::Errc::kUpstreamFailed))), Fetch()});
  Add("other", {.path = "/other"}, {Say("other")});
  Add("two", {.path = "/{x}"}, {Otherwise(OnError::kNext, Resolve(Failing(sdk::Errc::kNotFound))), Fetch()});
  Add("three", {}, {Say("three")});

  EXPECT_EQ(Get("/x").body(), "three");
  EXPECT_EQ(Metric("sluice_step_failures_total", {{"pipeline", "one"}, {"step", "resolve"}}), 1);
  EXPECT_EQ(Metric("sluice_step_failures_total", {{"pipeline", "two"}, {"code", "not_found"}}), 1);
}

TEST_F(EngineTest, NextWithoutAnotherPipelineAnswersWithTheFailure) {
  Add("one", {}, {Otherwise(OnError::kNext, Resolve(Failing(sdk::Errc::kUpstreamFailed, "origin: gone"))), Fetch()});
  Add("two", {.methods = {"POST"}}, {Say("two")});

  const auto& answer = Get("/");

  EXPECT_EQ(answer.status(), 502) << "not 405: a pipeline did take it";
  EXPECT_THAT(answer.body(), HasSubstr("gone"));
  EXPECT_EQ(Metric("sluice_requests_total", {{"pipeline", "one"}, {"status", "5xx"}}), 1);
  EXPECT_EQ(Requests().at(0)["pipeline"], "one");
}

TEST_F(EngineTest, NextStartsFromTheRequestAsItCame) {
  std::string seen;
  Add("one", {},
      {Authenticate({AuthBy([](const sdk::Call&, const sdk::Credentials&) -> FakeAuth::Answer {
         return std::optional(sdk::Principal{.subject = "user:1"});
       })}),
       Otherwise(OnError::kNext, Resolve(Failing(sdk::Errc::kNotFound))), Fetch()});
  Add("two", {.path = "/{x}"},
      {Serve(EndpointBy({{.method = "GET", .path_template = "/{x}"}},
                        [&](const sdk::Call&, std::size_t, const sdk::RequestHead& head, std::string_view,
                            sdk::ResponseWriter&) -> FakeEndpoint::Answer {
                          seen = head.principal == nullptr ? "nobody" : head.principal->subject;
                          seen += "?" + std::string(head.query) + std::to_string(head.params.size());
                          return sdk::Error{.code = sdk::Errc::kNotFound, .message = "seen"};
                        }))});

  Get("/x?a=1&token=t");

  EXPECT_EQ(seen, "nobody?a=11") << "and the first one's credential is not the second one's business";
}

TEST_F(EngineTest, NextStillHasTheRequestBody) {
  Origin broken("nonsense\r\n\r\n");
  Origin origin(Answered("200 OK", "", "stored"));
  Add("one", {}, {Resolve(ResolverTo({.url = broken.Url("/x")})), Otherwise(OnError::kNext, Fetch())});
  Add("two", {}, {Resolve(ResolverTo({.url = origin.Url("/x")})), Fetch()}).max_body_bytes = 4;

  EXPECT_EQ(Ask({.method = "POST", .body = "text"}).body(), "stored");
  EXPECT_EQ(origin.last().body, "text");
  EXPECT_EQ(Ask({.method = "POST", .body = "texts"}).status(), 413) << "the limit of the second";
  EXPECT_EQ(origin.requests().size(), 1U);
}

TEST_F(EngineTest, NextOfALinkAnswersWithTheFailure) {
  FakeResolver resolver;
  resolver.child = [](const sdk::Child&) -> sdk::Result<sdk::Source> {
    return sdk::Error{.code = sdk::Errc::kUpstreamFailed, .message = "gone"};
  };
  Add({Otherwise(OnError::kNext, Resolve(InstanceOf<sdk::Resolver>(std::move(resolver)))), Fetch()});
  Add("two", {}, {Say("two")});

  EXPECT_EQ(Get(Link({})).status(), 502) << "a link belongs to one pipeline";
}

TEST_F(EngineTest, PluginsAreToldTheDeadlineOfTheirStep) {
  Origin origin(Answered("200 OK", "Content-Type: application/x-list\r\n", "x"));
  std::vector<std::chrono::milliseconds> left;
  const auto note = [&](const sdk::Call& call) {
    left.push_back(std::chrono::duration_cast<std::chrono::milliseconds>(call.remaining()));
  };
  FakeFilter filter;
  filter.on_request = [&](const sdk::Call& call, const sdk::RequestHead&, sdk::HeadEdit&) -> FakeFilter::Reply {
    note(call);
    return std::optional<sdk::Reply>{};
  };
  filter.on_response = [&](const sdk::Call& call, const sdk::ResponseHead&, sdk::HeadEdit&) {
    note(call);
    return sdk::Ok();
  };
  FakeRewriter rewriter;
  rewriter.accepts = ByType();
  rewriter.rewrite = [&](const sdk::Call& call, const sdk::Manifest&, sdk::LinkMinter&) {
    note(call);
    return sdk::RewrittenManifest{.text = "y", .content_type = "z"};
  };
  Add({Authenticate({AuthBy([&](const sdk::Call& call, const sdk::Credentials&) -> FakeAuth::Answer {
         note(call);
         return std::optional(sdk::Principal{.subject = "user:1"});
       })}),
       Filter(InstanceOf<sdk::Filter>(std::move(filter))),
       Resolve(ResolverBy([&](const sdk::Call& call, const sdk::RequestHead&) {
         note(call);
         return sdk::Source{.url = origin.Url("/x")};
       })),
       Fetch(), Rewrite({InstanceOf<sdk::ManifestRewriter>(std::move(rewriter))})});
  auto& steps = pipelines_[0].steps;
  for (std::size_t i = 0; i < steps.size(); ++i) steps[i].config.deadline = std::chrono::minutes(10 * (i + 1));

  EXPECT_EQ(Get("/?token=t").body(), "y");

  std::vector<std::int64_t> tens;
  for (const auto time : left) tens.push_back((time + 1min) / 10min);
  EXPECT_THAT(tens, ElementsAre(1, 2, 3, 5, 2)) << "authenticate, filter, resolve, rewrite, filter with the response";
}

TEST_F(EngineTest, AFetchHasItsDeadline) {
  fakes::FaultyOrigin silent([](fakes::FaultyOrigin::Peer& peer) { peer.WaitForHangUp(); });
  Add({Resolve(ResolverTo({.url = silent.url() + "/x"})), Fetch()});
  pipelines_[0].steps[1].config.deadline = 50ms;

  EXPECT_EQ(Get("/").status(), 504);
}

TEST_F(EngineTest, AnUpstreamThatDiesInMidBodyBreaksTheConnection) {
  for (const auto* head : {"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf",
                           "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n"}) {
    Origin origin(head);
    for (const bool filtered : {false, true}) {
      pipelines_.clear();
      Add({Resolve(ResolverTo({.url = origin.Url("/x")})), Fetch()});
      if (filtered) pipelines_[0].steps.push_back(Filter(ShoutingFilter(1, true, false)));

      const auto& answer = Get("/");

      EXPECT_EQ(answer.status(), 200);
      EXPECT_EQ(answer.body(), filtered ? "HALF" : "half") << "a transform is not told that this is the end";
      EXPECT_FALSE(answer.finished());
    }
  }
  EXPECT_EQ(Metric("sluice_step_failures_total", {{"step", "deliver"}, {"code", "upstream_failed"}}), 4);
  EXPECT_EQ(Metric("sluice_streams_active"), 0);
}

TEST_F(EngineTest, AViewerThatIsGoneEndsTheExchange) {
  Origin origin(Answered("200 OK", "", std::string(1'000'000, 'x')));
  Add({Resolve(ResolverTo({.url = origin.Url("/x")})), Fetch()});
  Use();
  FakeExchange viewer({});
  viewer.LeaveAfter(1000);

  engine_.Handle(viewer);

  EXPECT_FALSE(viewer.finished());
  EXPECT_LT(viewer.body().size(), 1'000'000U);
  EXPECT_EQ(Metric("sluice_step_failures_total", {{"step", "deliver"}, {"code", "cancelled"}}), 1);
}

TEST_F(EngineTest, PluginsSeeThatTheViewerIsGone) {
  FakeExchange viewer({});
  std::vector<bool> seen;
  Add({Resolve(ResolverBy([&](const sdk::Call& call, const sdk::RequestHead&) -> sdk::Result<sdk::Source> {
         seen.push_back(call.cancelled());
         viewer.LeaveAfter(0);
         seen.push_back(call.cancelled());
         return sdk::Error{.code = sdk::Errc::kCancelled, .message = "viewer is gone"};
       })),
       Fetch()});
  Use();

  engine_.Handle(viewer);

  EXPECT_THAT(seen, ElementsAre(false, true));
  EXPECT_EQ(viewer.status(), 0);
  EXPECT_EQ(Metric("sluice_requests_total", {{"pipeline", "p"}, {"status", "none"}}), 1);
}

TEST_F(EngineTest, AnExchangeKeepsTheSnapshotThatItStartedWith) {
  std::promise<void> started;
  std::promise<void> swapped;
  std::weak_ptr<const plugin::Instance> old;
  {
    auto resolver = ResolverBy([&](const sdk::Call&, const sdk::RequestHead&) -> sdk::Result<sdk::Source> {
      started.set_value();
      swapped.get_future().wait();
      return sdk::Error{.code = sdk::Errc::kNotFound, .message = "the old one"};
    });
    old = resolver;
    Add({Resolve(std::move(resolver)), Fetch()});
  }
  Use();
  pipelines_.clear();
  Add({Say("the new one")});
  FakeExchange under_way({});
  std::jthread worker([&] { engine_.Handle(under_way); });
  started.get_future().wait();

  EXPECT_EQ(Get("/").body(), "the new one");
  EXPECT_FALSE(old.expired()) << "somebody is still inside";
  swapped.set_value();
  worker.join();

  EXPECT_THAT(under_way.body(), HasSubstr("the old one"));
  EXPECT_TRUE(old.expired()) << "the last exchange that used it is over";
}

TEST_F(EngineTest, CountsRequestsBytesAndTime) {
  Origin origin(Answered("200 OK", "", "12345"));
  Add("films", {}, {Resolve(ResolverTo({.url = origin.Url("/x")})), Fetch()});

  Get("/");
  Ask({.method = "BREW"});

  EXPECT_EQ(Metric("sluice_requests_total", {{"pipeline", "films"}, {"method", "GET"}, {"status", "2xx"}}), 1);
  EXPECT_EQ(Metric("sluice_requests_total", {{"pipeline", "films"}, {"method", "other"}}), 1)
      << "a client must not make label values up";
  EXPECT_EQ(Metric("sluice_relayed_bytes_total", {{"pipeline", "films"}, {"mode", "buffered"}}), 10);
  EXPECT_EQ(Metric("sluice_request_seconds", {{"pipeline", "films"}}), 2);
}

TEST_F(EngineTest, LogsOneLineARequest) {
  Origin origin(Answered("200 OK", "", "12345"));
  Add("films", {.path = "/films/**"},
      {Authenticate({AuthBy([](const sdk::Call&, const sdk::Credentials&) -> FakeAuth::Answer {
         return std::optional(sdk::Principal{.subject = "user:1"});
       })}),
       Resolve(ResolverTo({.url = origin.Url("/x")})), Fetch()});

  Get("/films/a%20b?token=sesame&x=1");
  Get("/nowhere");

  ASSERT_EQ(Requests().size(), 2U);
  const auto line = Requests()[0];
  EXPECT_EQ(line["pipeline"], "films");
  EXPECT_EQ(line["principal"], "user:1");
  EXPECT_EQ(line["request_id"], "request-1");
  EXPECT_EQ(line["listener"], "main");
  EXPECT_EQ(line["client"], "192.0.2.10");
  EXPECT_EQ(line["method"], "GET");
  EXPECT_EQ(line["host"], "gateway.test");
  EXPECT_EQ(line["path"], "/films/a%20b");
  EXPECT_EQ(line["status"], "200");
  EXPECT_EQ(line["bytes"], "5");
  EXPECT_GT(std::stoll(line["upstream_us"].get<std::string>()), 0);
  EXPECT_GE(std::stoll(line["total_us"].get<std::string>()), std::stoll(line["upstream_us"].get<std::string>()));
  EXPECT_EQ(Requests()[1]["pipeline"], "");
  EXPECT_EQ(Requests()[1]["status"], "404");
  for (const auto& text : log()) EXPECT_THAT(text, Not(HasSubstr("sesame")));
}

TEST_F(EngineTest, LogsNoRequestsWhenToldSo) {
  config_.log.access = false;
  Add({Say("x")});

  Get("/");
  Get("/~/forged/x.ts");

  EXPECT_TRUE(Requests().empty());
}

TEST_F(EngineTest, LogsNoTokenThatStandsInThePath) {
  Add("addon", {.path = "/{token}/manifest.json", .methods = {"GET"}}, {Say("x")});

  EXPECT_EQ(Get("/planted-1/manifest.json").status(), 200);
  EXPECT_EQ(Ask({.method = "POST", .target = "/planted-2/manifest.json"}).status(), 405);

  EXPECT_EQ(Requests().at(0)["path"], "/…/manifest.json");
  EXPECT_EQ(Requests().at(1)["path"], "/…/manifest.json");
  for (const auto& text : log()) EXPECT_THAT(text, Not(HasSubstr("planted")));
}

TEST_F(EngineTest, LogsNoLink) {
  Origin origin(Answered("200 OK", "", "x"));
  Add({Resolve(ResolverTo({.url = origin.Url("/")})), Fetch()});
  const auto link = Link({.url = origin.Url("/seg.ts")});
  const auto token = link.substr(3, link.rfind('/') - 3);

  Get(link);

  EXPECT_EQ(Requests().at(0)["path"], "/~/…/segment.ts");
  for (const auto& text : log()) EXPECT_THAT(text, Not(HasSubstr(token)));
}

/// `path` in the log of a server whose pipelines have these paths.
std::string Loggable(std::string_view path, const std::vector<std::string>& templates = {},
                     std::vector<EndpointRoute> routes = {}) {
  Snapshot snapshot;
  std::string error;
  for (const auto& text : templates) {
    Pipeline pipeline{.config = {}, .path = *config::PathTemplate::Parse(text, error), .steps = {}, .metrics = nullptr};
    pipeline.steps.push_back({.config = StepOf(config::Step::Kind::kServe), .components = {}, .routes = routes});
    snapshot.pipelines.push_back(std::move(pipeline));
  }
  return LoggablePath(path, snapshot);
}

TEST(LoggablePathTest, LeavesOutTheTokensOfLinks) {
  EXPECT_EQ(Loggable("/a/b"), "/a/b");
  EXPECT_EQ(Loggable("/~/token/name.ts"), "/~/…/name.ts");
  EXPECT_EQ(Loggable("/~/token"), "/~/…");
  EXPECT_EQ(Loggable("/~/"), "/~/…");
  EXPECT_EQ(Loggable("/~x/y"), "/~x/y");
  EXPECT_EQ(Loggable("/%7E/token/name.ts"), "/~/…/name.ts");
  EXPECT_EQ(Loggable("/%7e/token"), "/~/…");
  EXPECT_EQ(Loggable("/%7F/y"), "/%7F/y");
}

TEST(LoggablePathTest, LeavesOutWhatPipelinesAndRoutesCaptureAsSecret) {
  std::string error;
  const EndpointRoute route{.route = {}, .path = *config::PathTemplate::Parse("/{userdata}/stream/{id}", error)};

  EXPECT_EQ(Loggable("/planted/manifest.json", {"/x/{id}", "/{token}/manifest.json"}), "/…/manifest.json");
  EXPECT_EQ(Loggable("/a/b/c/d/e", {"/a/{token}/c/{key}/e"}), "/a/…/c/…/e");
  EXPECT_EQ(Loggable("/a/b/c", {"/{token}/b/c", "/a/{secret...}", "/a/{key}/c"}), "/…/…");
  EXPECT_EQ(Loggable("/addon/planted/stream/7", {"/addon/**"}, {route}), "/addon/…/stream/7");
  EXPECT_EQ(Loggable("/planted/stream/7", {"/{a}/stream/{b}"}, {route}), "/…/stream/7");
  EXPECT_EQ(Loggable("/addon/x/stream/7", {"/other/**"}, {route}), "/addon/x/stream/7");
  EXPECT_EQ(Loggable("/addon/planted/mistyped", {"/addon/**"}, {route}), "/addon/…/mistyped");
  EXPECT_EQ(Loggable("/addon", {"/addon/**"}, {route}), "/addon") << "there is nothing that the route could capture";
}

TEST_F(EngineTest, WhatNoPipelineServesIsCounted) {
  config_.cors.emplace();
  Add("p", {.path = "/here"}, {Say("here")});
  const auto count = [&](const std::string& method, const std::string& status) {
    return Metric("sluice_requests_total", {{"pipeline", "-"}, {"method", method}, {"status", status}});
  };

  EXPECT_EQ(Get("/there").status(), 404);
  EXPECT_EQ(Get("/~/forged/segment.ts").status(), 404);
  EXPECT_EQ(count("GET", "4xx"), 2);

  Ask({.method = "OPTIONS",
       .target = "/here",
       .headers = {{"Origin", "https://app.example"}, {"Access-Control-Request-Method", "GET"}}});
  EXPECT_EQ(count("OPTIONS", "2xx"), 1);

  const auto& answer = Ask({.method = "OPTIONS", .target = "*"});
  EXPECT_EQ(answer.status(), 204);
  EXPECT_NE(answer.Header("Allow"), "");
  EXPECT_EQ(count("OPTIONS", "2xx"), 2);
  EXPECT_EQ(Requests().size(), 4U) << "each has its line";
}

TEST_F(EngineTest, WhatTheServerRefusedIsLoggedAndCounted) {
  const http::RefusedRequest refused{
      .request_id = "r-1", .listener = "main", .client_ip = "192.0.2.7", .status = 414, .reason = "line_too_long"};
  Use();

  engine_.Refused(refused);

  ASSERT_EQ(Requests().size(), 1U);
  const auto line = Requests().front();
  EXPECT_EQ(line["request_id"], "r-1");
  EXPECT_EQ(line["listener"], "main");
  EXPECT_EQ(line["client"], "192.0.2.7");
  EXPECT_EQ(line["status"], "414");
  EXPECT_EQ(line["reason"], "line_too_long");
  EXPECT_EQ(Metric("sluice_requests_total", {{"pipeline", "-"}, {"method", "other"}, {"status", "4xx"}}), 1);

  config_.log.access = false;
  Use();
  engine_.Refused(refused);
  EXPECT_EQ(Requests().size(), 1U);
}

}  // namespace
}  // namespace sluice::pipeline::testing
