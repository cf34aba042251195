// SPDX-License-Identifier: MIT
// What the claims of an authentic token must say, and whom they name.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "support.hpp"

namespace sluice::plugins::jwt {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

/// Of an authentic HS256 token with these changes to its claims.
std::string VerdictOnClaims(std::string_view changes, const TestConfig& config = HsConfig()) {
  return VerdictOf(config, HsToken(Claims(changes)));
}
std::string AtNow(const char* claim, std::int64_t seconds) { return Json{{claim, kNow + seconds}}.dump(); }

TEST(JwtClaimsTest, LetsInUntilTheExpiryAndTheLeewayAreOver) {
  FakeHost host;
  const auto auth = CreateThroughAbi<Jwt>(HsConfig(), host);
  ASSERT_TRUE(auth) << auth.error().message;
  const auto token = HsToken(Claims(AtNow("exp", 10)));

  const auto answer = (*auth)->Authenticate(AnyCall(), {.scheme = "bearer", .secret = token});
  ASSERT_TRUE(answer && *answer) << VerdictOf(answer);
  EXPECT_EQ((*answer)->expires_at.time_since_epoch(), std::chrono::seconds(kNow + 40));
  EXPECT_TRUE((*answer)->grants.empty());

  host.clock.Advance(39999ms);
  EXPECT_EQ(VerdictOf(**auth, token), "user-42");
  host.clock.Advance(1ms);
  EXPECT_EQ(VerdictOf(**auth, token), "the token has expired");
}

TEST(JwtClaimsTest, LetsInFromTheStartLessTheLeeway) {
  FakeHost host;
  const auto auth = CreateThroughAbi<Jwt>(HsConfig().With("/leeway", 5), host);
  ASSERT_TRUE(auth) << auth.error().message;
  const auto token = HsToken(Claims(AtNow("nbf", 15)));

  EXPECT_EQ(VerdictOf(**auth, token), "the token is not valid yet");
  host.clock.Advance(9999ms);
  EXPECT_EQ(VerdictOf(**auth, token), "the token is not valid yet");
  host.clock.Advance(1ms);
  EXPECT_EQ(VerdictOf(**auth, token), "user-42");
}

TEST(JwtClaimsTest, KnowsNoLeewayIfItIsToldSo) {
  const auto config = HsConfig().With("/leeway", 0);

  EXPECT_EQ(VerdictOnClaims(AtNow("exp", 0), config), "the token has expired");
  EXPECT_EQ(VerdictOnClaims(AtNow("exp", 1), config), "user-42");
  EXPECT_EQ(VerdictOnClaims(AtNow("nbf", 0), config), "user-42");
  EXPECT_EQ(VerdictOnClaims(AtNow("nbf", 1), config), "the token is not valid yet");
}

TEST(JwtClaimsTest, ReadsDatesAsNumbersWithOrWithoutAFraction) {
  FakeHost host;
  const auto auth = CreateThroughAbi<Jwt>(HsConfig().With("/leeway", 0), host);
  ASSERT_TRUE(auth) << auth.error().message;
  const auto token = HsToken(Claims(Json{{"exp", static_cast<double>(kNow) + 0.5}, {"nbf", 1.5e9}}.dump()));

  const auto answer = (*auth)->Authenticate(AnyCall(), {.scheme = "bearer", .secret = token});
  ASSERT_TRUE(answer && *answer) << VerdictOf(answer);
  EXPECT_EQ((*answer)->expires_at.time_since_epoch(), std::chrono::seconds(kNow + 1));

  host.clock.Advance(500ms);
  EXPECT_EQ(VerdictOf(**auth, token), "the token has expired");
}

TEST(JwtClaimsTest, RefusesDatesThatAreNone) {
  for (const std::string claim : {"exp", "nbf", "iat"}) {
    for (const auto* value : {"\"1767229200\"", "-1", "-0.5", "1e300", "253402300800", "18446744073709551615",
                              "9999999999999999999999", "[]", "{}", "true"}) {
      EXPECT_EQ(VerdictOnClaims("{\"" + claim + "\": " + value + "}"),
                "token /" + claim + ": want seconds since 1970, as a number up to the year 9999")
          << value;
    }
  }
  EXPECT_EQ(VerdictOf(HsConfig(), HsToken(R"({"sub":"a","exp":null})")),
            "token /exp: want seconds since 1970, as a number up to the year 9999");
  EXPECT_EQ(VerdictOnClaims(R"({"exp": null})"), "token /exp: is required");
  EXPECT_EQ(VerdictOnClaims(R"({"exp": 0})"), "the token has expired");
  EXPECT_EQ(VerdictOnClaims(R"({"exp": 253402300799})"), "user-42");
}

TEST(JwtClaimsTest, JudgesTheSignatureBeforeTheClaims) {
  const auto expired = HsToken(Claims(R"({"exp": 1})"), R"({"alg":"HS256"})", "another-key-0123456789abcdef0123");

  EXPECT_EQ(VerdictOf(HsConfig(), expired), "the token's signature is wrong");
}

TEST(JwtClaimsTest, WantsToBeNamedAsTheAudience) {
  const auto one = HsConfig().With("/audience", "gateway");
  const auto two = HsConfig().With("/audience/0", "gateway").With("/audience/1", "https://gw.example");
  const std::string other = "the token is for another audience";
  const std::string broken = "token /aud: want text, or a list of texts";

  EXPECT_EQ(VerdictOnClaims(R"({"aud": "gateway"})", one), "user-42");
  EXPECT_EQ(VerdictOnClaims(R"({"aud": ["mail", "gateway"]})", one), "user-42");
  EXPECT_EQ(VerdictOnClaims(R"({"aud": "https://gw.example"})", two), "user-42");
  for (const auto& config : {one, two}) {
    EXPECT_EQ(VerdictOnClaims("{}", config), other);
    EXPECT_EQ(VerdictOnClaims(R"({"aud": "mail"})", config), other);
    EXPECT_EQ(VerdictOnClaims(R"({"aud": "Gateway"})", config), other);
    EXPECT_EQ(VerdictOnClaims(R"({"aud": "gateway "})", config), other);
    EXPECT_EQ(VerdictOnClaims(R"({"aud": []})", config), other);
    EXPECT_EQ(VerdictOnClaims(R"({"aud": ["mail"]})", config), other);
    EXPECT_EQ(VerdictOnClaims(R"({"aud": 7})", config), broken);
    EXPECT_EQ(VerdictOnClaims(R"({"aud": ["gateway", 7]})", config), broken);
    EXPECT_EQ(VerdictOnClaims(R"({"aud": [["gateway"]]})", config), broken);
    EXPECT_EQ(VerdictOnClaims(R"({"aud": {"gateway": 1}})", config), broken);
  }
}

TEST(JwtClaimsTest, IsNoAudienceWithoutAName) {
  EXPECT_EQ(VerdictOnClaims(R"({"aud": "mail"})"), "the token is for another audience");
  EXPECT_EQ(VerdictOnClaims(R"({"aud": []})"), "the token is for another audience");
  EXPECT_EQ(VerdictOnClaims("{}"), "user-42");
}

TEST(JwtClaimsTest, LeavesTokensOfAnotherIssuerToTheNextBackend) {
  const auto config = HsConfig().With("/issuer", "https://issuer.example");

  EXPECT_EQ(VerdictOnClaims(R"({"iss": "https://issuer.example"})", config), "user-42");
  EXPECT_EQ(VerdictOnClaims(R"({"iss": "https://other.example"})", config), "not ours");
  EXPECT_EQ(VerdictOnClaims(R"({"iss": "https://issuer.example/"})", config), "not ours");
  EXPECT_EQ(VerdictOnClaims("{}", config), "not ours");
  EXPECT_EQ(VerdictOnClaims(R"({"iss": 7})", config), "token /iss: want text");
  EXPECT_EQ(VerdictOnClaims(R"({"iss": ["https://issuer.example"]})", config), "token /iss: want text");
  EXPECT_EQ(VerdictOnClaims(R"({"iss": 7})"), "token /iss: want text");
  EXPECT_EQ(VerdictOnClaims(R"({"iss": "anybody"})"), "user-42");
}

/// What is passed on is judged by somebody else, by his own key; what claims to be ours is not passed on.
TEST(JwtClaimsTest, LetsAnIssuerThatIsOnlyClaimedOpenNothing) {
  const auto config = HsConfig().With("/issuer", "https://issuer.example");
  const std::string header = R"({"alg":"HS256"})", key = "another-key-0123456789abcdef0123";

  EXPECT_EQ(VerdictOf(config, HsToken(Claims(R"({"iss": "https://issuer.example"})"), header, key)),
            "the token's signature is wrong");
  EXPECT_EQ(VerdictOf(config, HsToken(Claims(R"({"iss": "https://issuer.example"})"), R"({"alg":"none"})")),
            "token header /alg: want HS256");
  EXPECT_EQ(VerdictOf(config, HsToken(Claims(R"({"iss": "https://other.example"})"), R"({"alg":"none"})")), "not ours");
  EXPECT_EQ(VerdictOf(config, HsToken(R"({"iss": "https://other.example", "iss": "https://issuer.example"})")),
            "token payload: want a JSON object of at most 16 levels that names no member twice");
}

TEST(JwtClaimsTest, NamesTheViewerByTheConfiguredClaim) {
  const auto config = HsConfig().With("/subject_claim", "https://claims.example/user");

  EXPECT_EQ(VerdictOnClaims(R"({"https://claims.example/user": "ann"})", config), "ann");
  EXPECT_EQ(VerdictOnClaims("{}", config),
            "token /https://claims.example/user: want text of 1 to 256 octets without control characters");
}

TEST(JwtClaimsTest, RefusesSubjectsThatNoLogCanShow) {
  const std::string fault = "token /sub: want text of 1 to 256 octets without control characters";
  const std::string longest(256, 's');

  for (const auto* value : {"null", "42", "[]", "{}", "\"\"", R"("a\u0000b")", R"("a\nb")", R"("a\u001bb")",
                            R"("\u007f")", R"("\u0085")", R"("\u2028")", R"("\u202e")", R"("\u2066")", R"("\ufeff")"}) {
    EXPECT_EQ(VerdictOnClaims(std::string("{\"sub\": ") + value + "}"), fault) << value;
  }
  EXPECT_EQ(VerdictOnClaims(Json{{"sub", longest + "s"}}.dump()), fault);
  EXPECT_EQ(VerdictOnClaims(Json{{"sub", longest}}.dump()), longest);
  EXPECT_EQ(VerdictOnClaims(R"({"sub": "J\u00fcrgen \ud83d\ude00"})"), "J\u00fcrgen \U0001F600");
}

TEST(JwtClaimsTest, GrantsTheScopesOfTheTokenAndThoseOfEverybody) {
  const auto scopes_of = [](const TestConfig& config, std::string_view changes) {
    FakeHost host;
    const auto auth = CreateThroughAbi<Jwt>(config, host);
    const auto token = HsToken(Claims(changes));
    const auto answer = (*auth)->Authenticate(AnyCall(), {.scheme = "bearer", .secret = token});
    EXPECT_TRUE(answer && *answer) << VerdictOf(answer);
    return answer && *answer ? (*answer)->scopes : std::vector<std::string>{"refused"};
  };
  const auto everybody = HsConfig().With("/scopes/0", "play");

  EXPECT_THAT(scopes_of(HsConfig(), "{}"), ElementsAre());
  EXPECT_THAT(scopes_of(HsConfig(), R"({"scope": "play  admin play"})"), ElementsAre("play", "admin"));
  EXPECT_THAT(scopes_of(HsConfig(), R"({"scope": ["play", "admin"]})"), ElementsAre("play", "admin"));
  EXPECT_THAT(scopes_of(HsConfig(), R"({"scope": ""})"), ElementsAre());
  EXPECT_THAT(scopes_of(everybody, "{}"), ElementsAre("play"));
  EXPECT_THAT(scopes_of(everybody, R"({"scope": "admin play"})"), ElementsAre("play", "admin"));
  EXPECT_THAT(scopes_of(HsConfig().With("/scopes_claim", "scp"), R"({"scope": "admin", "scp": ["play"]})"),
              ElementsAre("play"));
}

TEST(JwtClaimsTest, RefusesScopesThatAreNone) {
  const std::string fault =
      "token /scope: want at most 64 scopes of 1 to 64 visible characters, as a list or with spaces between";
  Json many = Json::array();
  for (int i = 0; i < 65; ++i) many.push_back("s" + std::to_string(i));

  for (const auto* value :
       {"7", "{}", "true", R"(["play", 7])", R"(["play admin"])", R"([""])", R"("play\tadmin")", R"(["pl\u00e4y"])"}) {
    EXPECT_EQ(VerdictOnClaims(std::string("{\"scope\": ") + value + "}"), fault) << value;
  }
  EXPECT_EQ(VerdictOnClaims(Json{{"scope", std::string(65, 's')}}.dump()), fault);
  EXPECT_EQ(VerdictOnClaims(Json{{"scope", many}}.dump()), fault);
}

}  // namespace
}  // namespace sluice::plugins::jwt
