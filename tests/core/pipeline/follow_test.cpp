// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include "tests/core/pipeline/rewrite_fixture.hpp"
#include "tests/fakes/nginx.hpp"

namespace sluice::pipeline::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class FollowTest : public RewriteFixture {
 protected:
  /// A rewriter that notes what it is asked, and appends `suffix` to the URL.
  InstancePtr Follower(const std::string& suffix, std::chrono::milliseconds wait = {}) {
    FakeRewriter rewriter;
    rewriter.accepts = ByPath("m3u8");
    rewriter.rewrite = [this](const sdk::Call&, const sdk::Manifest& manifest, sdk::LinkMinter& links) {
      notes_.emplace_back(manifest.note);
      const auto link = links.Link({.url = manifest.base_url, .kind = sdk::LinkKind::kManifest, .note = "a\nnote"});
      return sdk::RewrittenManifest{.text = link ? *link : link.error().message, .content_type = "text/links"};
    };
    rewriter.follow = [this, suffix, wait](const sdk::Call&, const sdk::Followed& followed) {
      asked_.push_back(std::string(followed.url) + " " + std::string(followed.query) + " " +
                       std::to_string(static_cast<int>(followed.kind)) + " " + std::string(followed.note) +
                       (followed.minted ? " minted" : ""));
      return sdk::Destination{.url = std::string(followed.url) + suffix, .wait = wait};
    };
    return InstanceOf<sdk::ManifestRewriter>(std::move(rewriter));
  }
  Pipeline& From(const std::string& url, std::vector<InstancePtr> rewriters) {
    return Add({Resolve(ResolverTo({.url = url})), Fetch(), Rewrite(std::move(rewriters))});
  }

  Origin origin_{Answered("200 OK", "", "body")};
  std::vector<std::string> asked_;
  std::vector<std::string> notes_;
};

TEST_F(FollowTest, TheRewritersSayInTurnWhereALinkWithAQueryLeads) {
  From("http://unused.example/", {Follower("?one"), Follower("&two")});
  const auto link = Link({.url = origin_.Url("/a.m3u8"), .kind = sdk::LinkKind::kManifest, .note = "mine"});

  Get(link + "?q=1&r");

  EXPECT_THAT(asked_, ElementsAre(origin_.Url("/a.m3u8") + " q=1&r 0 mine minted",
                                  origin_.Url("/a.m3u8?one") + " q=1&r 0 mine minted"));
  EXPECT_EQ(origin_.last().line, "GET /a.m3u8?one&two HTTP/1.1");
}

TEST_F(FollowTest, ARequestWithoutALinkIsAskedAboutWhatTheResolverMadeOfIt) {
  From(origin_.Url("/a.m3u8"), {Follower("?x")});

  Get("/?q=1");

  EXPECT_THAT(asked_, ElementsAre(origin_.Url("/a.m3u8") + " q=1 6 "));
  EXPECT_EQ(origin_.last().line, "GET /a.m3u8?x HTTP/1.1");
}

TEST_F(FollowTest, NobodyIsAskedWithoutAQueryOrAboutAFile) {
  const fakes::TempFolder folder;
  const auto list = folder.Write("a.m3u8", "");
  From(origin_.Url("/a.m3u8"), {Follower("?x")});
  Get("/");
  pipelines_.clear();
  From("file://" + list.string(), {Follower("?x")});
  Get("/?q=1");

  EXPECT_THAT(asked_, IsEmpty());
}

TEST_F(FollowTest, WhatAFilterConsumedIsNotInTheQuery) {
  Add({Authenticate({AuthByName()}), Resolve(ResolverTo({.url = origin_.Url("/a.m3u8")})), Fetch(),
       Rewrite({Follower("")})});

  Get("/?token=ann&q=1");

  EXPECT_THAT(asked_, ElementsAre(origin_.Url("/a.m3u8") + " q=1 6 "));
}

TEST_F(FollowTest, TheResolverJudgesWhereALinkLeads) {
  std::vector<std::string> judged;
  struct Judge final : sdk::Resolver {
    sdk::Result<sdk::Source> Resolve(const sdk::Call&, const sdk::RequestHead&) override { return sdk::Source{}; }
    sdk::Result<sdk::Source> ResolveChild(const sdk::Call&, const sdk::RequestHead&, const sdk::Child& child) override {
      judged->emplace_back(child.url);
      return sdk::Error{.code = sdk::Errc::kPermissionDenied, .message = "not there"};
    }
    std::vector<std::string>* judged = nullptr;
  } judge;
  judge.judged = &judged;
  Add({Resolve(InstanceOf<sdk::Resolver>(judge)), Fetch(), Rewrite({Follower("?moved")})});

  EXPECT_EQ(Get(Link({.url = origin_.Url("/a.m3u8"), .kind = sdk::LinkKind::kManifest}) + "?q").status(), 403);

  EXPECT_THAT(judged, ElementsAre(origin_.Url("/a.m3u8?moved")));
  EXPECT_THAT(origin_.requests(), IsEmpty());
}

TEST_F(FollowTest, ARefusalIsTheAnswer) {
  FakeRewriter rewriter;
  rewriter.accepts = ByPath("m3u8");
  rewriter.follow = [](const sdk::Call&, const sdk::Followed&) -> sdk::Result<sdk::Destination> {
    return sdk::Error{.code = sdk::Errc::kNotFound, .message = "no such pathway"};
  };
  From(origin_.Url("/a.m3u8"), {InstanceOf<sdk::ManifestRewriter>(std::move(rewriter))});

  EXPECT_EQ(Get("/?q").status(), 404);
  EXPECT_EQ(Get(Link({.url = origin_.Url("/a.m3u8")}) + "?q").status(), 404);
  EXPECT_THAT(origin_.requests(), IsEmpty());
}

TEST_F(FollowTest, NobodyCanSendAViewerIntoTheDisk) {
  FakeRewriter rewriter;
  rewriter.accepts = ByPath("m3u8");
  rewriter.follow = [](const sdk::Call&, const sdk::Followed&) -> sdk::Result<sdk::Destination> {
    return sdk::Destination{.url = "file:///etc/passwd"};
  };
  From(origin_.Url("/a.m3u8"), {InstanceOf<sdk::ManifestRewriter>(std::move(rewriter))});

  EXPECT_EQ(Get("/?q").status(), 500);
  EXPECT_EQ(Get(Link({.url = origin_.Url("/a.m3u8")}) + "?q").status(), 500);
}

TEST_F(FollowTest, ASourceOfAnEndpointIsNoOther) {
  Add({Serve(EndpointBy({{.method = "GET", .path_template = "/**"}},
                        [this](const sdk::Call&, std::size_t, const sdk::RequestHead&, std::string_view,
                               sdk::ResponseWriter&) -> FakeEndpoint::Answer {
                          return std::optional(sdk::Source{.url = origin_.Url("/a.m3u8")});
                        })),
       Fetch(), Rewrite({Follower("?x")})});

  Get("/?q");
  EXPECT_EQ(origin_.last().line, "GET /a.m3u8?x HTTP/1.1");
  Get(Link({.url = origin_.Url("/b.m3u8"), .kind = sdk::LinkKind::kManifest}) + "?q");
  EXPECT_EQ(origin_.last().line, "GET /b.m3u8?x HTTP/1.1");
}

TEST_F(FollowTest, ANoteComesBackWithWhatTheLinkLeadsTo) {
  From(origin_.Url("/a.m3u8"), {Follower("")});

  const auto link = Get("/").body();
  Get(link);

  EXPECT_THAT(notes_, ElementsAre("", "a\nnote"));
  EXPECT_EQ(link.find("note"), std::string::npos);
}

}  // namespace
}  // namespace sluice::pipeline::testing
