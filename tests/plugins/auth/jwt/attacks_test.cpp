// SPDX-License-Identifier: MIT
// Tokens of somebody who wants in without the key: all refused, and none of them shown.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sluice/sdk/base64.hpp>
#include <string>
#include <vector>

#include "support.hpp"

namespace sluice::plugins::jwt {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

struct Attack {
  std::string token;
  std::string verdict;
};

void ExpectVerdicts(const TestConfig& config, const std::vector<Attack>& attacks) {
  FakeHost host;
  const auto auth = CreateThroughAbi<Jwt>(config, host);
  ASSERT_TRUE(auth) << auth.error().message;
  for (const auto& [token, verdict] : attacks) EXPECT_EQ(VerdictOf(**auth, token), verdict) << token;
  EXPECT_THAT(host.http.requests(), ::testing::IsEmpty());
}

TEST(JwtAttackTest, RefusesTokensWithoutASignature) {
  const std::string wrong = "token header /alg: want HS256";
  std::vector<Attack> attacks;
  for (const auto* alg : {"none", "None", "NONE", "nOnE", "", " HS256", "hs256", "HS384", "HS512"}) {
    const auto header = Json{{"alg", alg}}.dump();
    attacks.push_back({Compact(SigningInput(header, Claims()), ""), wrong});
    attacks.push_back({HsToken(Claims(), header), wrong});
  }
  for (const auto* header :
       {R"({"alg":null})", R"({"alg":0})", R"({"alg":["HS256"]})", R"({"alg":{"HS256":1}})", R"({"alg":true})"}) {
    attacks.push_back({HsToken(Claims(), header), wrong});
  }
  attacks.push_back({Compact(SigningInput(R"({"alg":"HS256"})", Claims()), ""), "the token's signature is wrong"});

  ExpectVerdicts(HsConfig(), attacks);
}

TEST(JwtAttackTest, RefusesAPublicKeyAsASecret) {
  const std::string header = R"({"alg":"HS256"})";
  const auto pem = RsaPair().PublicPem();

  ExpectVerdicts(RsConfig(), {{HsToken(Claims(), header, pem), "token header /alg: want RS256"},
                              {HsToken(Claims(), R"({"alg":"RS256"})", pem), "the token's signature is wrong"},
                              {EsToken(), "token header /alg: want RS256"}});
  ExpectVerdicts(EsConfig(),
                 {{HsToken(Claims(), header, EcPair().PublicPem()), "token header /alg: want ES256"},
                  {HsToken(Claims(), R"({"alg":"ES256"})", EcPair().PublicPem()), "the token's signature is wrong"},
                  {SignedToken(RsaPair(), R"({"alg":"ES256"})", Claims()), "the token's signature is wrong"}});
  ExpectVerdicts(HsConfig(), {{RsToken(), "token header /alg: want HS256"}});
}

TEST(JwtAttackTest, RefusesSignaturesOfAnotherKeyOrText) {
  const auto right = RsToken();
  const auto dot = right.rfind('.');
  const auto forged = SigningInput(R"({"alg":"RS256"})", Claims(R"({"sub": "admin"})"));
  const std::string wrong = "the token's signature is wrong";

  ExpectVerdicts(RsConfig(), {{right, "user-42"},
                              {forged + right.substr(dot), wrong},
                              {SignedToken(OtherRsaPair(), R"({"alg":"RS256"})", Claims()), wrong},
                              {right.substr(0, dot + 1), wrong},
                              {right.substr(0, right.size() - 2), wrong},
                              {right + "AAAA", wrong}});
  ExpectVerdicts(HsConfig(), {{HsToken(Claims(), R"({"alg":"HS256"})", "another-key-0123456789abcdef0123"), wrong}});
}

TEST(JwtAttackTest, FollowsNoKeyThatATokenBringsOrPointsTo) {
  const auto with = [](const std::string& member) {
    return SignedToken(OtherRsaPair(), R"({"alg":"RS256", )" + member + "}", Claims());
  };
  std::vector<Attack> attacks;
  for (const auto& member :
       {"\"jwk\": {" + OtherRsaPair().JwkMembers() + "}", std::string(R"("jku": "https://evil.example/jwks.json")"),
        std::string(R"("x5u": "https://evil.example/cert.pem")"), std::string(R"("x5c": ["MIIB"])"),
        std::string(R"("kid": "../../../../dev/null")"), std::string(R"("kid": "https://evil.example/key")"),
        std::string(R"("kid": "' OR 1=1 --")"), std::string(R"("kid": "\u0000\r\n")")}) {
    attacks.push_back({with(member), "the token's signature is wrong"});
  }
  for (const auto* kid : {"null", "0", "[]", "{}", "true", R"("")"}) {
    attacks.push_back({with(std::string(R"("kid": )") + kid), "token header /kid: want text of 1 to 256 octets"});
  }
  attacks.push_back(
      {with("\"kid\": \"" + std::string(257, 'k') + '"'), "token header /kid: want text of 1 to 256 octets"});

  ExpectVerdicts(RsConfig(), attacks);
}

TEST(JwtAttackTest, RefusesHeadersThatChangeWhatIsSigned) {
  ExpectVerdicts(HsConfig(),
                 {{HsToken(Claims(), R"({"alg":"HS256","crit":["exp"]})"), "token header /crit: want none"},
                  {HsToken(Claims(), R"({"alg":"HS256","crit":[]})"), "token header /crit: want none"},
                  {HsToken(Claims(), R"({"alg":"HS256","b64":false,"crit":["b64"]})"), "token header /crit: want none"},
                  {HsToken(Claims(), R"({"alg":"HS256","b64":true})"), "token header /b64: want none"},
                  {HsToken(Claims(), R"({"alg":"HS256","zip":"DEF"})"), "token header /zip: want none"},
                  {HsToken(Claims(), R"({"alg":"HS256","enc":"A128GCM"})"), "token header /enc: want none"}});
}

TEST(JwtAttackTest, RefusesMembersThatStandTwice) {
  const std::string header = "token header: want a JSON object of at most 16 levels that names no member twice";
  const std::string payload = "token payload: want a JSON object of at most 16 levels that names no member twice";
  const auto exp = std::to_string(kNow + 3600);

  ExpectVerdicts(HsConfig(),
                 {{HsToken(Claims(), R"({"alg":"HS256","alg":"none"})"), header},
                  {HsToken(Claims(), R"({"alg":"HS256","\u0061lg":"HS256"})"), header},
                  {HsToken(Claims(), R"({"alg":"HS256","x":{"y":1,"y":2}})"), header},
                  {HsToken(R"({"sub":"a","sub":"admin","exp":)" + exp + "}"), payload},
                  {HsToken(R"({"sub":"a","exp":1,"e\u0078p":)" + exp + "}"), payload},
                  {HsToken(R"({"sub":"a","exp":)" + exp + R"(,"x":[{"y":1,"y":2}]})"), payload},
                  {HsToken(R"({"sub":"user-42","exp":)" + exp + R"(,"x":[{"y":1},{"y":2}],"y":{"x":1}})"), "user-42"}});
}

TEST(JwtAttackTest, RefusesPayloadsThatAreNoObject) {
  const std::string fault = "token payload: want a JSON object of at most 16 levels that names no member twice";
  const std::string deep = "{\"a\":" + std::string(16, '[') + std::string(16, ']') + "}";
  const std::string very_deep = "{\"a\":" + std::string(3000, '[') + std::string(3000, ']') + "}";
  std::vector<Attack> attacks;
  for (const auto& payload :
       {std::string(), std::string("null"), std::string("[]"), std::string("\"sub\""), std::string("{"),
        Claims() + "{}", Claims() + std::string(1, '\0') + "x", deep, very_deep, std::string("{\"sub\":\"\xff\xfe\"}"),
        std::string(R"({"exp":1e999})"), std::string(R"({"exp":NaN})"), std::string("{\"sub\":\"a\nb\"}")}) {
    attacks.push_back({HsToken(payload), fault});
  }

  ExpectVerdicts(HsConfig(), attacks);
}

TEST(JwtAttackTest, RefusesBase64ThatIsNotTheOneForm) {
  const auto right = HsToken(Claims());
  const auto dot = right.rfind('.');
  const auto first = right.find('.');
  // 32 octets leave two bits of the last character unused.
  auto trailing = right;
  ++trailing.back();
  const std::string empty = sdk::Base64UrlEncode("{}");  // "e30": four unused bits

  ExpectVerdicts(HsConfig(), {{right, "user-42"},
                              {trailing, "token signature: want base64url without padding"},
                              {right + "A", "the token's signature is wrong"},
                              {right + "AA", "token signature: want base64url without padding"},
                              {right.substr(0, first) + "." + empty.substr(0, 2) + "1" + right.substr(dot),
                               "token payload: want base64url without padding"},
                              {right.substr(0, first) + ".A" + right.substr(dot),
                               "token payload: want base64url without padding"}});
}

TEST(JwtAttackTest, RefusesHugeTokensWithoutReadingThem) {
  const auto huge = HsToken(Claims(Json{{"x", std::string(8192, 'x')}}.dump()));
  const auto small = HsToken(Claims());

  ExpectVerdicts(HsConfig(), {{huge, "the token is too long; want at most 8192 octets"},
                              {std::string(60000, 'A') + ".A.A", "the token is too long; want at most 8192 octets"}});
  ASSERT_LE(small.size(), 256U);
  ExpectVerdicts(HsConfig().With("/max_bytes", 256), {{small, "user-42"}});
  ExpectVerdicts(HsConfig().With("/max_bytes", static_cast<std::int64_t>(huge.size())), {{huge, "user-42"}});
  ExpectVerdicts(HsConfig().With("/max_bytes", static_cast<std::int64_t>(huge.size()) - 1),
                 {{huge, "the token is too long; want at most " + std::to_string(huge.size() - 1) + " octets"}});
}

TEST(JwtAttackTest, ShowsNoTokenInLogsMetricsAndErrors) {
  FakeHost host;
  const auto auth = CreateThroughAbi<Jwt>(HsConfig(), host);
  ASSERT_TRUE(auth) << auth.error().message;
  std::string seen;

  for (const auto* changes : {R"({"email": "planted@example.org"})", R"({"sub": "planted\u0007"})",
                              R"({"exp": "planted"})", R"({"aud": "planted"})", R"({"scope": 7, "x": "planted"})"}) {
    const auto token = HsToken(Claims(changes));
    const auto forged = HsToken(Claims(changes), R"({"alg":"none","kid":"planted"})");
    for (const auto& each : {token, forged, token + "x", "planted." + token}) {
      const auto verdict = VerdictOf(**auth, each);
      for (std::size_t from = 0; from + 8 < each.size(); from += 8)
        EXPECT_THAT(verdict, Not(HasSubstr(each.substr(from, 8))));
      seen += verdict + "\n";
    }
  }

  EXPECT_THAT(seen + host.log.Text() + host.metrics.Text(), Not(HasSubstr("planted")));
}

}  // namespace
}  // namespace sluice::plugins::jwt
