// SPDX-License-Identifier: MIT
#include "tests/plugins/resolver/direct/support.hpp"

namespace sluice::plugins::direct::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::string_view kGood = "/proxy/stream?d=https%3A%2F%2Fmedia.example%2Fa";

TEST(DirectTest, FetchesWhatTheAllowListCovers) {
  for (const std::string url :
       {"https://media.example/a.mp4?sig=a%2Bb%3D&x=1", "https://MEDIA.example:8443/a", "https://media.example",
        "HTTPS://media.example/", "https://media.example?x", "http://plain.example/films/a/b.mp4",
        "https://plain.example/live/x", "https://192.0.2.7/", "https://[::ffff:127.0.0.1]/",
        "https://xn--mdia-bpa.example/", "https://media.example/a/../b", "https://media.example/100%.mp4"}) {
    EXPECT_EQ(AskFor(url), url);
  }
}

TEST(DirectTest, EscapesWhatCannotStandInAUrlAndDropsTheFragment) {
  EXPECT_EQ(AskFor(" https://media.example/a b/é.mp4?q=\"x\"#t=10 \n"),
            "https://media.example/a%20b/%C3%A9.mp4?q=%22x%22");
}

TEST(DirectTest, LetsStarsCrossSlashesAndBracesOffer) {
  const auto allows = [](std::string_view glob, std::string_view path) {
    const auto config =
        TestConfig().With("/allowlist/0/domain", "a.example").With("/allowlist/0/paths/0", std::string(glob));
    return Ask(config, "/?d=" + sdk::PercentEncode("https://a.example" + std::string(path))).starts_with("https");
  };
  EXPECT_TRUE(allows("/v/*.mp4", "/v/a/b.mp4"));
  EXPECT_TRUE(allows("/v/**", "/v/"));
  EXPECT_FALSE(allows("/v/**", "/v"));
  EXPECT_TRUE(allows("/v/?.ts", "/v/a.ts"));
  EXPECT_FALSE(allows("/v/?.ts", "/v/ab.ts"));
  EXPECT_TRUE(allows("/{vod,live}/[a-c]*", "/live/cat"));
  EXPECT_FALSE(allows("/{vod,live}/[a-c]*", "/live/dog"));
  EXPECT_FALSE(allows("/{vod,live}/*", "/other/x"));
  EXPECT_TRUE(allows("/a(1)+@!|b", "/a(1)+@!|b"));
  EXPECT_FALSE(allows("/v/*", "/V/a"));
}

TEST(DirectTest, GoesNowhereWithoutAnAllowList) {
  EXPECT_EQ(Ask({}, kGood), "4: destination `https://media.example` is not allowlisted");
}

TEST(DirectTest, CarriesTheViewersKeysIntoLinks) {
  FakeHost host;
  auto direct = CreateThroughAbi<Direct>(Allowing(), host);
  ASSERT_TRUE(direct) << direct.error().message;
  const auto context_of = [&](const std::string& query) {
    TestRequest request("GET", std::string(kGood) + query);
    const auto source = (*direct)->Resolve(AnyCall(), request.head());
    return source ? source->context : "error: " + source.error().message;
  };

  EXPECT_EQ(context_of(""), "");
  EXPECT_EQ(context_of("&key_id=aa%2Cbb&key=cc%2Cdd&x=1"), "key=cc%2Cdd&key_id=aa%2Cbb");
  EXPECT_EQ(context_of("&key=" + std::string(300, 'a')), "error: query parameter `key`: want at most three keys");

  TestRequest request("GET", "/");
  const auto child =
      (*direct)->ResolveChild(AnyCall(), request.head(), {.url = "https://media.example/b", .context = "key=cc"});
  ASSERT_TRUE(child) << child.error().message;
  EXPECT_EQ(child->context, "key=cc");
}

TEST(DirectTest, SendsOverridesUpstream) {
  FakeHost host;
  auto direct = CreateThroughAbi<Direct>(Allowing(), host);
  ASSERT_TRUE(direct) << direct.error().message;
  TestRequest request(
      "GET", std::string(kGood) + "&h_Referer=https%3A%2F%2Fsite.example%2F&h_user-agent=a&h_user_agent=b&x=1");

  const auto source = (*direct)->Resolve(AnyCall(), request.head());

  ASSERT_TRUE(source) << source.error().message;
  EXPECT_THAT(source->headers,
              ElementsAre(sdk::Header{"referer", "https://site.example/"}, sdk::Header{"user-agent", "b"}));
  EXPECT_TRUE(source->ranges);
}

TEST(DirectTest, LetsTheRestOfABodyBeAskedFor) {
  FakeHost host;
  auto direct = CreateThroughAbi<Direct>(Allowing(), host);
  ASSERT_TRUE(direct) << direct.error().message;
  TestRequest request("GET", kGood);

  const auto source = (*direct)->Resolve(AnyCall(), request.head());
  const auto child = (*direct)->ResolveChild(AnyCall(), request.head(), {.url = "https://media.example/b"});

  ASSERT_TRUE(source && child);
  EXPECT_TRUE(source->resumable);
  EXPECT_TRUE(child->resumable);
}

/// How a request with these fields and this query fares when there is a password.
std::string WithPassword(std::string_view query, std::vector<sdk::Header> fields) {
  FakeHost host;
  auto direct = CreateThroughAbi<Direct>(Allowing().With("/api_password", " sesame\n"), host);
  if (!direct) return direct.error().message;
  TestRequest request("GET", std::string(kGood) + std::string(query));
  for (auto& field : fields) request.Header(field.name, field.value);
  return Outcome((*direct)->Resolve(AnyCall(), request.head()));
}

TEST(DirectTest, WantsThePasswordInOneOfFourPlaces) {
  const std::string good = "https://media.example/a";
  EXPECT_EQ(WithPassword("", {{"X-Sluice-Api-Password", "sesame"}}), good);
  EXPECT_EQ(WithPassword("", {{"x-sprox-api-password", "sesame"}}), good);
  EXPECT_EQ(WithPassword("&api_password=ses%61me", {}), good);
  EXPECT_EQ(WithPassword("", {{"Authorization", "bearer sesame"}}), good);
  EXPECT_EQ(WithPassword("&api_password=wrong", {{"Authorization", "Bearer sesame"}}), good);
}

TEST(DirectTest, TellsAMissingPasswordFromAWrongOne) {
  EXPECT_EQ(WithPassword("", {}), "3: direct stream password is required");
  EXPECT_EQ(WithPassword("&api_password=", {{"X-Sluice-Api-Password", " "}}), "3: direct stream password is required");
  EXPECT_EQ(WithPassword("", {{"Authorization", "Basic c2VzYW1l"}}), "3: direct stream password is required");
  EXPECT_EQ(WithPassword("&api_password=Sesame", {}), "4: direct stream password is invalid");
  EXPECT_EQ(WithPassword("", {{"X-Sluice-Api-Password", "sesame2"}}), "4: direct stream password is invalid");
}

TEST(DirectTest, AsksForThePasswordBeforeItLooksAtTheUrl) {
  const auto config = Allowing().With("/api_password", "sesame");
  EXPECT_EQ(Ask(config, "/proxy/stream?d=ftp%3A%2F%2Fx"), "3: direct stream password is required");
  EXPECT_EQ(Ask(config, "/proxy/stream?d="), "1: query parameter `d` is required");
}

TEST(DirectTest, LetsRedirectsLeadOnlyWhereTheAllowListDoes) {
  FakeHost host;
  auto direct = CreateThroughAbi<Direct>(Allowing(), host);
  ASSERT_TRUE(direct) << direct.error().message;
  TestRequest request("GET", std::string(kGood) + "&h_referer=r");
  const auto led = [&](std::string_view url) {
    return (*direct)->ResolveChild(AnyCall(), request.head(), {.url = url});
  };

  const auto good = led("https://media.example/b");
  ASSERT_TRUE(good);
  EXPECT_THAT(good->headers, ElementsAre(sdk::Header{"referer", "r"}));
  for (const auto* url : {"https://evil.example/b?sig=planted", "http://media.example/b", "https://127.0.0.1/",
                          "https://plain.example/other", "file:///etc/passwd", "https://0x7f000001/"}) {
    EXPECT_EQ(Outcome(led(url)), "4: the destination redirects to one that is not allowlisted") << url;
  }
}

struct Guarded : sdk::testing::ResolverFixture {
  Guarded() {
    config = Allowing().With("/api_password", "planted-password");
    request = TestRequest("GET", std::string(kGood) + "&api_password=planted-password");
    secrets = {"planted-password"};
  }
};
SLUICE_RESOLVER_CONFORMANCE(Direct, Guarded);

}  // namespace
}  // namespace sluice::plugins::direct::testing
