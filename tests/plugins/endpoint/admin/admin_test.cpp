// SPDX-License-Identifier: MIT
#include "admin.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sluice/sdk/testing/conformance_endpoint.hpp>
#include <sluice/sdk/testing/create.hpp>
#include <string>

#include "local.hpp"

namespace sluice::plugins::admin {
namespace {

using sdk::testing::CreateThroughAbi;
using sdk::testing::FakeHost;
using sdk::testing::RecordedResponse;
using sdk::testing::TestCall;
using sdk::testing::TestConfig;
using sdk::testing::TestRequest;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kToken = "planted-admin-token";
constexpr std::size_t kPlugins = 0, kReloadState = 4, kReloadNow = 5;

TestConfig WithToken() { return {{"/token", kToken}}; }
TestConfig Open() { return {{"/open_on_loopback", true}}; }

class AdminTest : public ::testing::Test {
 protected:
  AdminTest() {
    for (const auto* topic : {"plugins", "pipelines", "principals", "config", "reload"}) {
      host_.admin.Answer(topic, std::string("{\"topic\":\"") + topic + "\"}");
    }
  }
  void Create(const TestConfig& config) {
    auto made = CreateThroughAbi<Admin>(config, host_);
    ASSERT_TRUE(made) << made.error().message;
    admin_.emplace(*std::move(made));
  }
  std::string RefusalOf(const TestConfig& config) {
    const auto made = CreateThroughAbi<Admin>(config, host_);
    if (made) return "created";
    EXPECT_EQ(made.error().code, sdk::Errc::kInvalidArgument);
    EXPECT_THAT(made.error().message, Not(HasSubstr("planted")));
    return made.error().message;
  }
  /// The body; the error's text when there is one.
  std::string Ask(std::size_t route, TestRequest request, const std::string& client_ip = "192.0.2.10") {
    response_ = {};
    const auto answer = (*admin_)->Handle(TestCall({.client_ip = client_ip}), route, request.head(), {}, response_);
    if (!answer) {
      code_ = answer.error().code;
      EXPECT_EQ(response_.status, 0);
      return answer.error().message;
    }
    EXPECT_FALSE(answer->has_value());
    return response_.body;
  }
  static TestRequest Authorized() {
    return TestRequest("GET", "/").Header("Authorization", std::string("Bearer ") + kToken);
  }
  bool Admits(const std::string& client_ip, TestRequest request) {
    return Ask(kPlugins, std::move(request), client_ip) == "{\"topic\":\"plugins\"}";
  }

  FakeHost host_;
  RecordedResponse response_;
  sdk::Errc code_{};
  std::optional<sdk::testing::ThroughAbi<sdk::Endpoint>> admin_;
};

TEST_F(AdminTest, AnswersWhatTheServerKnowsOfItself) {
  Create(WithToken());
  std::vector<std::string> routes;
  for (const auto& route : (*admin_)->Routes())
    routes.push_back(route.method + " " + route.path_template + route.scope);

  EXPECT_THAT(routes, ElementsAre("GET /api/plugins", "GET /api/pipelines", "GET /api/principals", "GET /api/config",
                                  "GET /api/reload", "POST /api/reload"));
  EXPECT_EQ(Ask(0, Authorized()), "{\"topic\":\"plugins\"}");
  EXPECT_EQ(Ask(1, Authorized()), "{\"topic\":\"pipelines\"}");
  EXPECT_EQ(Ask(2, Authorized()), "{\"topic\":\"principals\"}");
  EXPECT_EQ(Ask(3, Authorized()), "{\"topic\":\"config\"}");
  EXPECT_EQ(Ask(4, Authorized()), "{\"topic\":\"reload\"}");
  EXPECT_EQ(response_.status, 200);
  EXPECT_EQ(response_.header("Content-Type"), "application/json");
  EXPECT_EQ(response_.header("Cache-Control"), "no-store");
  EXPECT_EQ(host_.admin.reloads(), 0U);
}

TEST_F(AdminTest, ReloadsAndAnswersTheNewState) {
  Create(WithToken());

  const auto answer = Ask(kReloadNow, Authorized());

  EXPECT_EQ(answer, "{\"topic\":\"reload\"}");
  EXPECT_EQ(host_.admin.reloads(), 1U);
}

TEST_F(AdminTest, SaysWhyAReloadWasRefused) {
  Create(WithToken());
  host_.admin.SetReloadResult(
      sdk::Error{.code = sdk::Errc::kInvalidArgument, .message = "sluice.yaml:3: /pipelines/a: want a step"});

  const auto answer = Ask(kReloadNow, Authorized());

  EXPECT_EQ(answer, "sluice.yaml:3: /pipelines/a: want a step");
  EXPECT_EQ(code_, sdk::Errc::kInvalidArgument);
}

TEST_F(AdminTest, TakesTheTokenInEitherField) {
  Create(WithToken());

  EXPECT_TRUE(Admits("192.0.2.10", TestRequest("GET", "/").Header("authorization", std::string("bEARER ") + kToken)));
  EXPECT_TRUE(Admits("192.0.2.10", TestRequest("GET", "/").Header("X-Sluice-Admin-Token", kToken)));
  EXPECT_TRUE(
      Admits("192.0.2.10",
             TestRequest("GET", "/").Header("Authorization", "Basic eDp5").Header("x-sluice-admin-token", kToken)));
}

TEST_F(AdminTest, RefusesEverybodyElse) {
  Create(WithToken());
  const std::string token = kToken;

  for (auto request :
       {TestRequest("GET", "/"), TestRequest("GET", "/").Header("Authorization", ""),
        TestRequest("GET", "/").Header("Authorization", "Bearer "),
        TestRequest("GET", "/").Header("Authorization", token),
        TestRequest("GET", "/").Header("Authorization", "Basic " + token),
        TestRequest("GET", "/").Header("Authorization", "Bearer " + token + "x"),
        TestRequest("GET", "/").Header("Authorization", "Bearer planted-wrong-token"),
        TestRequest("GET", "/").Header("X-Sluice-Admin-Token", ""), TestRequest("GET", "/?token=" + token)}) {
    for (const auto route : {kPlugins, kReloadState, kReloadNow}) {
      const auto answer = Ask(route, request, "127.0.0.1");
      EXPECT_EQ(answer, "want the admin token, as Authorization: Bearer or X-Sluice-Admin-Token");
      EXPECT_EQ(code_, sdk::Errc::kUnauthenticated);
    }
  }
  EXPECT_EQ(host_.admin.reloads(), 0U);
  EXPECT_THAT(host_.log.Text() + host_.metrics.Text(), Not(HasSubstr("planted")));
}

TEST_F(AdminTest, RefusesAConfigurationThatLetsEverybodyIn) {
  const std::string empty = "/token: is empty; want a token of 8 characters or more, or open_on_loopback";
  EXPECT_EQ(RefusalOf({}), empty);
  EXPECT_EQ(RefusalOf({{"/token", ""}}), empty);
  EXPECT_EQ(RefusalOf({{"/token", " \r\n"}}), empty);
  EXPECT_EQ(RefusalOf({{"/token", "planted"}}), "/token: is too short; want 8 characters or more");
  EXPECT_EQ(RefusalOf(Open().With("/token", " planted ")), "/token: is too short; want 8 characters or more");
  EXPECT_EQ(RefusalOf(Open().With("/token", "")), "created");
}

TEST_F(AdminTest, OpensToDirectLocalClientsWhenToldTo) {
  Create(Open());

  for (const auto* ip : {"127.0.0.1", "127.8.9.10", "::1", "::ffff:127.0.0.1"}) {
    EXPECT_TRUE(Admits(ip, TestRequest("GET", "/").Header("Host", "localhost:8080"))) << ip;
  }
  for (const auto* ip : {"192.0.2.10", "10.0.0.1", "::ffff:10.0.0.1", "::2", "", "0.0.0.0", "127.evil.example"}) {
    EXPECT_FALSE(Admits(ip, TestRequest("GET", "/").Header("Host", "localhost:8080"))) << ip;
  }
  // Nobody has a token here, so none lets in.
  EXPECT_FALSE(Admits("192.0.2.10", TestRequest("GET", "/").Header("Authorization", "Bearer ")));
  EXPECT_FALSE(Admits("192.0.2.10", TestRequest("GET", "/").Header("X-Sluice-Admin-Token", "")));
}

TEST_F(AdminTest, StaysClosedToOthersWhoSpeakThroughALocalClient) {
  Create(Open().With("/token", kToken));
  const auto local = [] { return TestRequest("GET", "/").Header("Host", "127.0.0.1:8080"); };

  EXPECT_TRUE(Admits("127.0.0.1", local()));
  EXPECT_TRUE(Admits("::1", TestRequest("GET", "/").Header("Host", "[::1]:8080")));
  EXPECT_TRUE(Admits("127.0.0.1", local().Header("Origin", "http://127.0.0.1:8080")));
  for (const auto* field : {"Via", "Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP"}) {
    EXPECT_FALSE(Admits("127.0.0.1", local().Header(field, "198.51.100.7"))) << field;
    EXPECT_FALSE(Admits("127.0.0.1", local().Header(field, ""))) << field;
  }
  for (const auto* origin :
       {"https://evil.example", "null", "http://127.0.0.1:9090", "http://127.0.0.1:8080.evil.example"}) {
    EXPECT_FALSE(Admits("127.0.0.1", local().Header("Origin", origin))) << origin;
  }
  for (const auto* name :
       {"evil.example", "localhost.evil.example:8080", "127.0.0.1.evil.example", "[::2]:8080", "[::1"}) {
    EXPECT_FALSE(Admits("127.0.0.1", TestRequest("GET", "/").Header("Host", name))) << name;
  }
  EXPECT_TRUE(Admits("127.0.0.1", local().Header("Via", "1.1 proxy").Header("X-Sluice-Admin-Token", kToken)));
}

TEST_F(AdminTest, KnowsNoOtherRoute) {
  Create(WithToken());

  EXPECT_EQ(Ask(99, Authorized()), "no such admin route");
  EXPECT_EQ(code_, sdk::Errc::kNotFound);
}

struct WithATopic : sdk::testing::EndpointFixture {
  WithATopic() {
    config = WithToken();
    request = TestRequest("GET", "/api/plugins");
    request.Header("X-Sluice-Admin-Token", kToken);
    secrets = {kToken};
  }
  void Prepare(FakeHost& host) override { host.admin.Answer("plugins", "{}"); }
};
SLUICE_ENDPOINT_CONFORMANCE(Admin, WithATopic);

}  // namespace
}  // namespace sluice::plugins::admin
