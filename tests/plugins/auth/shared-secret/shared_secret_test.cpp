// SPDX-License-Identifier: MIT
#include "shared_secret.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sluice/sdk/testing/conformance_auth.hpp>
#include <sluice/sdk/testing/create.hpp>
#include <string>

namespace sluice::plugins::shared_secret {
namespace {

using sdk::testing::AnyCall;
using sdk::testing::CreateThroughAbi;
using sdk::testing::FakeHost;
using sdk::testing::TestConfig;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kSecret = "planted-one-e3b0c442";
constexpr std::string_view kOther = "planted-two-98fc1c14";

TestConfig TwoSecrets() {
  return TestConfig(R"({"secrets": [
    {"name": "living-room", "secret": "planted-one-e3b0c442"},
    {"name": "operator", "secret": "planted-two-98fc1c14", "scopes": ["admin", "play"]}]})");
}

std::string RefusalOf(const TestConfig& config) {
  FakeHost host;
  const auto made = CreateThroughAbi<SharedSecret>(config, host);
  EXPECT_THAT(host.log.Text(), Not(HasSubstr("planted")));
  if (made) return "created";
  EXPECT_EQ(made.error().code, sdk::Errc::kInvalidArgument);
  return made.error().message;
}

sdk::Credentials Presented(std::string_view scheme, std::string_view secret) {
  return {.scheme = scheme, .user = "anybody", .secret = secret, .client_ip = "192.0.2.10"};
}

TEST(SharedSecretTest, NamesTheHolderOfEachSecretAndItsScopes) {
  FakeHost host;
  auto auth = CreateThroughAbi<SharedSecret>(TwoSecrets(), host);
  ASSERT_TRUE(auth) << auth.error().message;

  const auto viewer = (*auth)->Authenticate(AnyCall(), Presented("bearer", kSecret));
  const auto operator_ = (*auth)->Authenticate(AnyCall(), Presented("bearer", kOther));

  ASSERT_TRUE(viewer && *viewer);
  EXPECT_EQ((*viewer)->subject, "secret:living-room");
  EXPECT_TRUE((*viewer)->scopes.empty());
  EXPECT_TRUE((*viewer)->grants.empty());
  ASSERT_TRUE(operator_ && *operator_);
  EXPECT_EQ((*operator_)->subject, "secret:operator");
  EXPECT_THAT((*operator_)->scopes, ElementsAre("admin", "play"));
}

TEST(SharedSecretTest, TakesASingleSecretWithItsScopes) {
  FakeHost host;
  auto auth =
      CreateThroughAbi<SharedSecret>(TestConfig(R"({"secret": "planted-one-e3b0c442", "scopes": ["play"]})"), host);
  ASSERT_TRUE(auth) << auth.error().message;

  const auto answer = (*auth)->Authenticate(AnyCall(), Presented("query", kSecret));

  ASSERT_TRUE(answer && *answer);
  EXPECT_EQ((*answer)->subject, "secret:default");
  EXPECT_THAT((*answer)->scopes, ElementsAre("play"));
}

TEST(SharedSecretTest, RecognisesEverySchemeThatCarriesASecret) {
  FakeHost host;
  auto auth = CreateThroughAbi<SharedSecret>(TwoSecrets(), host);
  ASSERT_TRUE(auth) << auth.error().message;

  for (const auto* scheme : {"bearer", "basic", "header", "query"}) {
    const auto answer = (*auth)->Authenticate(AnyCall(), Presented(scheme, kSecret));
    EXPECT_TRUE(answer && answer->has_value()) << scheme;
  }
  for (const auto* scheme : {"userdata", "path", "", "Bearer"}) {
    const auto answer = (*auth)->Authenticate(AnyCall(), Presented(scheme, kSecret));
    EXPECT_TRUE(answer && !answer->has_value()) << scheme;
  }
}

TEST(SharedSecretTest, RecognisesOnlyTheSchemesThatAreConfigured) {
  FakeHost host;
  auto auth = CreateThroughAbi<SharedSecret>(
      TestConfig(R"({"secret": "planted-one-e3b0c442", "schemes": ["header"], "claim": "all"})"), host);
  ASSERT_TRUE(auth) << auth.error().message;

  const auto header = (*auth)->Authenticate(AnyCall(), Presented("header", kSecret));
  const auto bearer = (*auth)->Authenticate(AnyCall(), Presented("bearer", kSecret));

  EXPECT_TRUE(header && header->has_value());
  EXPECT_TRUE(bearer && !bearer->has_value());
}

TEST(SharedSecretTest, LeavesAnUnknownSecretToTheNextBackend) {
  FakeHost host;
  auto auth = CreateThroughAbi<SharedSecret>(TwoSecrets(), host);
  ASSERT_TRUE(auth) << auth.error().message;

  for (const auto* secret : {"", " ", "planted-one-e3b0c44", "planted-one-e3b0c4422", "PLANTED-ONE-E3B0C442"}) {
    const auto answer = (*auth)->Authenticate(AnyCall(), Presented("bearer", secret));
    EXPECT_TRUE(answer && !answer->has_value()) << secret;
  }
}

TEST(SharedSecretTest, RefusesAnUnknownSecretWhenItClaimsAll) {
  FakeHost host;
  auto auth = CreateThroughAbi<SharedSecret>(TwoSecrets().With("/claim", "all"), host);
  ASSERT_TRUE(auth) << auth.error().message;

  const auto answer = (*auth)->Authenticate(AnyCall(), Presented("basic", "planted-wrong-5891b5b5"));

  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, sdk::Errc::kUnauthenticated);
  EXPECT_EQ(answer.error().message, "the secret is not one that lets in here");
}

TEST(SharedSecretTest, CutsWhiteSpaceOffConfiguredSecrets) {
  FakeHost host;
  auto auth = CreateThroughAbi<SharedSecret>({{"/secret", " planted-one-e3b0c442\r\n"}}, host);
  ASSERT_TRUE(auth) << auth.error().message;

  const auto answer = (*auth)->Authenticate(AnyCall(), Presented("bearer", kSecret));

  EXPECT_TRUE(answer && answer->has_value());
}

TEST(SharedSecretTest, RefusesSecretsThatWouldLetAnybodyIn) {
  EXPECT_EQ(RefusalOf({{"/secret", ""}}), "/secret: is empty; want a secret of 8 characters or more");
  EXPECT_EQ(RefusalOf({{"/secret", " \t\r\n"}}), "/secret: is empty; want a secret of 8 characters or more");
  EXPECT_EQ(RefusalOf({{"/secret", "planted"}}), "/secret: is too short; want 8 characters or more");
  EXPECT_EQ(RefusalOf({{"/secret", "   seven7   "}}), "/secret: is too short; want 8 characters or more");
  EXPECT_EQ(RefusalOf(TwoSecrets().With("/secrets/1/secret", "")),
            "/secrets/1/secret: is empty; want a secret of 8 characters or more");
}

TEST(SharedSecretTest, RefusesAConfigurationThatIsAmbiguous) {
  EXPECT_EQ(RefusalOf({}), "/secret: want either secret or secrets");
  EXPECT_EQ(RefusalOf(TwoSecrets().With("/secret", "planted-one-e3b0c442")), "/secret: want either secret or secrets");
  EXPECT_EQ(RefusalOf(TwoSecrets().With("/scopes/0", "play")),
            "/scopes: goes with secret; want scopes in each of /secrets");
  EXPECT_EQ(RefusalOf(TwoSecrets().With("/secrets/1/name", "living-room")),
            "/secrets/1/name: living-room is taken; want another name");
  EXPECT_EQ(RefusalOf(TwoSecrets().With("/secrets/1/secret", "planted-one-e3b0c442 ")),
            "/secrets/1/secret: equals the secret of living-room; want another");
}

TEST(SharedSecretTest, ShowsNoSecretInLogsMetricsAndErrors) {
  FakeHost host;
  auto auth = CreateThroughAbi<SharedSecret>(TwoSecrets().With("/claim", "all"), host);
  ASSERT_TRUE(auth) << auth.error().message;

  const auto let_in = (*auth)->Authenticate(AnyCall(), Presented("bearer", kSecret));
  const auto refused = (*auth)->Authenticate(AnyCall(), Presented("bearer", "planted-wrong-5891b5b5"));

  ASSERT_TRUE(let_in && *let_in);
  ASSERT_FALSE(refused);
  EXPECT_THAT((*let_in)->subject, Not(HasSubstr("planted")));
  EXPECT_THAT(refused.error().message, Not(HasSubstr("planted")));
  EXPECT_THAT(host.log.Text() + host.metrics.Text(), Not(HasSubstr("planted")));
}

struct Claiming : sdk::testing::AuthFixture {
  Claiming() {
    config = TwoSecrets().With("/claim", "all");
    secret = kOther;
    wrong_secret = "planted-wrong-5891b5b5";
  }
};
struct Matching : Claiming {
  Matching() {
    config = TwoSecrets();
    scheme = "basic";
    user = "anybody";
  }
};
SLUICE_AUTH_CONFORMANCE(SharedSecret, Claiming);
SLUICE_AUTH_CONFORMANCE(SharedSecret, Matching);

}  // namespace
}  // namespace sluice::plugins::shared_secret
