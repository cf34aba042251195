// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include "tests/core/pipeline/pipeline_fixture.hpp"

namespace sluice::pipeline::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const std::string kHash(40, 'a');

class ResolveTest : public PipelineTest {
 protected:
  /// A store that holds everything, at `url`; writes down what it is asked.
  InstancePtr StoreAt(const std::string& url, const std::string& type = "torbox",
                      sdk::ItemState state = sdk::ItemState::kCached) {
    FakeStore store;
    store.add = [this, state](const sdk::StoreUser& user, std::string_view magnet) -> sdk::Result<sdk::Item> {
      asked_.push_back("add " + std::string(magnet) + " with " + std::string(user.token) + " for " +
                       std::string(user.client_ip));
      return sdk::Item{.id = "item-7", .state = state, .files = {{.index = 0, .id = "f0"}, {.index = 12, .id = "f12"}}};
    };
    store.link = [this, url](const sdk::StoreUser& user, std::string_view id,
                             std::string_view file) -> sdk::Result<sdk::Source> {
      asked_.push_back("link " + std::string(id) + " " + std::string(file) + " with " + std::string(user.token));
      return sdk::Source{.url = url};
    };
    return InstanceOf<sdk::Store>(std::move(store), type);
  }
  static Step Granted(std::vector<sdk::Grant> grants) {
    return Authenticate({AuthBy([grants](const sdk::Call&, const sdk::Credentials&) -> FakeAuth::Answer {
      return std::optional(sdk::Principal{.subject = "user:1", .grants = grants});
    })});
  }

  std::vector<std::string> asked_;
  Origin origin_{Answered("200 OK", "", "content")};
};

TEST_F(ResolveTest, AResolverSeesTheRequestAndItsCaptures) {
  std::string seen;
  Add("p", {.path = "/{kind}/**"},
      {Authenticate({AuthBy([](const sdk::Call&, const sdk::Credentials&) -> FakeAuth::Answer {
         return std::optional(sdk::Principal{.subject = "user:1"});
       })}),
       Resolve(ResolverBy([&](const sdk::Call& call, const sdk::RequestHead& head) -> sdk::Result<sdk::Source> {
         seen = std::string(head.method) + " " + std::string(head.path) + "?" + std::string(head.query) + " " +
                head.principal->subject + " " + std::string(call.client_ip());
         for (const auto& param : head.params) seen.append(" ").append(param.name).append("=").append(param.value);
         return sdk::Source{.url = origin_.Url("/x")};
       })),
       Fetch()});

  EXPECT_EQ(Get("/film/a%20b?q=1&token=t").body(), "content");
  EXPECT_EQ(seen, "GET /film/a%20b?q=1 user:1 192.0.2.10 kind=film rest=a b");
}

TEST_F(ResolveTest, AResolverWithoutAuthenticateSeesNoPrincipal) {
  bool none = false;
  Add({Resolve(ResolverBy([&](const sdk::Call&, const sdk::RequestHead& head) -> sdk::Result<sdk::Source> {
         none = head.principal == nullptr;
         return sdk::Source{.url = origin_.Url("/x")};
       })),
       Fetch()});

  EXPECT_EQ(Get("/").status(), 200);
  EXPECT_TRUE(none);
}

TEST_F(ResolveTest, ErrorsOfResolversBecomeReplies) {
  Add({Resolve(ResolverBy([](const sdk::Call&, const sdk::RequestHead&) -> sdk::Result<sdk::Source> {
         return sdk::Error{.code = sdk::Errc::kRateLimited,
                           .message = "store: want fewer requests",
                           .retry_after = std::chrono::milliseconds(1500)};
       })),
       Fetch()});

  const auto& answer = Get("/");

  EXPECT_EQ(answer.status(), 429);
  EXPECT_EQ(answer.Header("Retry-After"), "2");
  EXPECT_THAT(answer.body(), HasSubstr("want fewer requests"));
}

TEST_F(ResolveTest, AResolverIsAskedForTheLinksOfItsManifests) {
  std::string seen;
  FakeResolver resolver;
  resolver.child = [&](const sdk::Child& child) -> sdk::Result<sdk::Source> {
    seen =
        std::string(child.url) + " " + std::string(child.context) + " " + std::to_string(static_cast<int>(child.kind));
    return sdk::Source{.url = origin_.Url("/by-child")};
  };
  Add({Resolve(InstanceOf<sdk::Resolver>(std::move(resolver))), Fetch()});

  EXPECT_EQ(Get(Link({.context = "session-1", .url = "https://origin.example/k", .kind = sdk::LinkKind::kKey})).body(),
            "content");
  EXPECT_EQ(seen, "https://origin.example/k session-1 3");
  EXPECT_EQ(origin_.last().line, "GET /by-child HTTP/1.1");
}

TEST_F(ResolveTest, MediaAreAskedForTheItemMadeOfCaptures) {
  std::string seen;
  FakeMedia media;
  media.resolve = [&](const sdk::Principal& who, std::string_view item) -> sdk::Result<sdk::Source> {
    seen = who.subject + ":" + std::string(item);
    return sdk::Source{.url = origin_.Url("/x")};
  };
  Add("p", {.path = "/lib/{show}/**"},
      {Resolve(InstanceOf<sdk::MediaBackend>(std::move(media)), {.item = "shows/{show}/{rest}.mkv"}), Fetch()});

  EXPECT_EQ(Get("/lib/Some%20Show/s1/e2").body(), "content");
  EXPECT_EQ(seen, ":shows/Some Show/s1/e2.mkv") << "nobody had to say who they are";
}

TEST_F(ResolveTest, MediaAreAskedForTheLinksOfTheirManifests) {
  FakeMedia media;
  media.child = [&](const sdk::Principal&, const sdk::Child& child) -> sdk::Result<sdk::Source> {
    asked_.push_back(std::string(child.url) + " " + std::string(child.context));
    return sdk::Source{.url = origin_.Url("/x")};
  };
  Add({Resolve(InstanceOf<sdk::MediaBackend>(std::move(media)), {.item = "{rest}"}), Fetch()});

  EXPECT_EQ(Get(Link({.context = "c", .url = "file:///srv/a.ts"})).body(), "content");
  EXPECT_THAT(asked_, ElementsAre("file:///srv/a.ts c"));
}

TEST_F(ResolveTest, AStoreIsAskedForTheCapturedItemAndFile) {
  Add("p", {.path = "/play/{hash}/{file}"},
      {Resolve(StoreAt(origin_.Url("/x")), {.item = "{hash}", .file = "{file}"}), Fetch()});

  EXPECT_EQ(Get("/play/" + kHash + "/12").body(), "content");
  EXPECT_THAT(asked_,
              ElementsAre("add magnet:?xt=urn:btih:" + kHash + " with  for 192.0.2.10", "link item-7 f12 with "));
}

TEST_F(ResolveTest, AStoreGivesTheFirstFileUnlessToldOtherwise) {
  Add("p", {.path = "/play/{hash}"}, {Resolve(StoreAt(origin_.Url("/x")), {.item = "{hash}"}), Fetch()});

  EXPECT_EQ(Get("/play/" + kHash).status(), 200);
  EXPECT_EQ(asked_.at(1), "link item-7 f0 with ");
}

TEST_F(ResolveTest, AFileThatTheItemDoesNotHaveIsNotFound) {
  Add("p", {.path = "/play/{hash}/{file}"},
      {Resolve(StoreAt(origin_.Url("/x")), {.item = "{hash}", .file = "{file}"}), Fetch()});

  EXPECT_EQ(Get("/play/" + kHash + "/1").status(), 404);
  EXPECT_EQ(asked_.size(), 1U) << "no link is asked for";
}

TEST_F(ResolveTest, AFileThatIsNoNumberIsRefused) {
  Add("p", {.path = "/play/{hash}/{file}"},
      {Resolve(StoreAt(origin_.Url("/x")), {.item = "{hash}", .file = "{file}"}), Fetch()});

  for (const auto* file : {"x", "1x", "-1", "+1", "%201", "4294967296"}) {
    EXPECT_EQ(Get("/play/" + kHash + "/" + file).status(), 400) << file;
  }
  EXPECT_THAT(asked_, ElementsAre());
}

TEST_F(ResolveTest, AnItemThatIsNoInfoHashNeverReachesAStore) {
  Add("p", {.path = "/play/{hash}"}, {Resolve(StoreAt(origin_.Url("/x")), {.item = "{hash}"}), Fetch()});

  for (const auto& hash : {kHash + "%26tr%3Dhttp%3A%2F%2Fevil", std::string(39, 'a'), std::string(40, 'g'),
                           std::string(32, '1'), std::string("x")}) {
    EXPECT_EQ(Get("/play/" + hash).status(), 400) << hash;
  }
  EXPECT_THAT(asked_, ElementsAre());
  EXPECT_EQ(Get("/play/" + std::string(40, 'F')).status(), 200);
  EXPECT_EQ(Get("/play/" + std::string(32, 'q')).status(), 200) << "base32";
}

TEST_F(ResolveTest, AStoreGetsTheKeyThatWasGrantedForItsType) {
  Add("p", {.path = "/play/{hash}"},
      {Granted({{.store = "realdebrid", .key = "not-this"}, {.store = "torbox", .key = "key-1"}}),
       Resolve(StoreAt(origin_.Url("/x"), "torbox"), {.item = "{hash}"}), Fetch()});

  EXPECT_EQ(Get("/play/" + kHash + "?token=t").status(), 200);
  EXPECT_THAT(asked_, ElementsAre(HasSubstr(" with key-1 for "), "link item-7 f0 with key-1"));
}

TEST_F(ResolveTest, AStoreNeverGetsTheKeyOfAnother) {
  Add("p", {.path = "/play/{hash}"},
      {Granted({{.store = "realdebrid", .key = "not-this"}}),
       Resolve(StoreAt(origin_.Url("/x"), "torbox"), {.item = "{hash}"}), Fetch()});

  Get("/play/" + kHash + "?token=t");

  EXPECT_EQ(asked_.at(1), "link item-7 f0 with ");
}

TEST_F(ResolveTest, AnItemThatTheStoreDoesNotHoldYetIsNotFound) {
  for (const auto state :
       {sdk::ItemState::kUnknown, sdk::ItemState::kQueued, sdk::ItemState::kDownloading, sdk::ItemState::kFailed}) {
    pipelines_.clear();
    asked_.clear();
    Add("p", {.path = "/play/{hash}"},
        {Resolve(StoreAt(origin_.Url("/x"), "torbox", state), {.item = "{hash}"}), Fetch()});

    EXPECT_EQ(Get("/play/" + kHash).status(), 404);
    EXPECT_EQ(asked_.size(), 1U) << "no link is asked for";
  }
  pipelines_.clear();
  Add("p", {.path = "/play/{hash}"},
      {Resolve(StoreAt(origin_.Url("/x"), "torbox", sdk::ItemState::kReady), {.item = "{hash}"}), Fetch()});
  EXPECT_EQ(Get("/play/" + kHash).status(), 200);
}

TEST_F(ResolveTest, LinksOfAManifestThatAStoreHeldAreFetchedAsTheyAre) {
  Add("p", {.path = "/play/{hash}"}, {Resolve(StoreAt(origin_.Url("/x")), {.item = "{hash}"}), Fetch()});

  EXPECT_EQ(Get(Link({.url = origin_.Url("/segment.ts")})).body(), "content");
  EXPECT_EQ(origin_.last().line, "GET /segment.ts HTTP/1.1");
  EXPECT_THAT(asked_, ElementsAre());
}

}  // namespace
}  // namespace sluice::pipeline::testing
