// SPDX-License-Identifier: MIT
#include <gmock/gmock.h>

#include "core/pipeline/host_glob.hpp"
#include "tests/core/pipeline/pipeline_fixture.hpp"

namespace sluice::pipeline::testing {
namespace {

using ::testing::HasSubstr;

TEST(HostGlobTest, AStarStandsForAnyRunOfCharacters) {
  EXPECT_TRUE(MatchesHost("*", "a.example"));
  EXPECT_TRUE(MatchesHost("*", ""));
  EXPECT_TRUE(MatchesHost("*.example.com", "a.b.example.com"));
  EXPECT_TRUE(MatchesHost("vod-*.example.*", "vod-1.example.com"));
  EXPECT_TRUE(MatchesHost("a*b*c", "a-b-b-c"));
  EXPECT_TRUE(MatchesHost("[::1]", "[::1]"));
  EXPECT_FALSE(MatchesHost("*.example.com", "example.com"));
  EXPECT_FALSE(MatchesHost("*.example.com", "a.example.com.evil"));
  EXPECT_FALSE(MatchesHost("example.com", "example.co"));
  EXPECT_FALSE(MatchesHost("example.com", "example.comm"));
  EXPECT_FALSE(MatchesHost("example.com", ""));
}

TEST(HostGlobTest, ManyStarsTakeNoExponentialTime) {
  std::string glob;
  for (int i = 0; i < 60; ++i) glob += "*a";

  EXPECT_FALSE(MatchesHost(glob + "b", std::string(200, 'a')));
}

class MatchTest : public PipelineTest {};

TEST_F(MatchTest, TheFirstPipelineThatMatchesServes) {
  Add("first", {.path = "/a/**"}, {Say("first")});
  Add("second", {.path = "/**"}, {Say("second")});

  EXPECT_EQ(Get("/a/x").body(), "first");
  EXPECT_EQ(Get("/a").body(), "first");
  EXPECT_EQ(Get("/ab").body(), "second");
}

TEST_F(MatchTest, AnExclusivePipelineLeavesNoMethodToLaterOnes) {
  Add("first", {.path = "/a/**", .methods = {"POST"}}, {Say("first")});
  Add("second", {}, {Say("second")});
  EXPECT_EQ(Get("/a").body(), "second");

  pipelines_.front().config.match.exclusive = true;

  const auto& refused = Get("/a");
  EXPECT_EQ(refused.status(), 405);
  EXPECT_EQ(refused.Header("Allow"), "POST");
  EXPECT_EQ(Get("/b").body(), "second");
}

TEST_F(MatchTest, TellsListenersApart) {
  Add("inside", {.listeners = {"admin", "lan"}}, {Say("inside")});
  Add("outside", {}, {Say("outside")});

  EXPECT_EQ(Ask({.listener = "lan"}).body(), "inside");
  EXPECT_EQ(Ask({.listener = "main"}).body(), "outside");
}

TEST_F(MatchTest, TellsHostsApart) {
  Add("vod", {.hosts = {"vod.example.com", "*.vod.example.com"}}, {Say("vod")});

  EXPECT_EQ(Ask({.host = "vod.example.com"}).body(), "vod");
  EXPECT_EQ(Ask({.host = "eu.vod.example.com"}).body(), "vod");
  EXPECT_EQ(Ask({.host = "example.com"}).status(), 404);
  EXPECT_EQ(Ask({.host = ""}).status(), 404);
}

TEST_F(MatchTest, APathThatNobodyServesIsNotFound) {
  Add("p", {.path = "/a"}, {Say("a")});

  const auto& answer = Get("/b");

  EXPECT_EQ(answer.status(), 404);
  EXPECT_THAT(answer.body(), HasSubstr(R"("code":"not_found")"));
  EXPECT_THAT(answer.body(), HasSubstr(R"("request_id":"request-1")"));
}

TEST_F(MatchTest, GetAnswersHeadToo) {
  Add("p", {.methods = {"GET"}}, {Say("text")});

  const auto& answer = Ask({.method = "HEAD"});

  EXPECT_EQ(answer.status(), 200);
  EXPECT_EQ(answer.body(), "");
  EXPECT_TRUE(answer.finished());
}

TEST_F(MatchTest, AMethodThatNoMatchingPipelineTakesIsRefusedWithAllow) {
  Add("read", {.path = "/a", .methods = {"GET"}}, {Say("read")});
  Add("write", {.path = "/a", .methods = {"POST", "GET"}}, {Say("write")});
  Add("else", {.path = "/b", .methods = {"DELETE"}}, {Say("else")});

  const auto& answer = Ask({.method = "PUT", .target = "/a"});

  EXPECT_EQ(answer.status(), 405);
  EXPECT_EQ(answer.Header("Allow"), "GET, HEAD, POST");
  EXPECT_THAT(answer.body(), HasSubstr(R"("code":"method_not_allowed")"));
}

TEST_F(MatchTest, AMethodPicksAmongPipelinesOfOnePath) {
  Add("read", {.path = "/a", .methods = {"GET"}}, {Say("read")});
  Add("any", {.path = "/a"}, {Say("any")});

  EXPECT_EQ(Get("/a").body(), "read");
  EXPECT_EQ(Ask({.method = "PUT", .target = "/a"}).status(), 405) << "the endpoint answers GET only";
}

TEST_F(MatchTest, APipelineWithoutAnAnswerSaysSo) {
  Add({});

  const auto& answer = Get("/");

  EXPECT_EQ(answer.status(), 500);
  EXPECT_THAT(answer.body(), HasSubstr("no step of the pipeline gave an answer"));
}

}  // namespace
}  // namespace sluice::pipeline::testing
