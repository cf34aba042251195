// SPDX-License-Identifier: MIT
#include "core/pipeline/manifest_cache.hpp"

#include <gmock/gmock.h>

#include "tests/core/pipeline/rewrite_fixture.hpp"

namespace sluice::pipeline::testing {
namespace {

using ::testing::EndsWith;

ManifestCache::Rewritten Of(std::string text) {
  return std::make_shared<const sdk::RewrittenManifest>(sdk::RewrittenManifest{.text = std::move(text)});
}

TEST(ManifestCacheTest, KnowsTheTextThatCameLast) {
  ManifestCache cache(10'000);
  cache.Keep("key", "one", Of("1"));
  EXPECT_EQ(cache.Find("key", "one")->text, "1");
  EXPECT_EQ(cache.Find("key", "two"), nullptr);
  EXPECT_EQ(cache.Find("other", "one"), nullptr);

  cache.Keep("key", "two", Of("2"));

  EXPECT_EQ(cache.Find("key", "two")->text, "2");
  EXPECT_EQ(cache.Find("key", "one"), nullptr);
}

TEST(ManifestCacheTest, StaysWithinItsMemory) {
  constexpr std::size_t kEach = 1 + 3 + 96 + ManifestCache::kOverheadBytes;
  ManifestCache cache(3 * kEach);
  for (const char* key : {"a", "b", "c"}) cache.Keep(key, "one", Of(std::string(96, key[0])));
  ASSERT_NE(cache.Find("a", "one"), nullptr);

  cache.Keep("d", "one", Of(std::string(96, 'd')));
  cache.Keep("e", "one", Of(std::string(3 * kEach, 'e')));

  EXPECT_EQ(cache.Find("b", "one"), nullptr) << "used longest ago";
  EXPECT_EQ(cache.Find("e", "one"), nullptr) << "larger than all that it may keep";
  for (const char* key : {"a", "c", "d"}) EXPECT_NE(cache.Find(key, "one"), nullptr) << key;
  EXPECT_EQ(cache.bytes(), 3 * kEach);
}

class KeptManifestTest : public RewriteFixture {
 protected:
  /// Links for every line, and how often it was asked.
  InstancePtr Counting(bool stable = true, bool fetches = false) {
    FakeRewriter rewriter;
    rewriter.accepts = ByPath("m3u8");
    rewriter.rewrite = [=, this](const sdk::Call&, const sdk::Manifest& manifest,
                                 sdk::LinkMinter& links) -> sdk::Result<sdk::RewrittenManifest> {
      ++asked_;
      if (fetches) static_cast<void>(manifest.references->Fetch({.url = manifest.base_url}));
      sdk::RewrittenManifest out{.text = {}, .content_type = "text/links", .stable = stable};
      for (const auto& line : Lines(std::string(manifest.text)))
        out.text += links.Proxied(sdk::ResolveReference(manifest.base_url, line), sdk::LinkKind::kManifest) + "\n";
      return out;
    };
    return InstanceOf<sdk::ManifestRewriter>(std::move(rewriter));
  }
  static Step Keeping(std::vector<InstancePtr> rewriters) {
    auto step = Rewrite(std::move(rewriters));
    step.rewritten = std::make_shared<ManifestCache>(1'000'000);
    return step;
  }
  Step Playlist() { return Resolve(ResolverTo({.url = origin_.Url("/a.m3u8")})); }

  std::string text_ = "b.m3u8\n";
  Origin origin_{[this](const Origin::Request&) { return Answered("200 OK", "", text_); }};
  int asked_ = 0;
};

TEST_F(KeptManifestTest, TheSameManifestIsRewrittenOnce) {
  Add({Playlist(), Fetch(), Keeping({Counting()})});

  const std::string first = Get("/").body();
  const auto& second = Get("/");

  EXPECT_EQ(second.body(), first);
  EXPECT_EQ(second.Header("Content-Type"), "text/links");
  EXPECT_EQ(asked_, 1);
  EXPECT_EQ(origin_.requests().size(), 2U) << "whether it is the same the origin says";
  EXPECT_EQ(Metric("sluice_manifests_total", {{"pipeline", "p"}, {"result", "kept"}}), 1);
  EXPECT_EQ(Metric("sluice_manifests_total", {{"pipeline", "p"}, {"result", "rewritten"}}), 1);
  text_ = "c.m3u8\n";
  EXPECT_NE(Get("/").body(), first);
  EXPECT_EQ(asked_, 2);
}

TEST_F(KeptManifestTest, EveryPrincipalHasLinksOfItsOwn) {
  Add({Authenticate({AuthByName()}), Playlist(), Fetch(), Keeping({Counting()})});
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());

  for (const std::string name : {"ann", "bob", "ann"}) {
    const auto link = state::OpenLink(*secrets_, Lines(Get("/?token=" + name).body()).at(0), now);
    ASSERT_TRUE(link);
    EXPECT_EQ(link->subject, name);
  }

  EXPECT_EQ(asked_, 2);
}

TEST_F(KeptManifestTest, EverySessionOfAPrincipalHasLinksOfItsOwn) {
  const auto by_session = AuthBy([](const sdk::Call&, const sdk::Credentials& given) -> FakeAuth::Answer {
    return std::optional(sdk::Principal{.subject = "ann", .session = std::string(given.secret)});
  });
  Add({Authenticate({by_session}), Playlist(), Fetch(), Keeping({Counting()})});
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());

  for (const std::string session : {"tv", "phone", "tv"}) {
    const auto link = state::OpenLink(*secrets_, Lines(Get("/?token=" + session).body()).at(0), now);
    ASSERT_TRUE(link);
    EXPECT_EQ(link->session, session);
  }

  EXPECT_EQ(asked_, 2);
}

TEST_F(KeptManifestTest, WhatElseLinksDependOnTellsViewersApart) {
  Add({Authenticate({AuthByName()}), Playlist(), Fetch(), Keeping({Counting()})});
  const auto ask = [&](const Target& how) {
    auto target = how;
    target.url = origin_.Url("/a.m3u8");
    target.kind = sdk::LinkKind::kManifest;
    Get(Link(target));
  };

  for (int i = 0; i < 2; ++i) {
    ask({.subject = "ann"});
    ask({.subject = "bob"});
    ask({.subject = "ann", .scopes = {"hd"}});
    ask({.subject = "ann", .context = "c"});
    ask({.subject = "ann", .ttl = std::chrono::hours(5)});
    ask({.subject = "ann", .note = "n"});
  }

  EXPECT_EQ(asked_, 6);
}

TEST_F(KeptManifestTest, OnlyWhatDependsOnNothingElseIsKept) {
  Add("clock", {.path = "/clock"}, {Playlist(), Fetch(), Keeping({Counting(false)})});
  Add("fetch", {.path = "/fetch"}, {Playlist(), Fetch(), Keeping({Counting(true, true)})});
  Add("none", {.path = "/none"}, {Playlist(), Fetch(), Rewrite({Counting()})});

  for (const char* path : {"/clock", "/fetch", "/none"}) {
    asked_ = 0;
    for (int i = 0; i < 2; ++i) Get(path);
    EXPECT_EQ(asked_, 2) << path;
  }
}

TEST_F(KeptManifestTest, AFailureIsNotKept) {
  bool fails = true;
  FakeRewriter rewriter;
  rewriter.accepts = ByPath("m3u8");
  rewriter.rewrite = [&](const sdk::Call&, const sdk::Manifest&,
                         sdk::LinkMinter&) -> sdk::Result<sdk::RewrittenManifest> {
    if (fails) return sdk::Error{.code = sdk::Errc::kUpstreamFailed, .message = "no"};
    return sdk::RewrittenManifest{.text = "yes", .content_type = "a/b", .stable = true};
  };
  Add({Playlist(), Fetch(), Keeping({InstanceOf<sdk::ManifestRewriter>(std::move(rewriter))})});

  EXPECT_EQ(Get("/").status(), 502);
  fails = false;
  EXPECT_EQ(Get("/").body(), "yes");
}

}  // namespace
}  // namespace sluice::pipeline::testing
