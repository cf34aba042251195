// SPDX-License-Identifier: MIT
#include "jwt.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sluice/sdk/base64.hpp>
#include <sluice/sdk/testing/conformance_auth.hpp>
#include <string>

#include "support.hpp"

namespace sluice::plugins::jwt {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(JwtTest, LetsInWithTokensOfEachAlgorithm) {
  EXPECT_EQ(VerdictOf(HsConfig(), HsToken(Claims())), "user-42");
  EXPECT_EQ(VerdictOf(RsConfig(), RsToken()), "user-42");
  EXPECT_EQ(VerdictOf(EsConfig(), EsToken()), "user-42");
  EXPECT_EQ(VerdictOf(RsConfig(), RsToken(Claims(), R"({"alg":"RS256","kid":"any","typ":"at+jwt"})")), "user-42");
}

/// What the library API's sign-in hands out: the key is the text itself, the claims are these.
TEST(JwtTest, LetsInWithTheAccessTokensOfTheLibraryApi) {
  const std::string key = "0123456789abcdef0123456789abcdef";
  const auto token = HsToken(
      R"({"sub":"7","email":"ann@example.org","jf_user":"2c9f","iat":1767225600,"exp":1767312000,"jti":"0b5c1f0e"})",
      R"({"alg":"HS256","typ":"JWT"})", key);

  EXPECT_EQ(VerdictOf({{"/algorithm", "HS256"}, {"/secret", key}}, token), "7");
}

TEST(JwtTest, TakesTheSecretAsItStands) {
  const std::string key = " \tplanted-key-with-white-space-around-it\r\n";

  EXPECT_EQ(VerdictOf({{"/algorithm", "HS256"}, {"/secret", key}}, HsToken(Claims(), R"({"alg":"HS256"})", key)),
            "user-42");
}

TEST(JwtTest, RefusesTheExampleOfTheStandardForItsAge) {
  const std::string token =
      "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9."
      "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ."
      "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
  const auto key =
      sdk::Base64UrlDecode("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow");
  ASSERT_TRUE(key);

  EXPECT_EQ(VerdictOf({{"/algorithm", "HS256"}, {"/secret", *key}, {"/issuer", "joe"}}, token),
            "the token has expired");
}

TEST(JwtTest, RecognisesTokensInEverySchemeThatCarriesOne) {
  FakeHost host;
  const auto auth = CreateThroughAbi<Jwt>(HsConfig(), host);
  ASSERT_TRUE(auth) << auth.error().message;
  const auto token = HsToken(Claims());

  for (const auto* scheme : {"bearer", "header", "query"})
    EXPECT_EQ(VerdictOf((*auth)->Authenticate(AnyCall(), {.scheme = scheme, .user = "token", .secret = token})),
              "user-42")
        << scheme;
  for (const auto* scheme : {"basic", "userdata", "path", ""})
    EXPECT_EQ(VerdictOf((*auth)->Authenticate(AnyCall(), {.scheme = scheme, .user = "token", .secret = token})),
              "not ours")
        << scheme;
}

TEST(JwtTest, LeavesWhatIsNoTokenToTheNextBackend) {
  FakeHost host;
  const auto auth = CreateThroughAbi<Jwt>(HsConfig(), host);
  ASSERT_TRUE(auth) << auth.error().message;
  const auto token = HsToken(Claims());
  const auto header_of = [](std::string_view text) { return Compact(SigningInput(text, Claims()), "signature"); };

  for (const auto& other : {std::string("."),
                            std::string(".."),
                            std::string("..."),
                            std::string("a.b.c"),
                            std::string(" "),
                            std::string("0123456789abcdef"),
                            token.substr(0, token.rfind('.')),
                            token + ".",
                            token + ".e30.e30",
                            " " + token,
                            token + " ",
                            token + "=",
                            token + "\n",
                            "Bearer " + token,
                            "x" + token,
                            header_of("[]"),
                            header_of("null"),
                            header_of("{}"),
                            header_of(R"({"typ":"JWT"})"),
                            header_of(R"({"ALG":"HS256"})"),
                            header_of("{"),
                            header_of(R"({"alg":"HS256"} x)"),
                            header_of(std::string(R"({"alg":"HS256"})") + '\0')})
    EXPECT_EQ(VerdictOf(**auth, other), "not ours") << other;
}

TEST(JwtTest, RefusesConfigurationsThatCannotBeMeant) {
  const auto refusal_of = [](const TestConfig& config) {
    FakeHost host;
    const auto made = CreateThroughAbi<Jwt>(config, host);
    if (made) return std::string("made");
    EXPECT_EQ(made.error().code, sdk::Errc::kInvalidArgument);
    EXPECT_THAT(made.error().message + host.log.Text(), Not(HasSubstr("planted")));
    return made.error().message;
  };
  const auto rs = TestConfig{{"/algorithm", "RS256"}};
  const std::string pem = ": want a public RSA key of 2048 to 8192 bits as PEM, from BEGIN PUBLIC KEY to END";

  EXPECT_EQ(refusal_of({}), "/algorithm: is required");
  EXPECT_THAT(refusal_of(TestConfig{{"/algorithm", "none"}}), HasSubstr("/algorithm: want one of"));
  EXPECT_EQ(refusal_of({{"/algorithm", "HS256"}}), "/secret: is required by HS256");
  EXPECT_EQ(refusal_of({{"/algorithm", "HS256"}, {"/secret", "planted-key-of-31-octets-0123456"}}), "made");
  EXPECT_EQ(refusal_of({{"/algorithm", "HS256"}, {"/secret", "planted-key-of-31-octets-012345"}}),
            "/secret: is too short; want 32 octets or more");
  EXPECT_EQ(refusal_of(HsConfig().With("/public_key", RsaPair().PublicPem())),
            "/public_key: is not for HS256; want secret");
  EXPECT_EQ(refusal_of(HsConfig().With("/jwks_url", "https://issuer.example")),
            "/jwks_url: is not for HS256; want secret");
  EXPECT_EQ(refusal_of(rs), "/public_key: want either public_key or jwks_url with RS256");
  EXPECT_EQ(refusal_of(RsConfig().With("/jwks_url", "https://issuer.example")),
            "/public_key: want either public_key or jwks_url with RS256");
  EXPECT_EQ(refusal_of(RsConfig().With("/secret", std::string(kSecret))),
            "/secret: is not for RS256; want public_key or jwks_url");
  EXPECT_EQ(refusal_of(rs.With("/public_key", RsaPair().PrivatePem())), "/public_key" + pem);
  EXPECT_EQ(refusal_of(rs.With("/public_key", EcPair().PublicPem())), "/public_key" + pem);
  for (const auto* url : {"", "issuer.example", "ftp://issuer.example/", "https://ann:planted@issuer.example/",
                          "https://issuer.example/#keys", "file:///etc/keys"})
    EXPECT_EQ(refusal_of(rs.With("/jwks_url", url)),
              "/jwks_url: want an http or https URL without user name and fragment")
        << url;
  for (const auto& config : {HsConfig().With("/audience", ""), HsConfig().With("/audience", 7),
                             HsConfig().With("/audience/0", ""), HsConfig().With("/audience/0", 7)})
    EXPECT_EQ(refusal_of(config), "/audience: want text, or a list of texts; none empty");
  EXPECT_EQ(refusal_of(HsConfig().With("/leeway", 301)), "/leeway: want maximum 300");
}

TEST(JwtTest, SaysThatKeysByHttpAreNotSafe) {
  FakeHost safe, unsafe;
  const auto https = CreateThroughAbi<Jwt>(JwksConfig(), safe);
  const auto http = CreateThroughAbi<Jwt>(JwksConfig().With("/jwks_url", "http://issuer.example/jwks"), unsafe);

  EXPECT_TRUE(https && http);
  EXPECT_EQ(safe.log.Text(), "");
  EXPECT_EQ(unsafe.log.Text(), "the key set comes by http: whoever stands between may let anybody in\n");
}

struct Secret : sdk::testing::AuthFixture {
  Secret() {
    config = HsConfig();
    secret = HsToken(Claims());
    wrong_secret = HsToken(Claims(), R"({"alg":"HS256"})", "another-key-0123456789abcdef0123");
    secrets.emplace_back(kSecret);
  }
};
struct PublicKeyInAHeader : sdk::testing::AuthFixture {
  PublicKeyInAHeader() {
    config = EsConfig();
    scheme = "header";
    user = "X-Token";
    secret = EsToken();
    wrong_secret = EsToken(Claims(), R"({"alg":"none"})");
  }
};
struct PublishedKeys : sdk::testing::AuthFixture {
  PublishedKeys() {
    config = JwksConfig();
    waits_for_upstream = true;
    secret = RsToken(Claims(), R"({"alg":"RS256","kid":"a"})");
    wrong_secret = RsToken(Claims(), R"({"alg":"RS256","kid":"b"})");
  }
  void Prepare(FakeHost& host) override {
    host.http.AnswerJson("GET", std::string(kJwksUrl), KeySetOf({NamedKey(RsaPair(), "a")}));
  }
};
SLUICE_AUTH_CONFORMANCE(Jwt, Secret);
SLUICE_AUTH_CONFORMANCE(Jwt, PublicKeyInAHeader);
SLUICE_AUTH_CONFORMANCE(Jwt, PublishedKeys);

}  // namespace
}  // namespace sluice::plugins::jwt
