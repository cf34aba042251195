// SPDX-License-Identifier: MIT
#include "session_token.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sluice/sdk/testing/conformance_auth.hpp>
#include <sluice/sdk/testing/create.hpp>
#include <string>

namespace sluice::plugins::session_token {
namespace {

using namespace std::chrono_literals;
using sdk::testing::AnyCall;
using sdk::testing::CreateThroughAbi;
using sdk::testing::FakeHost;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class SessionTokenTest : public ::testing::Test {
 protected:
  SessionTokenTest() {
    auto made = CreateThroughAbi<SessionToken>(R"({"of": ["airplay", "library"], "scopes": ["play"]})", host_);
    EXPECT_TRUE(made) << made.error().message;
    if (made) auth_.emplace(*std::move(made));
  }
  std::string Opened(const std::string& owner, std::chrono::seconds life = 1h, std::chrono::seconds idle = 0s) {
    return host_.sessions.OpenFor(owner,
                                  {.subject = "user:ann",
                                   .scopes = {"watch", "play"},
                                   .data = "planted",
                                   .expires_at = std::chrono::floor<std::chrono::seconds>(host_.clock.Now()) + life,
                                   .idle_timeout = idle});
  }
  sdk::Result<std::optional<sdk::Principal>> Ask(const std::string& token, const std::string& scheme = "query") {
    return (*auth_)->Authenticate(AnyCall(), {.scheme = scheme, .user = {}, .secret = token});
  }
  bool LetsIn(const std::string& token) {
    const auto answer = Ask(token);
    EXPECT_TRUE(answer) << answer.error().message;
    return answer && answer->has_value();
  }

  FakeHost host_;
  std::optional<sdk::testing::ThroughAbi<sdk::AuthBackend>> auth_;
};

TEST_F(SessionTokenTest, LetsInWhomTheSessionStandsFor) {
  const auto token = Opened("airplay", 90s);

  for (const auto* const scheme : {"query", "bearer", "header"}) {
    const auto answer = Ask(token, scheme);
    ASSERT_TRUE(answer && *answer) << scheme;
    EXPECT_EQ((**answer).subject, "user:ann");
    EXPECT_THAT((**answer).scopes, ElementsAre("watch", "play"));
    EXPECT_EQ((**answer).expires_at, std::chrono::floor<std::chrono::seconds>(host_.clock.Now()) + 90s);
    EXPECT_TRUE((**answer).grants.empty());
    EXPECT_EQ((**answer).session, "session-1") << "so that links end with it";
  }
  EXPECT_THAT(host_.log.Text() + host_.metrics.Text(), Not(HasSubstr(token)));
}

TEST_F(SessionTokenTest, LeavesWhatIsNoSessionOfTheirsToOthers) {
  const auto token = Opened("airplay");
  const auto of_others = Opened("pool");

  EXPECT_TRUE(LetsIn(token));
  for (const auto& other : {of_others, std::string(43, 'a'), token.substr(1), token + "a", std::string(),
                            std::string(42, 'a') + "=", std::string(42, 'a') + "\n"}) {
    EXPECT_FALSE(LetsIn(other)) << other;
  }
  EXPECT_FALSE(*Ask(token, "basic"));
}

TEST_F(SessionTokenTest, EndsWithTheSession) {
  const auto brief = Opened("library", 60s);
  const auto idle = Opened("library", 1h, 40s);

  host_.clock.Advance(30s);
  EXPECT_TRUE(LetsIn(idle));
  host_.clock.Advance(30s);
  EXPECT_TRUE(LetsIn(idle)) << "it was used meanwhile";
  EXPECT_FALSE(LetsIn(brief));
  host_.clock.Advance(40s);
  EXPECT_FALSE(LetsIn(idle));
}

TEST_F(SessionTokenTest, LetsNobodyInWhileTheDatabaseIsAway) {
  const auto token = Opened("airplay");
  host_.sessions.FailWith(sdk::Error{.code = sdk::Errc::kUpstreamFailed, .message = "the database is away"});

  const auto answer = Ask(token);

  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, sdk::Errc::kUpstreamFailed);
}

TEST(SessionTokenConfigTest, WantsToKnowWhoseSessionsCount) {
  FakeHost host;
  for (const auto* const config : {"{}", R"({"of": []})", R"({"of": "airplay"})"}) {
    EXPECT_FALSE(CreateThroughAbi<SessionToken>(config, host)) << config;
  }
}

struct OpenedByAirplay : sdk::testing::AuthFixture {
  OpenedByAirplay() {
    config = sdk::testing::TestConfig(R"({"of": ["airplay"]})");
    scheme = "query";
    secret = "session-token-" + std::string(28, '0') + "1";
    wrong_secret = std::string(43, 'w');
  }
  void Prepare(FakeHost& host) override {
    const auto now = std::chrono::floor<std::chrono::seconds>(host.clock.Now());
    host.sessions.OpenFor("airplay", {.subject = "user:ann", .expires_at = now + 1h});
  }
};
SLUICE_AUTH_CONFORMANCE(SessionToken, OpenedByAirplay);

}  // namespace
}  // namespace sluice::plugins::session_token
