// SPDX-License-Identifier: MIT
#include "plugins/common/tokens/token_issuer.hpp"

#include <gmock/gmock.h>

#include <set>
#include <sluice/sdk/base64.hpp>
#include <sluice/sdk/testing/create.hpp>
#include <sluice/sdk/testing/json.hpp>
#include <thread>

#include "core/plugin/instance_database.hpp"
#include "plugins/auth/jwt/jwt.hpp"
#include "tests/core/state/engines.hpp"

namespace sluice::plugins::tokens {
namespace {

using namespace std::chrono_literals;
using sdk::testing::AnyCall;
using ::testing::HasSubstr;
using ::testing::Not;
using Outcome = Refreshed::Outcome;

constexpr auto kKey = "planted-signing-key-of-32-octets!";

class TokenIssuerTest : public state::EachEngine {
 protected:
  TokenIssuerTest() { host_.database.Use(&tables_); }

  TokenPair Issued(const Holder& holder) {
    auto pair = issuer_.Issue(AnyCall(), holder);
    EXPECT_TRUE(pair) << pair.error().message;
    return pair ? *pair : TokenPair();
  }
  Refreshed Refresh(const std::string& token) {
    auto refreshed = issuer_.Refresh(AnyCall(), token);
    EXPECT_TRUE(refreshed) << refreshed.error().message;
    return refreshed ? *refreshed : Refreshed();
  }
  std::string Claim(const std::string& access, std::string_view pointer) {
    const auto begin = access.find('.') + 1;
    const auto body = sdk::Base64UrlDecode(access.substr(begin, access.rfind('.') - begin));
    const auto json = sdk::testing::Json::Parse(body ? *body : "");
    const auto* const found = json ? json->Find(pointer) : nullptr;
    return found == nullptr ? "(absent)" : found->is(SLUICE_CONFIG_STRING) ? found->text() : found->Dump();
  }

  sdk::testing::FakeHost host_;
  plugin::InstanceDatabase tables_{*database_, "endpoint", "library", {kTokenTables}};
  const TokenIssuer issuer_{host_.host(), {.signing_key = kKey, .access_ttl = 1h, .refresh_ttl = 48h, .grace = 15s}};
  const Holder ann_{.subject = "ann-id", .label = "Living room", .claims = {{"email", "ann@example.org"}}};
};

TEST_P(TokenIssuerTest, IssuesAnAccessTokenThatTheAuthBackendTakes) {
  const auto pair = Issued(ann_);

  auto auth = sdk::testing::CreateThroughAbi<jwt::Jwt>(
      sdk::testing::TestConfig(R"({"algorithm": "HS256"})").With("/secret", kKey), host_);
  ASSERT_TRUE(auth) << auth.error().message;
  const auto principal = (*auth)->Authenticate(AnyCall(), {.scheme = "bearer", .user = {}, .secret = pair.access});
  ASSERT_TRUE(principal && *principal);
  EXPECT_EQ((**principal).subject, "ann-id");
  EXPECT_EQ(Claim(pair.access, "/email"), "ann@example.org");
  EXPECT_NE(Claim(pair.access, "/jti"), Claim(Issued(ann_).access, "/jti"));
  EXPECT_EQ(pair.access_ttl, 1h);
  EXPECT_EQ(pair.refresh.size(), 64u);
  host_.clock.Advance(2h);
  EXPECT_FALSE((*auth)->Authenticate(AnyCall(), {.scheme = "bearer", .user = {}, .secret = pair.access}));
}

TEST_P(TokenIssuerTest, ARefreshGivesANewPairToTheSameHolder) {
  const auto first = Issued(ann_);
  host_.clock.Advance(30h);

  const auto second = Refresh(first.refresh);

  ASSERT_EQ(second.outcome, Outcome::kIssued);
  EXPECT_NE(second.pair.refresh, first.refresh);
  EXPECT_EQ(Claim(second.pair.access, "/sub"), "ann-id");
  EXPECT_EQ(Claim(second.pair.access, "/email"), "ann@example.org");
  EXPECT_EQ(second.holder.label, "Living room");
  host_.clock.Advance(30h);
  EXPECT_EQ(Refresh(second.pair.refresh).outcome, Outcome::kIssued) << "its time began with the rotation";
}

TEST_P(TokenIssuerTest, AReusedTokenEndsItsFamilyAndNoOther) {
  const auto stolen = Issued(ann_);
  const auto other_device = Issued(ann_);
  const auto fresh = Refresh(stolen.refresh);
  host_.clock.Advance(16s);

  const auto reused = Refresh(stolen.refresh);

  EXPECT_EQ(reused.outcome, Outcome::kReused);
  EXPECT_EQ(reused.holder.subject, "ann-id");
  EXPECT_EQ(reused.pair.refresh, "");
  EXPECT_EQ(Refresh(fresh.pair.refresh).outcome, Outcome::kUnknown);
  EXPECT_EQ(Refresh(stolen.refresh).outcome, Outcome::kUnknown);
  EXPECT_EQ(Refresh(other_device.refresh).outcome, Outcome::kIssued);
}

TEST_P(TokenIssuerTest, TwoRequestsOfOneClientMayMeet) {
  const auto first = Issued(ann_);
  std::vector<Refreshed> refreshed(4);
  std::vector<std::thread> threads;
  for (auto& one : refreshed) threads.emplace_back([&] { one = Refresh(first.refresh); });
  for (auto& thread : threads) thread.join();

  std::set<std::string> tokens;
  for (const auto& one : refreshed) {
    EXPECT_EQ(one.outcome, Outcome::kIssued);
    tokens.insert(one.pair.refresh);
  }
  EXPECT_EQ(tokens.size(), 4u);
  for (const auto& token : tokens) EXPECT_EQ(Refresh(token).outcome, Outcome::kIssued);
}

TEST_P(TokenIssuerTest, TellsExpiredTokensFromUnknownOnes) {
  const auto pair = Issued(ann_);
  host_.clock.Advance(48h);

  EXPECT_EQ(Refresh(pair.refresh).outcome, Outcome::kExpired);
  for (const auto& other : {std::string(), std::string(64, 'a'), pair.access, pair.refresh + "0"}) {
    EXPECT_EQ(Refresh(other).outcome, Outcome::kUnknown);
  }
  Issued(ann_);
  EXPECT_EQ(Refresh(pair.refresh).outcome, Outcome::kUnknown) << "it was purged";
}

TEST_P(TokenIssuerTest, LoggingOutEndsOneFamilyOrAll) {
  const auto one = Issued(ann_);
  const auto next = Refresh(one.refresh);
  const auto two = Issued(ann_);
  const auto bobs = Issued({.subject = "bob-id"});

  ASSERT_TRUE(issuer_.Revoke(AnyCall(), next.pair.refresh));
  ASSERT_TRUE(issuer_.Revoke(AnyCall(), "unknown"));
  EXPECT_EQ(Refresh(one.refresh).outcome, Outcome::kUnknown);
  EXPECT_EQ(Refresh(next.pair.refresh).outcome, Outcome::kUnknown);
  const auto still = Refresh(two.refresh);
  EXPECT_EQ(still.outcome, Outcome::kIssued);
  ASSERT_TRUE(issuer_.RevokeAll(AnyCall(), "ann-id"));
  EXPECT_EQ(Refresh(still.pair.refresh).outcome, Outcome::kUnknown);
  EXPECT_EQ(Refresh(bobs.refresh).outcome, Outcome::kIssued);
}

TEST_P(TokenIssuerTest, KeepsNoTokenAndShowsNone) {
  const auto pair = Issued(ann_);

  const auto kept = Read("SELECT * FROM endpoint_library_refresh_tokens");
  for (const auto& value : kept.rows[0]) {
    EXPECT_THAT(value.text, Not(HasSubstr(pair.refresh)));
  }
  EXPECT_THAT(host_.log.Text(), Not(HasSubstr(pair.refresh)));
  EXPECT_THAT(pair.access, Not(HasSubstr("planted")));
}

INSTANTIATE_TEST_SUITE_P(Tokens, TokenIssuerTest, ::testing::Values(state::Engine::kSqlite, state::Engine::kPostgres),
                         state::EngineName);

}  // namespace
}  // namespace sluice::plugins::tokens
