// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include "tests/core/pipeline/rewrite_fixture.hpp"

namespace sluice::pipeline::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class FilterTest : public RewriteFixture {
 protected:
  static InstancePtr OnRequest(decltype(FakeFilter::on_request) on_request) {
    FakeFilter filter;
    filter.on_request = std::move(on_request);
    return InstanceOf<sdk::Filter>(std::move(filter));
  }
  static InstancePtr OnResponse(decltype(FakeFilter::on_response) on_response) {
    FakeFilter filter;
    filter.on_response = std::move(on_response);
    return InstanceOf<sdk::Filter>(std::move(filter));
  }
  static FakeFilter::Reply GoOn() { return std::optional<sdk::Reply>{}; }
  static std::string ValueOf(std::span<const sdk::Field> fields, std::string_view name) {
    for (const auto& field : fields) {
      if (field.name == name) return std::string(field.value);
    }
    return "none";
  }
  Step To(const Origin& origin) { return Resolve(ResolverTo({.url = origin.Url("/x")})); }
};

TEST_F(FilterTest, EditsWhatGoesUpstream) {
  Origin origin(Answered("200 OK", "", "x"));
  Add({Filter(OnRequest([](const sdk::Call&, const sdk::RequestHead&, sdk::HeadEdit& edit) {
         edit.Set("User-Agent", "filtered/1");
         edit.Set("X-Api-Key", "of-the-filter");
         edit.Remove("ACCEPT");
         return GoOn();
       })),
       To(origin), Fetch()});

  Get("/", {{"user-agent", "player/1"}, {"Accept", "x/y"}, {"X-Api-Key", "of-the-viewer"}, {"X-Other", "viewer"}});

  EXPECT_THAT(origin.last().head, HasSubstr("user-agent: filtered/1\r\n"));
  EXPECT_THAT(origin.last().head, HasSubstr("x-api-key: of-the-filter\r\n"));
  EXPECT_FALSE(origin.last().Has("accept"));
  EXPECT_FALSE(origin.last().Has("x-other"));
}

TEST_F(FilterTest, SeesOneStateWhileItEditsTheNext) {
  Origin origin(Answered("200 OK", "", "x"));
  std::vector<std::string> seen;
  const auto mark = [&](const std::string& value) {
    return Filter(OnRequest([&seen, value](const sdk::Call&, const sdk::RequestHead& head, sdk::HeadEdit& edit) {
      edit.Set("X-Mark", value);
      seen.push_back(ValueOf(head.headers, "X-Mark"));
      return GoOn();
    }));
  };
  Add({mark("one"), mark("two"), To(origin), Fetch()});

  Get("/", {{"X-Mark", "zero"}});

  EXPECT_THAT(seen, ElementsAre("zero", "one"));
  EXPECT_THAT(origin.last().head, HasSubstr("x-mark: two\r\n"));
}

TEST_F(FilterTest, AReplyEndsTheExchange) {
  Origin origin(Answered("200 OK", "", "x"));
  Add({Filter(OnRequest([](const sdk::Call&, const sdk::RequestHead&, sdk::HeadEdit&) -> FakeFilter::Reply {
         return std::optional(sdk::Reply{.status = 302, .headers = {{"Location", "/elsewhere"}}, .body = "gone there"});
       })),
       To(origin), Fetch()});

  const auto& answer = Get("/");

  EXPECT_EQ(answer.status(), 302);
  EXPECT_EQ(answer.Header("Location"), "/elsewhere");
  EXPECT_EQ(answer.body(), "gone there");
  EXPECT_TRUE(answer.finished());
  EXPECT_TRUE(origin.requests().empty());
}

TEST_F(FilterTest, EditsWhatTheViewerSees) {
  Origin origin(
      Answered("404 Not Found", "Content-Type: text/plain\r\nX-Inner: secret\r\nCache-Control: private\r\n", "x"));
  std::string seen;
  Add({Filter(OnResponse([&](const sdk::Call&, const sdk::ResponseHead& head, sdk::HeadEdit& edit) {
         seen = std::to_string(head.status) + " " + std::string(head.url) + " " +
                ValueOf(head.headers, "Cache-Control") + " " + ValueOf(head.headers, "X-Inner");
         edit.Set("cache-control", "no-store");
         edit.Set("X-Stamp", "1");
         edit.Remove("content-type");
         return sdk::Ok();
       })),
       To(origin), Fetch()});

  const auto& answer = Get("/");

  EXPECT_EQ(seen, "404 " + origin.Url("/x") + " private none");
  EXPECT_EQ(answer.status(), 404);
  EXPECT_EQ(answer.Header("Cache-Control"), "no-store");
  EXPECT_EQ(answer.Header("X-Stamp"), "1");
  EXPECT_FALSE(answer.Has("Content-Type"));
}

TEST_F(FilterTest, OneBehindFetchSeesTheResponseOnly) {
  Origin origin(Answered("200 OK", "", "x"));
  int requests = 0;
  int responses = 0;
  FakeFilter filter;
  filter.on_request = [&](const sdk::Call&, const sdk::RequestHead&, sdk::HeadEdit&) {
    ++requests;
    return GoOn();
  };
  filter.on_response = [&](const sdk::Call&, const sdk::ResponseHead&, sdk::HeadEdit&) {
    ++responses;
    return sdk::Ok();
  };
  Add({To(origin), Fetch(), Filter(InstanceOf<sdk::Filter>(std::move(filter)))});

  EXPECT_EQ(Get("/").body(), "x");
  EXPECT_EQ(requests, 0);
  EXPECT_EQ(responses, 1);
}

TEST_F(FilterTest, EditsTheHeadOfRewrittenManifestsToo) {
  Origin origin(Answered("200 OK", "Content-Type: application/x-list\r\n", "x"));
  Add({Filter(OnResponse([](const sdk::Call&, const sdk::ResponseHead&, sdk::HeadEdit& edit) {
         edit.Set("X-Stamp", "1");
         return sdk::Ok();
       })),
       To(origin), Fetch(), Rewrite({Lister(ByType())})});

  EXPECT_EQ(Get("/").Header("X-Stamp"), "1");
  EXPECT_EQ(Ask({.method = "HEAD"}).Header("X-Stamp"), "1");
}

TEST_F(FilterTest, BodiesPassThroughTheirTransformsInOrder) {
  Origin origin(Answered("200 OK", "Content-Type: text/plain\r\nETag: \"e\"\r\nAccept-Ranges: bytes\r\n", "ab"));
  Add({Filter(ShoutingFilter(2, true, false)), Filter(ShoutingFilter(1, true, false)), To(origin), Fetch()});

  const auto& answer = Get("/");

  EXPECT_EQ(answer.body(), "AABB..");
  EXPECT_EQ(answer.Header("Content-Type"), "text/plain");
  for (const auto* field : {"Content-Length", "ETag", "Accept-Ranges"}) EXPECT_FALSE(answer.Has(field)) << field;
  EXPECT_TRUE(answer.finished());
}

TEST_F(FilterTest, ALengthPreservingTransformKeepsTheLength) {
  Origin origin(Answered("206 Partial Content", "Content-Range: bytes 0-1/9\r\nETag: \"e\"\r\n", "ab"));
  Add({Filter(ShoutingFilter(1, false, true)), To(origin), Fetch()});

  const auto& answer = Get("/", {{"Range", "bytes=0-1"}});

  EXPECT_EQ(answer.status(), 206);
  EXPECT_EQ(answer.body(), "AB");
  EXPECT_EQ(answer.Header("Content-Length"), "2");
  EXPECT_EQ(answer.Header("Content-Range"), "bytes 0-1/9");
}

TEST_F(FilterTest, APartThatATransformWouldReshapeIsFetchedWhole) {
  Origin origin([](const Origin::Request& request) {
    return request.Has("range") ? Answered("206 Partial Content", "Content-Range: bytes 0-0/2\r\n", "a")
                                : Answered("200 OK", "", "ab");
  });
  Add({Filter(ShoutingFilter(2, false, false)), To(origin), Fetch()});

  const auto& answer = Get("/", {{"Range", "bytes=0-0"}});

  EXPECT_EQ(answer.status(), 200);
  EXPECT_EQ(answer.body(), "AABB");
  EXPECT_FALSE(answer.Has("Content-Range"));
}

TEST_F(FilterTest, HeadSaysNoLengthThatGetWouldNotHave) {
  Origin origin("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nETag: \"e\"\r\nConnection: close\r\n\r\n");
  Add({Filter(ShoutingFilter(2, false, false)), To(origin), Fetch()});
  const auto& reshaped = Ask({.method = "HEAD"});
  EXPECT_EQ(reshaped.status(), 200);
  EXPECT_FALSE(reshaped.Has("Content-Length"));
  EXPECT_FALSE(reshaped.Has("ETag"));

  pipelines_.clear();
  Add({Filter(ShoutingFilter(1, false, true)), To(origin), Fetch()});
  EXPECT_EQ(Ask({.method = "HEAD"}).Header("Content-Length"), "2");
}

TEST_F(FilterTest, AFilterMayLeaveABodyAlone) {
  Origin origin(Answered("200 OK", "ETag: \"e\"\r\n", "ab"));
  FakeFilter filter;
  filter.open_body = [](const sdk::Call&, const sdk::ResponseHead&) -> FakeFilter::Transform {
    return std::unique_ptr<sdk::BodyTransform>();
  };
  Add({Filter(InstanceOf<sdk::Filter>(std::move(filter))), To(origin), Fetch()});

  const auto& answer = Get("/");

  EXPECT_EQ(answer.body(), "ab");
  EXPECT_EQ(answer.Header("Content-Length"), "2");
  EXPECT_EQ(answer.Header("ETag"), "\"e\"");
}

TEST_F(FilterTest, ATransformThatFailsBreaksTheConnection) {
  const std::string first(100'000, 'a');  // more than is read at once
  Origin origin(Answered("200 OK", "", first + "!cd"));
  Add({Filter(ShoutingFilter(1, true, false)), To(origin), Fetch()});

  const auto& answer = Get("/");

  EXPECT_EQ(answer.status(), 200);
  EXPECT_FALSE(answer.finished());
  EXPECT_THAT(answer.body(), ::testing::StartsWith("AAAA"));
}

TEST_F(FilterTest, ATransformThatFailsBeforeItPutAnythingIsAnError) {
  Origin origin(Answered("200 OK", "", "!cd"));
  Add({Filter(ShoutingFilter(1, true, true)), To(origin), Fetch()});

  const auto& answer = Get("/");

  EXPECT_NE(answer.status(), 200);
  EXPECT_TRUE(answer.finished());
}

TEST_F(FilterTest, ATransformThatPutsNothingLeavesAHead) {
  Origin origin(Answered("200 OK", "X: y\r\nContent-Type: text/plain\r\n", ""));
  Add({Filter(ShoutingFilter(2, false, false)), To(origin), Fetch()});

  const auto& answer = Get("/");

  EXPECT_EQ(answer.status(), 200);
  EXPECT_EQ(answer.Header("Content-Type"), "text/plain");
  EXPECT_TRUE(answer.finished());
}

TEST_F(FilterTest, ABodysFilterKnowsWhomItPassesForAndWhatBelongsToIt) {
  Origin origin([](const Origin::Request& request) {
    return request.line.starts_with("GET /init ")
               ? Answered("206 Partial Content", "Content-Range: bytes 1-4/9\r\n", "init")
               : Answered("200 OK", "", "x");
  });
  std::string seen;
  const auto asking = [&] {
    FakeFilter filter;
    filter.open_body_for = [&](const sdk::ResponseHead&, const sdk::BodyOrigin& body) -> FakeFilter::Transform {
      seen = std::string(body.request->method) + " " + std::string(body.request->query) + " " +
             std::to_string(static_cast<int>(body.kind)) + " " + std::string(body.url) + " " + std::string(body.note) +
             " " + std::string(body.context);
      const auto init = body.references->Fetch({.url = origin.Url("/init"), .offset = 1, .length = 4});
      if (!init) return init.error();
      seen += " " + std::to_string(init->status) + " " + init->body;
      return std::unique_ptr<sdk::BodyTransform>();
    };
    return Filter(InstanceOf<sdk::Filter>(std::move(filter)));
  };
  Add({asking(), Resolve(ResolverTo({.url = origin.Url("/x"), .context = "c"})), Fetch()});

  EXPECT_EQ(Get("/?a=b", {{"Range", "bytes=7-"}}).body(), "x");
  EXPECT_EQ(seen, "GET a=b 6 " + origin.Url("/x") + "  c 206 init");
  EXPECT_THAT(origin.last().head, HasSubstr("range: bytes=1-4\r\n"));

  const auto link = Link({.context = "k", .url = origin.Url("/s"), .kind = sdk::LinkKind::kSegment, .note = "mine"});
  EXPECT_EQ(Get(link).body(), "x");
  EXPECT_EQ(seen, "GET  1 " + origin.Url("/s") + " mine k 206 init");
}

TEST_F(FilterTest, AFilterThatRefusesABodyIsAnError) {
  Origin origin(Answered("200 OK", "", "ab"));
  FakeFilter filter;
  filter.open_body = [](const sdk::Call&, const sdk::ResponseHead&) -> FakeFilter::Transform {
    return sdk::Error{.code = sdk::Errc::kPermissionDenied, .message = "no licence"};
  };
  Add({Filter(InstanceOf<sdk::Filter>(std::move(filter))), To(origin), Fetch()});

  const auto& answer = Get("/");

  EXPECT_EQ(answer.status(), 403);
  EXPECT_TRUE(answer.finished());
}

TEST_F(FilterTest, AFailingPhaseIsAnErrorUnlessItMayBeSkipped) {
  Origin origin(Answered("200 OK", "X: y\r\nCache-Control: private\r\n", "ab"));
  const auto failing = [&](bool on_request) {
    FakeFilter filter;
    const auto fail = [](sdk::HeadEdit& edit) {
      edit.Set("Cache-Control", "half done");
      return sdk::Error{.code = sdk::Errc::kRateLimited, .message = "not now"};
    };
    if (on_request) {
      filter.on_request = [=](const sdk::Call&, const sdk::RequestHead&, sdk::HeadEdit& edit) -> FakeFilter::Reply {
        return fail(edit);
      };
    } else {
      filter.on_response = [=](const sdk::Call&, const sdk::ResponseHead&, sdk::HeadEdit& edit) -> sdk::Status {
        return fail(edit);
      };
    }
    return Filter(InstanceOf<sdk::Filter>(std::move(filter)));
  };
  for (const bool on_request : {true, false}) {
    pipelines_.clear();
    Add({failing(on_request), To(origin), Fetch()});
    EXPECT_EQ(Get("/").status(), 429);

    pipelines_.clear();
    Add({Otherwise(config::OnError::kSkip, failing(on_request)), To(origin), Fetch()});
    const auto& skipped = Get("/");
    EXPECT_EQ(skipped.body(), "ab");
    EXPECT_EQ(skipped.Header("Cache-Control"), "private");
    EXPECT_THAT(origin.last().head, Not(HasSubstr("half done")));

    Add("next", {}, {Say("next")});
    pipelines_[0].steps[0] = Otherwise(config::OnError::kNext, failing(on_request));
    EXPECT_EQ(Get("/").body(), "next");
  }
  EXPECT_EQ(Metric("sluice_step_failures_total", {{"step", "filter"}, {"code", "rate_limited"}}), 6);
}

}  // namespace
}  // namespace sluice::pipeline::testing
