// SPDX-License-Identifier: MIT
#include "core/upstream/small_cache.hpp"

#include "core/upstream/profile.hpp"
#include "tests/core/upstream/small_cache_fixture.hpp"

namespace sluice::upstream {
namespace {

using std::chrono::seconds;

TEST_F(SmallCacheTest, ReadsWholeUpToTheLimit) {
  FaultyOrigin origin([](FaultyOrigin::Peer& peer) {
    peer.ReadHead();
    peer.Send("HTTP/1.1 404 Nope\r\nX-A: b\r\nContent-Length: 5\r\n\r\nhello");
  });
  const TestCall call;

  const auto whole = FetchSmall(call, Get(origin.url() + "/x"), {.max_body_bytes = 5});

  ASSERT_TRUE(whole) << whole.error().message;
  ASSERT_TRUE(whole->small);
  EXPECT_EQ(whole->small->status, 404);
  EXPECT_EQ(whole->small->reason, "Nope");
  EXPECT_EQ(whole->small->url, origin.url() + "/x");
  EXPECT_EQ(whole->small->Header("x-a"), "b");
  EXPECT_EQ(whole->small->body, "hello");
}

TEST_F(SmallCacheTest, LetsWhatIsTooLongPassFromItsFirstOctet) {
  for (const char* framing : {"Content-Length: 5\r\n", "Connection: close\r\n"}) {
    FaultyOrigin origin([&](FaultyOrigin::Peer& peer) {
      peer.ReadHead();
      ++served_;
      peer.Send("HTTP/1.1 200 OK\r\nCache-Control: max-age=50\r\n" + std::string(framing) + "\r\nhello");
    });
    served_ = 0;
    const TestCall call;

    auto passed = FetchSmall(call, Get(origin.url()), {.max_body_bytes = 3});

    ASSERT_TRUE(passed) << passed.error().message;
    ASSERT_TRUE(passed->passed) << framing;
    EXPECT_EQ(Show(passed), "hello") << framing;
    EXPECT_EQ(Ask(Get(origin.url()), {.max_body_bytes = 3}), "hello") << "and is not kept";
    EXPECT_EQ(served_, 2);
  }
}

TEST_F(SmallCacheTest, KeepsWhatIsFreshAndNoLonger) {
  FaultyOrigin origin(Numbered("Cache-Control: max-age=5\r\n"));
  const auto request = Get(origin.url());

  EXPECT_EQ(Ask(request), "1");
  now_ += seconds(4);
  EXPECT_EQ(Ask(request), "1");
  now_ += seconds(1);
  EXPECT_EQ(Ask(request), "2");
  EXPECT_EQ(Metric(kSmallRequests, "hit"), 1);
  EXPECT_EQ(Metric(kSmallRequests, "miss"), 2);
}

TEST_F(SmallCacheTest, KeepsNothingForLongerThanItsOwnLimit) {
  FaultyOrigin origin(Numbered("Cache-Control: max-age=500\r\n"));

  EXPECT_EQ(Ask(Get(origin.url()), {.longest = seconds(2)}), "1");
  now_ += seconds(2);
  EXPECT_EQ(Ask(Get(origin.url()), {.longest = seconds(2)}), "2");
}

TEST_F(SmallCacheTest, KeepsNothingUnasked) {
  FaultyOrigin silent(Numbered(""));
  EXPECT_EQ(Ask(Get(silent.url())), "1");
  EXPECT_EQ(Ask(Get(silent.url())), "2");
  FaultyOrigin fresh(Numbered("Cache-Control: max-age=5\r\n"));
  EXPECT_EQ(Ask(Get(fresh.url()), {.keep = false}), "3");
  EXPECT_EQ(Ask(Get(fresh.url()), {.keep = false}), "4");
  MakeCache(0);
  EXPECT_EQ(Ask(Get(fresh.url())), "5");
  EXPECT_EQ(Ask(Get(fresh.url())), "6");
}

TEST_F(SmallCacheTest, SaysHowOldItIs) {
  FaultyOrigin origin(Numbered("Cache-Control: max-age=50\r\nAge: 7\r\n"));
  const TestCall call;

  ASSERT_TRUE(FetchSmall(call, Get(origin.url()), {}));
  now_ += seconds(3);
  const auto kept = FetchSmall(call, Get(origin.url()), {});

  EXPECT_EQ(served_, 1);
  EXPECT_EQ(kept->age, seconds(10));
}

TEST_F(SmallCacheTest, TellsRequestsApart) {
  FaultyOrigin origin(Numbered("Cache-Control: max-age=50, public\r\n"));
  const auto plain = Get(origin.url() + "/a");
  EXPECT_EQ(Ask(plain), "1");
  EXPECT_EQ(Ask(Get(origin.url() + "/b")), "2");
  EXPECT_EQ(Ask(With(plain, {{"Authorization", "one"}})), "3");
  EXPECT_EQ(Ask(With(plain, {{"Authorization", "two"}})), "4");
  EXPECT_EQ(Ask(With(plain, {{"X-Api-Key", "one"}})), "5");
  EXPECT_EQ(Ask(plain, {.scope = "other"}), "6");
  const auto profile = Profile::Make({.tls = {.server_name = "x"}});
  auto other_way = plain;
  other_way.profile = profile->get();
  EXPECT_EQ(Ask(other_way), "7");
  EXPECT_EQ(Ask(With(plain, {{"User-Agent", "x"}})), "1") << "the origin does not say that it matters";
  EXPECT_EQ(Ask(With(plain, {{"Authorization", "one"}})), "3");
}

TEST_F(SmallCacheTest, KeepsAVariantForEachOfWhatVaryNames) {
  FaultyOrigin origin(Numbered("Cache-Control: max-age=50\r\nVary: Accept-Language\r\n"));
  const auto in = [&](const char* language) {
    return With(Get(origin.url()), {{"Accept-Language", language}, {"Accept", "*/*"}});
  };

  EXPECT_EQ(Ask(in("de")), "1");
  EXPECT_EQ(Ask(in("en")), "2");
  EXPECT_EQ(Ask(in("de")), "1");
  EXPECT_EQ(Ask(in("en")), "2");
  FaultyOrigin wild(Numbered("Cache-Control: max-age=50\r\nVary: *\r\n"));
  EXPECT_EQ(Ask(Get(wild.url())), "3");
  EXPECT_EQ(Ask(Get(wild.url())), "4");
}

TEST_F(SmallCacheTest, HeedsWhatTheViewerAsksFor) {
  FaultyOrigin origin(Numbered("Cache-Control: max-age=50\r\n"));
  const auto request = Get(origin.url());
  EXPECT_EQ(Ask(request), "1");
  now_ += seconds(10);
  EXPECT_EQ(Ask(With(request, {{"Cache-Control", "max-age=10"}})), "1");
  EXPECT_EQ(Ask(With(request, {{"Cache-Control", "max-age=9"}})), "2");
  EXPECT_EQ(Ask(With(request, {{"Cache-Control", "no-cache"}})), "3");
  EXPECT_EQ(Ask(With(request, {{"Pragma", "no-cache"}})), "4");
  EXPECT_EQ(Ask(request), "4") << "what was fetched for them serves the others";
}

TEST_F(SmallCacheTest, LetsPartsAndOtherMethodsPass) {
  FaultyOrigin origin(Numbered("Cache-Control: max-age=50\r\n"));
  const auto request = Get(origin.url());
  EXPECT_EQ(Ask(request), "1");
  EXPECT_EQ(Ask(With(request, {{"range", "bytes=0-0"}})), "2");
  EXPECT_EQ(Ask(With(request, {{"If-None-Match", "\"x\""}})), "3");
  auto post = request;
  post.method = "POST";
  EXPECT_EQ(Ask(post), "4");
  EXPECT_EQ(Metric(kSmallRequests, "bypass"), 3);
}

TEST_F(SmallCacheTest, StaysWithinItsMemory) {
  MakeCache(10'000);
  const std::string body(2'000, 'x');
  FaultyOrigin origin([&](FaultyOrigin::Peer& peer) {
    while (!peer.ReadHead().empty()) {
      ++served_;
      peer.Send("HTTP/1.1 200 OK\r\nCache-Control: max-age=50\r\nContent-Length: 2000\r\n\r\n" + body);
    }
  });
  const auto ask = [&](int n) { Ask(Get(origin.url() + "/" + std::to_string(n))); };
  for (int n = 0; n < 3; ++n) ask(n);
  ask(0);
  EXPECT_EQ(served_, 3);
  for (int n = 3; n < 5; ++n) ask(n);
  EXPECT_LE(Metric("sluice_upstream_small_cache_bytes"), 10'000);
  EXPECT_GT(Metric("sluice_upstream_small_cache_bytes"), 4'000);
  EXPECT_EQ(Metric("sluice_upstream_small_cache_evictions_total"), 2);
  ask(0);
  EXPECT_EQ(served_, 5) << "used lately";
  ask(1);
  EXPECT_EQ(served_, 6) << "left to make room";
}

TEST_F(SmallCacheTest, KeepsNoBigObject) {
  FaultyOrigin origin(Numbered("Cache-Control: max-age=50\r\n"));
  EXPECT_EQ(Ask(Get(origin.url()), {.max_kept_bytes = 0}), "1");
  EXPECT_EQ(Ask(Get(origin.url()), {.max_kept_bytes = 0}), "2");
  EXPECT_EQ(Metric("sluice_upstream_small_cache_bytes"), 0);
}

}  // namespace
}  // namespace sluice::upstream
