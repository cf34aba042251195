// SPDX-License-Identifier: MIT
#include "home.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <sluice/sdk/testing/conformance_endpoint.hpp>
#include <sluice/sdk/testing/create.hpp>
#include <sluice/sdk/testing/json.hpp>
#include <string>
#include <utility>

#include "pages.hpp"

namespace sluice::plugins::admin {

// Stands in for what the build embeds.
static bool built_with_pages = true;

std::span<const Page> Pages() {
  static constexpr std::array<Page, 5> kPages{{{"/assets/index-1a2b.css", "main{}"},
                                               {"/assets/index-1a2b.js", "start()"},
                                               {"/assets/logo-3c4d.svg", "<svg/>"},
                                               {"/assets/tone-5e6f", std::string_view("\0\xff", 2)},
                                               {"/index.html", "<!doctype html>"}}};
  return built_with_pages ? std::span<const Page>(kPages) : std::span<const Page>();
}

namespace {

using sdk::testing::CreateThroughAbi;
using sdk::testing::FakeHost;
using sdk::testing::Json;
using sdk::testing::RecordedResponse;
using sdk::testing::TestCall;
using sdk::testing::TestConfig;
using sdk::testing::TestRequest;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::size_t kRoot = 0, kAsset = 1, kOverview = 2;
constexpr const char* kPipelines = R"({"pipelines":[{"name":"demo","steps":[]}]})";

class HomeTest : public ::testing::Test {
 protected:
  HomeTest() { host_.admin.Answer("pipelines", kPipelines); }
  ~HomeTest() override { built_with_pages = true; }

  void Create(const TestConfig& config = {}) {
    auto made = CreateThroughAbi<Home>(config, host_);
    ASSERT_TRUE(made) << made.error().message;
    home_.emplace(*std::move(made));
  }
  std::string RefusalOf(const std::string& stream) {
    const auto made = CreateThroughAbi<Home>({{"/stream", stream}}, host_);
    if (made) return "created";
    EXPECT_EQ(made.error().code, sdk::Errc::kInvalidArgument);
    return made.error().message;
  }
  /// The body; "<code>: <message>" when there is an error.
  std::string Ask(std::size_t route, TestRequest request) {
    response_ = {};
    const auto answer = (*home_)->Handle(TestCall(), route, request.head(), {}, response_);
    if (!answer) {
      EXPECT_EQ(response_.status, 0);
      code_ = answer.error().code;
      return answer.error().message;
    }
    EXPECT_FALSE(answer->has_value());
    EXPECT_EQ(response_.status, 200);
    EXPECT_EQ(response_.header("Content-Length"), std::to_string(response_.body.size()));
    return response_.body;
  }
  std::string Asset(const std::string& name) {
    return Ask(kAsset, TestRequest("GET", "/assets/" + name).Param("name", name));
  }
  std::string Overview() { return Ask(kOverview, TestRequest("GET", "/home.json")); }

  FakeHost host_;
  RecordedResponse response_;
  sdk::Errc code_{};
  std::optional<sdk::testing::ThroughAbi<sdk::Endpoint>> home_;
};

TEST_F(HomeTest, AnswersOnThreeRoutesWithoutAScope) {
  Create();
  std::vector<std::string> routes;
  for (const auto& route : (*home_)->Routes()) routes.push_back(route.method + " " + route.path_template + route.scope);

  EXPECT_THAT(routes, ElementsAre("GET /", "GET /assets/{name}", "GET /home.json"));
}

TEST_F(HomeTest, RefusesAStreamThatIsNoPathOnThisGateway) {
  const std::string want = R"(/stream: want a path on this gateway, such as "/demo/clip/master.m3u8")";
  for (const auto* stream : {"https://elsewhere.example/a.m3u8", "//elsewhere.example/a.m3u8", "a.m3u8", "?token=x",
                             " /a", "javascript:alert(1)"}) {
    EXPECT_EQ(RefusalOf(stream), want) << stream;
  }
  EXPECT_EQ(RefusalOf(""), "created");
  EXPECT_EQ(RefusalOf("/"), "created");
  EXPECT_EQ(RefusalOf("/demo/clip/master.m3u8?token=x"), "created");
}

TEST_F(HomeTest, ServesThePageForAskingAgainEachTime) {
  Create();

  EXPECT_EQ(Ask(kRoot, TestRequest("GET", "/")), "<!doctype html>");
  EXPECT_EQ(response_.header("Content-Type"), "text/html; charset=utf-8");
  EXPECT_EQ(response_.header("Cache-Control"), "no-cache");
}

TEST_F(HomeTest, ServesAssetsForGoodWithTheirTypes) {
  Create();
  const std::array<std::array<std::string, 3>, 4> assets{{
      {"index-1a2b.css", "main{}", "text/css; charset=utf-8"},
      {"index-1a2b.js", "start()", "text/javascript; charset=utf-8"},
      {"logo-3c4d.svg", "<svg/>", "image/svg+xml"},
      {"tone-5e6f", std::string("\0\xff", 2), "application/octet-stream"},
  }};

  for (const auto& [name, content, type] : assets) {
    EXPECT_EQ(Asset(name), content);
    EXPECT_EQ(response_.header("Content-Type"), type) << name;
    EXPECT_EQ(response_.header("Cache-Control"), "public, max-age=31536000, immutable") << name;
  }
}

TEST_F(HomeTest, LetsBrowsersLoadFromThisGatewayOnly) {
  Create();
  const auto policy = [&] { return std::string(response_.header("Content-Security-Policy")); };

  for (const auto route : {kRoot, kAsset, kOverview}) {
    Ask(route, TestRequest("GET", "/").Param("name", "index-1a2b.js"));
    EXPECT_THAT(policy(), AllOf(HasSubstr("default-src 'none'; "), HasSubstr("script-src 'self'; "),
                                HasSubstr("connect-src 'self'; "), HasSubstr("base-uri 'none'; "),
                                HasSubstr("frame-ancestors 'none'")))
        << route;
    EXPECT_THAT(policy(), AllOf(Not(HasSubstr("unsafe")), Not(HasSubstr("*")), Not(HasSubstr("http")))) << route;
    EXPECT_EQ(response_.header("X-Content-Type-Options"), "nosniff") << route;
    EXPECT_EQ(response_.header("Referrer-Policy"), "no-referrer") << route;
  }
}

TEST_F(HomeTest, HasNothingElse) {
  Create();

  for (const auto* name : {"index-ffff.js", "", "../index.html", "index-1a2b.js/", "INDEX-1A2B.JS", "..\\index.html"}) {
    EXPECT_EQ(Asset(name), "no such page") << name;
    EXPECT_EQ(code_, sdk::Errc::kNotFound) << name;
  }
  EXPECT_EQ(Ask(kAsset, TestRequest("GET", "/assets/")), "no such page");
  EXPECT_EQ(Ask(99, TestRequest("GET", "/")), "no such route");
  EXPECT_EQ(code_, sdk::Errc::kNotFound);
}

TEST_F(HomeTest, SaysWhenItWasBuiltWithoutPages) {
  Create();
  built_with_pages = false;

  EXPECT_EQ(Ask(kRoot, TestRequest("GET", "/")), "this plugin was built without its pages");
  EXPECT_EQ(code_, sdk::Errc::kNotFound);
}

TEST_F(HomeTest, KeepsThePipelinesToItselfUnlessToldToShowThem) {
  Create({{"/stream", "/a.m3u8"}});

  EXPECT_EQ(Overview(), R"({"stream":"/a.m3u8","pipelines":[]})");
  EXPECT_EQ(response_.header("Content-Type"), "application/json");
  EXPECT_EQ(response_.header("Cache-Control"), "no-store");
}

TEST_F(HomeTest, ShowsThePipelinesWhenToldTo) {
  Create(TestConfig{{"/stream", "/a.m3u8"}}.With("/show_pipelines", true));

  EXPECT_EQ(Overview(), R"({"stream":"/a.m3u8","pipelines":[{"name":"demo","steps":[]}]})");
  EXPECT_EQ(response_.header("Cache-Control"), "no-store");
}

TEST_F(HomeTest, PassesOnWhyThePipelinesAreUnknown) {
  FakeHost host;
  auto made = CreateThroughAbi<Home>({{"/show_pipelines", true}}, host);
  ASSERT_TRUE(made) << made.error().message;
  home_.emplace(*std::move(made));

  EXPECT_EQ(Overview(), "no topic pipelines");
  EXPECT_EQ(code_, sdk::Errc::kNotFound);
  home_.reset();  // before its host
}

TEST_F(HomeTest, EscapesMarkupInTheStream) {
  const std::string stream = "/a?x=</script><script>alert(1)</script>&y=\"q\"\\\t\n\x1f<!--";
  Create({{"/stream", stream}});

  const auto overview = Overview();

  EXPECT_THAT(overview, AllOf(Not(HasSubstr("<")), HasSubstr("\\u003c/script>")));
  const auto parsed = Json::Parse(overview);
  ASSERT_TRUE(parsed) << parsed.error().message;
  ASSERT_NE(parsed->Member("stream"), nullptr);
  EXPECT_EQ(parsed->Member("stream")->text(), stream);
}

TEST_F(HomeTest, TellsAHeadRequestWhatAGetWouldGet) {
  Create();

  for (const auto route : {kRoot, kAsset, kOverview}) {
    Ask(route, TestRequest("GET", "/").Param("name", "index-1a2b.js"));
    const auto expected = response_.headers;
    Ask(route, TestRequest("HEAD", "/").Param("name", "index-1a2b.js"));
    ASSERT_EQ(response_.headers.size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
      EXPECT_EQ(response_.headers[i].name + ": " + response_.headers[i].value,
                expected[i].name + ": " + expected[i].value);
    }
  }
}

struct ThePage : sdk::testing::EndpointFixture {};
SLUICE_ENDPOINT_CONFORMANCE(Home, ThePage);

}  // namespace
}  // namespace sluice::plugins::admin
