// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include <thread>

#include "tests/core/pipeline/gate.hpp"
#include "tests/core/pipeline/rewrite_fixture.hpp"

namespace sluice::pipeline::testing {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kRequests = "sluice_upstream_small_requests_total";
constexpr const char* kCacheBytes = "sluice_upstream_small_cache_bytes";

/// A viewer that asks on a thread of its own.
class Viewer {
 public:
  Viewer(Engine& engine, Asked asked) : exchange_(std::move(asked)), thread_([&] { engine.Handle(exchange_); }) {}

  void Leave() { exchange_.LeaveAfter(0); }
  /// What it received, once it has everything.
  const FakeExchange& Answer() {
    if (thread_.joinable()) thread_.join();
    return exchange_;
  }

 private:
  FakeExchange exchange_;
  std::jthread thread_;
};

class SharedFetchTest : public RewriteFixture {
 protected:
  static config::FetchStep Keeping(config::FetchCache cache = {.keep = true}) {
    config::FetchStep step;
    step.cache = cache;
    return step;
  }
  /// A pipeline that rewrites everything named .m3u8.
  Pipeline& Serving(const Origin& origin, std::string_view path, const config::FetchStep& fetch = {}) {
    return Add({Resolve(ResolverTo({.url = origin.Url(path)})), Fetch(fetch), Rewrite({Lister(ByPath("m3u8"))})});
  }
  /// Answers with the number of the request as body.
  static Origin::Answer Numbered(const std::string& fields, const std::string& status = "200 OK") {
    auto count = std::make_shared<std::atomic<int>>(0);
    return [=](const Origin::Request&) { return Answered(status, fields, std::to_string(++*count)); };
  }
  /// Answers with one segment when the gate is open.
  Origin::Answer Gated(const std::string& fields = {}) {
    return [=, this](const Origin::Request&) {
      gate_.Wait();
      return Answered("200 OK", fields, "seg.ts\n");
    };
  }
  /// One viewer whose request the origin has, and `others` who wait for its answer.
  void StartBehindOne(const Origin& origin, int others) {
    Start(1);
    WaitForRequests(origin, 1);
    Start(others);
    WaitForWaiting(others);
  }
  void Start(int count, const Asked& asked = {}) {
    for (int i = 0; i < count; ++i) viewers_.push_back(std::make_unique<Viewer>(engine_, asked));
  }
  static void WaitForRequests(const Origin& origin, std::size_t count) {
    while (origin.requests().size() < count) std::this_thread::yield();
  }
  void WaitForWaiting(int count) const {
    while (Metric("sluice_upstream_small_waiting") < count) std::this_thread::yield();
  }
  std::string FollowLink(const Origin& origin, std::string_view path, sdk::LinkKind kind,
                         std::vector<sdk::Header> headers = {}) {
    return Get(Link({.url = origin.Url(path), .kind = kind}), std::move(headers)).body();
  }

  Gate gate_;
  std::vector<std::unique_ptr<Viewer>> viewers_;
};

TEST_F(SharedFetchTest, TwentyViewersAtOneTimeMakeOneRequest) {
  Origin origin(Gated("Cache-Control: no-store\r\n"));
  Serving(origin, "/live.m3u8");
  Use();
  StartBehindOne(origin, 19);
  gate_.Open();

  for (auto& viewer : viewers_) {
    EXPECT_EQ(viewer->Answer().status(), 200);
    EXPECT_THAT(viewer->Answer().body(), EndsWith("/live.m3u8\nseg.ts\n"));
    EXPECT_TRUE(viewer->Answer().finished());
    EXPECT_FALSE(viewer->Answer().Has("Age"));
  }
  EXPECT_EQ(origin.requests().size(), 1U);
  EXPECT_EQ(Metric(kRequests, {{"result", "miss"}}), 1);
  EXPECT_EQ(Metric(kRequests, {{"result", "coalesced"}}), 19);
  EXPECT_THAT(Get("/").body(), EndsWith("seg.ts\n"));
  EXPECT_EQ(origin.requests().size(), 2U) << "nothing was kept";
}

TEST_F(SharedFetchTest, OneViewersLeavingIsNoOthers) {
  Origin origin(Gated());
  Serving(origin, "/live.m3u8");
  Use();
  StartBehindOne(origin, 5);

  viewers_[0]->Leave();
  WaitForRequests(origin, 2);
  EXPECT_EQ(viewers_[0]->Answer().status(), 0);
  gate_.Open();

  for (std::size_t i = 1; i < viewers_.size(); ++i) EXPECT_THAT(viewers_[i]->Answer().body(), EndsWith("seg.ts\n"));
}

TEST_F(SharedFetchTest, EachViewersDeadlineHolds) {
  Origin origin(Gated());
  Serving(origin, "/live.m3u8");
  Use();
  Start(1);
  WaitForRequests(origin, 1);
  pipelines_[0].steps[1].config.deadline = milliseconds(50);

  const auto& late = Get("/");

  EXPECT_EQ(late.status(), 504);
  EXPECT_EQ(origin.requests().size(), 1U);
  gate_.Open();
  EXPECT_EQ(viewers_[0]->Answer().status(), 200);
}

TEST_F(SharedFetchTest, WhatTellsViewersApartIsNeverShared) {
  auto fetch = Keeping();
  fetch.request_headers.allow = {"default", "Authorization", "Cookie", "X-Key"};
  for (const std::string name : {"Authorization", "Cookie", "X-Key"}) {
    Origin origin([&](const Origin::Request& request) {
      gate_.Wait();
      return Answered("200 OK", "Cache-Control: public, max-age=50\r\n", request.head);
    });
    pipelines_.clear();
    viewers_.clear();
    Serving(origin, "/live.m3u8", fetch);
    Use();
    Start(1, {.headers = {{name, "one"}}});
    Start(1, {.headers = {{name, "two"}}});
    Start(1);
    WaitForRequests(origin, 3);
    gate_.Open();

    EXPECT_THAT(viewers_[0]->Answer().body(), HasSubstr(": one\r\n")) << name;
    EXPECT_THAT(viewers_[1]->Answer().body(), HasSubstr(": two\r\n")) << name;
    EXPECT_THAT(viewers_[2]->Answer().body(),
                ::testing::AllOf(Not(HasSubstr(": one\r\n")), Not(HasSubstr(": two\r\n"))));
    EXPECT_THAT(Get("/", {{name, "two"}}).body(), HasSubstr(": two\r\n")) << name;
    EXPECT_THAT(Get("/", {{name, "three"}}).body(), HasSubstr(": three\r\n")) << name;
  }
}

TEST_F(SharedFetchTest, SharedPlaylistsLeadToLinksOfEachViewersOwn) {
  Origin origin(Answered("200 OK", "Cache-Control: max-age=50\r\n", "seg.ts\n"));
  Add({Authenticate({AuthByName()}), Resolve(ResolverTo({.url = origin.Url("/a.m3u8")})), Fetch(Keeping()),
       Rewrite({Linker()})});
  const auto now = std::chrono::floor<seconds>(std::chrono::system_clock::now());

  for (const std::string who : {"ann", "bob"}) {
    const auto link = state::OpenLink(*secrets_, Lines(Get("/?token=" + who).body()).at(0), now);
    ASSERT_TRUE(link);
    EXPECT_EQ(link->subject, who);
  }
  EXPECT_EQ(origin.requests().size(), 1U);
}

TEST_F(SharedFetchTest, KeepsForAsLongAsTheUpstreamSays) {
  Origin origin(Numbered("Cache-Control: max-age=9\r\nAge: 4\r\n"));
  Serving(origin, "/live.m3u8", Keeping());

  EXPECT_EQ(Get("/").Header("Age"), "4");
  now_ += seconds(3);
  const auto& kept = Get("/");
  EXPECT_THAT(kept.body(), EndsWith("\n1"));
  EXPECT_EQ(kept.Header("Age"), "7");
  EXPECT_EQ(kept.Header("Cache-Control"), "max-age=9");
  EXPECT_THAT(Get("/", {{"Cache-Control", "no-cache"}}).body(), EndsWith("\n2"));
  now_ += seconds(5);
  EXPECT_THAT(Get("/").body(), EndsWith("\n3"));
  EXPECT_EQ(Metric(kRequests, {{"result", "hit"}}), 1);
  EXPECT_EQ(Metric(kRequests, {{"result", "miss"}}), 3);
}

TEST_F(SharedFetchTest, KeepsNothingThatTheUpstreamDoesNotAllow) {
  for (const std::string fields :
       {"", "Cache-Control: no-store, max-age=50\r\n", "Cache-Control: no-cache, max-age=50\r\n",
        "Cache-Control: private, max-age=50\r\n", "Cache-Control: max-age=0\r\n", "Expires: 0\r\n",
        "Cache-Control: max-age=50\r\nSet-Cookie: a=b\r\n", "Cache-Control: max-age=50\r\nVary: *\r\n"}) {
    Origin origin(Numbered(fields));
    pipelines_.clear();
    Serving(origin, "/live.m3u8", Keeping());

    EXPECT_THAT(Get("/").body(), EndsWith("\n1")) << fields;
    EXPECT_THAT(Get("/").body(), EndsWith("\n2")) << fields;
    EXPECT_EQ(Metric(kCacheBytes), 0) << fields;
  }
}

TEST_F(SharedFetchTest, KeepsNothingUnasked) {
  Origin origin(Numbered("Cache-Control: max-age=50\r\n"));
  Serving(origin, "/live.m3u8");

  EXPECT_THAT(Get("/").body(), EndsWith("\n1"));
  EXPECT_THAT(Get("/").body(), EndsWith("\n2"));
}

TEST_F(SharedFetchTest, KeepsWithinTheStepsOwnBounds) {
  Origin origin(Numbered("Cache-Control: max-age=50\r\n"));
  Serving(origin, "/live.m3u8", Keeping({.keep = true, .max_age = seconds(2)}));
  EXPECT_THAT(Get("/").body(), EndsWith("\n1"));
  now_ += seconds(2);
  EXPECT_THAT(Get("/").body(), EndsWith("\n2"));

  pipelines_.clear();
  Serving(origin, "/other.m3u8", Keeping({.keep = true, .max_size = 0}));
  EXPECT_THAT(Get("/").body(), EndsWith("\n3"));
  EXPECT_THAT(Get("/").body(), EndsWith("\n4"));
}

TEST_F(SharedFetchTest, KeepsWithinItsMemory) {
  Origin origin([](const Origin::Request& request) {
    return Answered("200 OK", "Cache-Control: max-age=50\r\n", request.line + std::string(2'000, '.'));
  });
  Add({Resolve(ResolverBy([&](const sdk::Call&, const sdk::RequestHead& head) -> sdk::Result<sdk::Source> {
         return sdk::Source{.url = origin.Url(head.path)};
       })),
       Fetch(Keeping()), Rewrite({Lister(ByPath("m3u8"))})});

  for (int i = 0; i < 20; ++i) {
    const auto path = "/" + std::to_string(i) + ".m3u8";
    EXPECT_THAT(Get(path).body(), HasSubstr("\nGET " + path + " "));
    EXPECT_LE(Metric(kCacheBytes), kSmallBytes);
  }
  EXPECT_GT(Metric(kCacheBytes), 4'000);
  EXPECT_GT(Metric("sluice_upstream_small_cache_evictions_total"), 0);
  Get("/19.m3u8");
  EXPECT_EQ(origin.requests().size(), 20U);
  Get("/0.m3u8");
  EXPECT_EQ(origin.requests().size(), 21U) << "left to make room";
}

TEST_F(SharedFetchTest, ErrorsAreNotKeptAndDoNotMakeTheStaleFresh) {
  for (const auto& [line, status] : {std::pair{"404 Not Found", 404}, {"503 Busy", 503}}) {
    std::atomic<bool> well = false;
    std::atomic<int> count = 0;
    Origin origin([&, line = line](const Origin::Request&) {
      return Answered(well ? "200 OK" : line, "Cache-Control: max-age=5\r\n", std::to_string(++count));
    });
    pipelines_.clear();
    Serving(origin, "/live.m3u8", Keeping());

    EXPECT_EQ(Get("/").status(), status);
    EXPECT_EQ(Get("/").body(), "2");
    well = true;
    EXPECT_THAT(Get("/").body(), EndsWith("\n3"));
    well = false;
    EXPECT_THAT(Get("/").body(), EndsWith("\n3")) << "fresh";
    now_ += seconds(5);
    EXPECT_EQ(Get("/").status(), status) << "stale";
  }
}

TEST_F(SharedFetchTest, KeysAndInitSegmentsAreSharedAndSegmentsAreNot) {
  Origin origin(Numbered("Cache-Control: max-age=50\r\n"));
  Serving(origin, "/live.m3u8", Keeping());

  EXPECT_EQ(FollowLink(origin, "/init.mp4", sdk::LinkKind::kInit), "1");
  EXPECT_EQ(FollowLink(origin, "/init.mp4", sdk::LinkKind::kInit), "1");
  EXPECT_EQ(FollowLink(origin, "/seg.ts", sdk::LinkKind::kSegment), "2");
  EXPECT_EQ(FollowLink(origin, "/seg.ts", sdk::LinkKind::kSegment), "3");

  std::atomic<int> asked = 0;
  Origin keys([&](const Origin::Request&) {
    return Answered("200 OK", "Cache-Control: max-age=50\r\n", std::string(16, static_cast<char>('0' + ++asked)));
  });
  EXPECT_EQ(FollowLink(keys, "/key", sdk::LinkKind::kKey), std::string(16, '1'));
  EXPECT_EQ(FollowLink(keys, "/key", sdk::LinkKind::kKey), std::string(16, '1'));
}

TEST_F(SharedFetchTest, PartsConditionsAndHeadPass) {
  Origin origin(Numbered("Cache-Control: max-age=50\r\n"));
  Serving(origin, "/live.m3u8", Keeping());
  EXPECT_EQ(FollowLink(origin, "/init.mp4", sdk::LinkKind::kInit), "1");

  EXPECT_EQ(FollowLink(origin, "/init.mp4", sdk::LinkKind::kInit, {{"Range", "bytes=0-0"}}), "2");
  EXPECT_EQ(FollowLink(origin, "/init.mp4", sdk::LinkKind::kInit, {{"If-None-Match", "\"x\""}}), "3");
  Ask({.method = "HEAD", .target = Link({.url = origin.Url("/init.mp4"), .kind = sdk::LinkKind::kInit})});
  EXPECT_EQ(origin.last().line, "HEAD /init.mp4 HTTP/1.1");
  EXPECT_EQ(Metric(kRequests, {{"result", "bypass"}}), 3);
  EXPECT_EQ(FollowLink(origin, "/init.mp4", sdk::LinkKind::kInit), "1");
}

TEST_F(SharedFetchTest, WhatIsLongStreamsToEachViewer) {
  const std::string body(1'500'000, 'x');
  for (const auto& answer : {Answered("200 OK", "Cache-Control: max-age=50\r\n", body),
                             "HTTP/1.1 200 OK\r\nCache-Control: max-age=50\r\nConnection: close\r\n\r\n" + body}) {
    Origin origin(answer);
    pipelines_.clear();
    Serving(origin, "/live.m3u8", Keeping());

    EXPECT_EQ(FollowLink(origin, "/init.mp4", sdk::LinkKind::kInit), body);
    EXPECT_EQ(origin.requests().size(), 1U) << "what was read on the way is not asked for again";
    EXPECT_EQ(FollowLink(origin, "/init.mp4", sdk::LinkKind::kInit), body);
    EXPECT_EQ(origin.requests().size(), 2U);
    EXPECT_EQ(Get("/").status(), 502) << "a manifest may not be longer than max_size";
    EXPECT_THAT(Get("/").body(), HasSubstr("larger than max_size (1048576 octets)"));
  }
}

TEST_F(SharedFetchTest, PipelinesShareNothingAndThoseWithoutRewriteKeepNothing) {
  Origin origin(Numbered("Cache-Control: max-age=50\r\n"));
  const auto resolve = [&] { return Resolve(ResolverTo({.url = origin.Url("/live.m3u8")})); };
  Add("one", {.path = "/one"}, {resolve(), Fetch(Keeping()), Rewrite({Lister(ByPath("m3u8"))})});
  Add("two", {.path = "/two"}, {resolve(), Fetch(Keeping()), Rewrite({Lister(ByPath("m3u8"))})});
  Add("raw", {.path = "/raw"}, {resolve(), Fetch(Keeping())});

  EXPECT_THAT(Get("/one").body(), EndsWith("\n1"));
  EXPECT_THAT(Get("/two").body(), EndsWith("\n2"));
  EXPECT_THAT(Get("/one").body(), EndsWith("\n1"));
  EXPECT_EQ(Get("/raw").body(), "3");
  EXPECT_EQ(Get("/raw").body(), "4");
}

TEST_F(SharedFetchTest, EachViewersResolverIsAskedWhereRedirectsMayLead) {
  Origin origin([](const Origin::Request& request) {
    return request.line.starts_with("GET /a.m3u8 ")
               ? Answered("302 Found", "Location: /b.m3u8\r\n", "")
               : Answered("200 OK", "Cache-Control: max-age=50\r\n", request.Has("x-key") ? "locked" : "open");
  });
  std::vector<std::string> asked;
  sdk::Result<sdk::Source> said = sdk::Source{};
  FakeResolver resolver;
  resolver.resolve = [&](const sdk::Call&, const sdk::RequestHead&) -> sdk::Result<sdk::Source> {
    return sdk::Source{.url = origin.Url("/a.m3u8")};
  };
  resolver.child = [&](const sdk::Child& child) {
    asked.emplace_back(child.url);
    return said;
  };
  Add({Resolve(InstanceOf<sdk::Resolver>(std::move(resolver))), Fetch(Keeping()), Rewrite({Lister(ByPath("m3u8"))})});

  EXPECT_THAT(Get("/").body(), EndsWith("open"));
  EXPECT_THAT(Get("/").body(), EndsWith("open"));
  EXPECT_EQ(origin.requests().size(), 2U);
  EXPECT_THAT(asked, ::testing::ElementsAre(origin.Url("/b.m3u8"), origin.Url("/b.m3u8")));
  said = sdk::Source{.url = {}, .headers = {{"X-Key", "k"}}};
  EXPECT_THAT(Get("/").body(), EndsWith("locked"));
  said = sdk::Error{.code = sdk::Errc::kPermissionDenied, .message = "not there"};
  EXPECT_EQ(Get("/").status(), 403);
}

}  // namespace
}  // namespace sluice::pipeline::testing
