// SPDX-License-Identifier: MIT
#include "route.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sluice/sdk/testing/conformance_resolver.hpp>
#include <sluice/sdk/testing/create.hpp>
#include <string>
#include <vector>

namespace sluice::plugins::route {
namespace {

using sdk::Header;
using sdk::testing::AnyCall;
using sdk::testing::CreateThroughAbi;
using sdk::testing::FakeHost;
using sdk::testing::TestConfig;
using sdk::testing::TestRequest;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

TestConfig Vod() { return {{"/origin", "https://origin.example/films"}, {"/strip_prefix", "/vod"}}; }

/// The URL for `target`, or what it was refused with.
std::string Map(const TestConfig& config, std::string_view target) {
  FakeHost host;
  auto route = CreateThroughAbi<Route>(config, host);
  if (!route) return "not created: " + route.error().message;
  TestRequest request("GET", target);
  const auto source = (*route)->Resolve(AnyCall(), request.head());
  return source ? source->url : source.error().message;
}

std::string RefusalOf(const TestConfig& config) {
  FakeHost host;
  const auto made = CreateThroughAbi<Route>(config, host);
  EXPECT_THAT(host.log.Text(), Not(HasSubstr("planted")));
  if (made) return "created";
  EXPECT_EQ(made.error().code, sdk::Errc::kInvalidArgument);
  EXPECT_THAT(made.error().message, Not(HasSubstr("planted")));
  return made.error().message;
}

TEST(RouteTest, PutsThePathBehindTheOriginsPath) {
  EXPECT_EQ(Map({{"/origin", "http://o.example:8081"}}, "/a/b.m3u8"), "http://o.example:8081/a/b.m3u8");
  EXPECT_EQ(Map({{"/origin", "https://o.example/"}}, "/a"), "https://o.example/a");
  EXPECT_EQ(Map({{"/origin", "https://o.example/x/"}}, "/a"), "https://o.example/x/a");
  EXPECT_EQ(Map({{"/origin", "https://[2001:db8::1]:8443/x"}}, "/a"), "https://[2001:db8::1]:8443/x/a");
  EXPECT_EQ(Map(Vod(), "/vod/a/b.m3u8"), "https://origin.example/films/a/b.m3u8");
}

TEST(RouteTest, StripsWholeSegmentsOnly) {
  EXPECT_EQ(Map(Vod(), "/vod"), "https://origin.example/films");
  EXPECT_EQ(Map(Vod(), "/vod/"), "https://origin.example/films/");
  EXPECT_EQ(Map(Vod().With("/strip_prefix", "/vod/"), "/vod/a"), "https://origin.example/films/a");
  EXPECT_EQ(Map(Vod().With("/strip_prefix", "/"), "/vod/a"), "https://origin.example/films/vod/a");
  for (const auto* path : {"/vodka/a", "/", "/VOD/a", "/%76od/a", "/a/vod/b"}) {
    EXPECT_EQ(Map(Vod(), path), "the path is not under /vod") << path;
  }
}

TEST(RouteTest, KeepsEscapesAndDoubleSlashesAsTheyCame) {
  for (const std::string path :
       {"/a%20b/%C3%A9.ts", "//a///b", "/a%2Fb", "/a%2fb", "/~x*+,;=:@!$&'()", "/a;v=1/b", "/a.b/..c/d..", "/...",
        "/a/.hidden", "/%25", "/100%25.mp4", "/@elsewhere.example/x"}) {
    EXPECT_EQ(Map(Vod(), "/vod" + path), "https://origin.example/films" + path);
  }
}

TEST(RouteTest, ForwardsOrDropsTheQuery) {
  EXPECT_EQ(Map(Vod(), "/vod/a?x=1&sig=a%2Bb%3D&x=2"), "https://origin.example/films/a?x=1&sig=a%2Bb%3D&x=2");
  EXPECT_EQ(Map(Vod(), "/vod/a?u=../../b"), "https://origin.example/films/a?u=../../b");
  EXPECT_EQ(Map(Vod(), "/vod?x"), "https://origin.example/films?x");
  EXPECT_EQ(Map(Vod().With("/query", "drop"), "/vod/a?x=1"), "https://origin.example/films/a");
}

TEST(RouteTest, RefusesEveryWayOutOfTheOriginsPath) {
  const std::string dots = "the path has dot segments; want none";
  for (const std::string path :
       {"/..",     "/.",        "/../x",      "/a/../../x",  "/a/..",   "/./a",          "/%2e%2e/x",
        "/%2E./x", "/.%2e/x",   "/%2e/x",     "/a%2F..%2Fx", "/..%2fx", "/%252e%252e/x", "/%25252e%25252e/x",
        "/..;/x",  "/..;a=b/x", "/%2e%2e;/x", "/..%3b/x",    "/.;/x",   "/a/..%2f",      "/%%32e%%32e/x"}) {
    const auto answer = Map(Vod(), "/vod" + path);
    if (path.substr(0, 3) == "/%%") {
      EXPECT_EQ(answer, "the path has a broken escape; want two hex digits after each \"%\"") << path;
    } else {
      EXPECT_EQ(answer, dots) << path;
    }
  }
  for (const std::string path : {"/..\\x", "/a\\b", "/..%5cx", "/..%5Cx", "/%255c", "/a%5c..%5c"}) {
    EXPECT_EQ(Map(Vod(), "/vod" + path), "the path has a backslash; want none") << path;
  }
  for (const std::string path : {"/%c0%ae%c0%ae/x", "/a%c0%afb", "/%c1%9c"}) {
    EXPECT_EQ(Map(Vod(), "/vod" + path), "the path has overlong UTF-8; want shortest form") << path;
  }
  for (const std::string path : {"/a%00", "/a%0d%0aX: y", "/a%0A", "/a\x7f", "/a\tb", "/a%2500"}) {
    EXPECT_THAT(Map(Vod(), "/vod" + path), ::testing::AnyOf("the path has control characters; want none",
                                                            "the path has a space, \"?\" or \"#\"; want none"))
        << path;
  }
}

TEST(RouteTest, RefusesWhatIsNoUrl) {
  for (const auto* path : {"/%", "/%4", "/%zz", "/a%u002e"}) {
    EXPECT_EQ(Map(Vod(), std::string("/vod") + path),
              "the path has a broken escape; want two hex digits after each \"%\"");
  }
  EXPECT_EQ(Map(Vod(), "/vod/a#b"), "the path has a space, \"?\" or \"#\"; want none");
  EXPECT_EQ(Map(Vod(), "/vod/a?b#c"), "the query has a \"#\"; want it percent-encoded");
  for (const auto* target :
       {"/vod/\xc3\xa9", "/vod/<a>", "/vod/a?b=\xff", "/vod/a?b=c d", "/vod/a?b=\"", "/vod/a?b=\r\nX: y"}) {
    EXPECT_EQ(Map(Vod(), target),
              "the request target cannot go to the origin: want octets outside of URLs percent-encoded");
  }
  std::string deep = "a";
  for (int i = 0; i < 6; ++i) deep = "25" + deep;
  EXPECT_EQ(Map(Vod(), "/vod/%" + deep), "the path is encoded over and over; want it encoded once");
}

TEST(RouteTest, SaysWhichCodeARefusalHas) {
  FakeHost host;
  auto route = CreateThroughAbi<Route>(Vod(), host);
  ASSERT_TRUE(route) << route.error().message;
  TestRequest traversal("GET", "/vod/../x"), elsewhere("GET", "/x");

  const auto refused = (*route)->Resolve(AnyCall(), traversal.head());
  const auto unknown = (*route)->Resolve(AnyCall(), elsewhere.head());

  ASSERT_TRUE(!refused && !unknown);
  EXPECT_EQ(refused.error().code, sdk::Errc::kInvalidArgument);
  EXPECT_EQ(unknown.error().code, sdk::Errc::kNotFound);
}

TEST(RouteTest, SendsConfiguredFieldsAndRangesAsConfigured) {
  FakeHost host;
  auto plain = CreateThroughAbi<Route>(Vod(), host);
  auto keyed = CreateThroughAbi<Route>(
      Vod().With("/headers", sdk::testing::Json::Object()).With("/headers/X-Key", "planted-key").With("/ranges", false),
      host);
  ASSERT_TRUE(plain && keyed);
  TestRequest request("GET", "/vod/a");
  request.Header("Authorization", "Bearer of the viewer");

  const auto without = (*plain)->Resolve(AnyCall(), request.head());
  const auto with = (*keyed)->Resolve(AnyCall(), request.head());

  ASSERT_TRUE(without && with);
  EXPECT_THAT(without->headers, IsEmpty());
  EXPECT_TRUE(without->ranges);
  EXPECT_THAT(with->headers, ElementsAre(Header{"X-Key", "planted-key"}));
  EXPECT_FALSE(with->ranges);
}

TEST(RouteTest, LetsTheRestOfABodyBeAskedForUnlessToldOtherwise) {
  FakeHost host;
  TestRequest request("GET", "/vod/a");
  const auto resumable = [&](const TestConfig& config) {
    auto route = CreateThroughAbi<Route>(config, host);
    EXPECT_TRUE(route) << route.error().message;
    const auto source = (*route)->Resolve(AnyCall(), request.head());
    const auto child = (*route)->ResolveChild(AnyCall(), request.head(), {.url = "https://cdn.example/1.ts"});
    EXPECT_TRUE(source && child);
    return std::vector<bool>{source->resumable, child->resumable};
  };

  EXPECT_THAT(resumable(Vod()), ElementsAre(true, true));
  EXPECT_THAT(resumable(Vod().With("/resumable", false)), ElementsAre(false, false));
}

TEST(RouteTest, SendsConfiguredFieldsToItsOwnOriginOnly) {
  FakeHost host;
  auto route = CreateThroughAbi<Route>(Vod().With("/headers/X-Key", "planted-key"), host);
  ASSERT_TRUE(route) << route.error().message;
  TestRequest request("GET", "/vod/a");

  for (const auto* own :
       {"https://origin.example/films/1.ts", "https://ORIGIN.example:443/other/1.ts?x", "HTTPS://origin.example"}) {
    const auto source = (*route)->ResolveChild(AnyCall(), request.head(), {.url = own, .context = "ctx"});
    ASSERT_TRUE(source) << own << ": " << source.error().message;
    EXPECT_EQ(source->url, own);
    EXPECT_EQ(source->context, "ctx");
    EXPECT_THAT(source->headers, ElementsAre(Header{"X-Key", "planted-key"})) << own;
  }
  for (const auto* foreign :
       {"https://cdn.example/1.ts", "http://origin.example/1.ts", "https://origin.example:8443/1.ts",
        "https://origin.example.evil.example/1.ts", "https://origin.example@evil.example/1.ts",
        "http://origin.example:443/1.ts", "https://evil.example/https://origin.example/"}) {
    const auto source = (*route)->ResolveChild(AnyCall(), request.head(), {.url = foreign});
    ASSERT_TRUE(source) << foreign << ": " << source.error().message;
    EXPECT_EQ(source->url, foreign);
    EXPECT_THAT(source->headers, IsEmpty()) << foreign;
  }
}

TEST(RouteTest, FollowsHttpLinksOnly) {
  FakeHost host;
  auto route = CreateThroughAbi<Route>(Vod(), host);
  ASSERT_TRUE(route) << route.error().message;
  TestRequest request("GET", "/vod/a");

  for (const auto* url : {"file:///etc/passwd", "ftp://origin.example/a", "data:text/plain,x", "skd://key"}) {
    const auto source = (*route)->ResolveChild(AnyCall(), request.head(), {.url = url});
    ASSERT_FALSE(source) << url;
    EXPECT_EQ(source.error().code, sdk::Errc::kPermissionDenied) << url;
    EXPECT_EQ(source.error().message, "the link is neither http nor https");
  }
  for (const auto* url : {"", "/relative", "https://", "https://evil.example\\@origin.example/", "https://a b/"}) {
    const auto source = (*route)->ResolveChild(AnyCall(), request.head(), {.url = url});
    ASSERT_FALSE(source) << url;
    EXPECT_EQ(source.error().code, sdk::Errc::kInvalidArgument) << url;
  }
}

TEST(RouteTest, RefusesAnOriginThatIsMoreThanAPlace) {
  const auto origin = [](const char* url) { return RefusalOf({{"/origin", url}}); };
  EXPECT_THAT(origin("origin.example"), StartsWith("/origin: "));
  EXPECT_THAT(origin("/films"), StartsWith("/origin: "));
  EXPECT_THAT(origin("https://"), StartsWith("/origin: "));
  EXPECT_EQ(origin("file:///srv"), "/origin: want an http or https URL");
  EXPECT_EQ(origin("ftp://o.example/"), "/origin: want an http or https URL");
  EXPECT_EQ(origin("https://me:planted@o.example/"), "/origin: want no user name or password; use headers");
  EXPECT_EQ(origin("https://@o.example/"), "/origin: want no user name or password; use headers");
  EXPECT_EQ(origin("https://o.example/?key=planted"), "/origin: want no query");
  EXPECT_EQ(origin("https://o.example/?"), "/origin: want no query");
  EXPECT_EQ(origin("https://o.example/#x"), "/origin: want no fragment");
  EXPECT_EQ(origin("https://o.example/a/../b"), "/origin: the path has dot segments; want none");
}

TEST(RouteTest, RefusesFieldsThatCouldSplitARequest) {
  const auto field = [](const char* name, const char* value) {
    return RefusalOf({{"/origin", "https://o.example"}, {std::string("/headers/") + name, value}});
  };
  EXPECT_EQ(field("X-Key", "planted\r\nX-Other: planted"), "/headers/X-Key: want a value without control characters");
  EXPECT_EQ(field("X Key", "planted"), "/headers/X Key: want a field name");
  EXPECT_EQ(field("X~1Key", "planted"), "/headers/X~1Key: want a field name");
  EXPECT_EQ(field("X~0Key", "planted"), "created");
  for (const auto* name : {"Host", "content-length", "Transfer-Encoding", "Connection", "Range"}) {
    EXPECT_EQ(field(name, "planted"),
              std::string("/headers/") + name + ": the server sets this field itself; want another");
  }
}

struct KeyedOrigin : sdk::testing::ResolverFixture {
  KeyedOrigin() {
    config = Vod().With("/headers/X-Key", "planted-key");
    request = TestRequest("GET", "/vod/a.m3u8");
    secrets = {"planted-key"};
  }
};
SLUICE_RESOLVER_CONFORMANCE(Route, KeyedOrigin);

struct BareOrigin : sdk::testing::ResolverFixture {
  BareOrigin() { config = {{"/origin", "https://origin.example"}}; }
};
SLUICE_RESOLVER_CONFORMANCE(Route, BareOrigin);

}  // namespace
}  // namespace sluice::plugins::route
