// SPDX-License-Identifier: MIT
// Which keys of a published set are taken.
#include "jwks.hpp"

#include <gtest/gtest.h>

#include <string>

#include "support.hpp"

namespace sluice::plugins::jwt {
namespace {

const KeyId kNamed = "a";

/// How many keys of the set are usable for RS256, or what is wrong with it.
std::string SetVerdict(std::string_view text, Algorithm algorithm = Algorithm::kRs256) {
  const auto set = ParseKeySet(text, algorithm);
  if (set) return std::to_string(set->size()) + " and " + std::to_string(set->unusable());
  EXPECT_EQ(set.error().code, sdk::Errc::kUpstreamFailed);
  return set.error().message;
}

TEST(JwksTest, FindsKeysByTheirName) {
  const auto set = ParseKeySet(KeySetOf({NamedKey(RsaPair(), "a"), NamedKey(OtherRsaPair(), "b")}), Algorithm::kRs256);
  ASSERT_TRUE(set) << set.error().message;

  const auto a = set->Find("a"), b = set->Find("b");
  ASSERT_TRUE(a && b);
  EXPECT_TRUE(a->Verifies("text", RsaPair().Sign("text")));
  EXPECT_FALSE(a->Verifies("text", OtherRsaPair().Sign("text")));
  EXPECT_TRUE(b->Verifies("text", OtherRsaPair().Sign("text")));
  for (const auto* other : {"", "A", "c", "a ", "../a"}) EXPECT_FALSE(set->Find(other)) << other;
  EXPECT_FALSE(set->Find(std::nullopt)) << "two keys, and the token does not say which";
}

TEST(JwksTest, TakesTheOnlyKeyForATokenThatNamesNone) {
  const auto named = ParseKeySet(KeySetOf({NamedKey(RsaPair(), "a")}), Algorithm::kRs256);
  const auto nameless = ParseKeySet(KeySetOf({RsaPair().JwkMembers()}), Algorithm::kRs256);
  const auto beside_others =
      ParseKeySet(KeySetOf({NamedKey(EcPair(), "e"), NamedKey(RsaPair(), "a")}), Algorithm::kRs256);
  ASSERT_TRUE(named && nameless && beside_others);

  EXPECT_TRUE(named->Find(std::nullopt));
  EXPECT_TRUE(nameless->Find(std::nullopt));
  EXPECT_FALSE(nameless->Find(kNamed));
  EXPECT_TRUE(beside_others->Find(std::nullopt));
}

TEST(JwksTest, TakesKeysForItsOwnAlgorithmAlone) {
  const auto both = KeySetOf({NamedKey(RsaPair(), "a"), NamedKey(EcPair(), "b")});
  const auto rs = ParseKeySet(both, Algorithm::kRs256), es = ParseKeySet(both, Algorithm::kEs256);
  ASSERT_TRUE(rs && es);

  EXPECT_TRUE(rs->Find("a"));
  EXPECT_FALSE(rs->Find("b"));
  EXPECT_FALSE(es->Find("a"));
  ASSERT_TRUE(es->Find("b"));
  EXPECT_TRUE(es->Find("b")->Verifies("text", EcPair().Sign("text")));
}

TEST(JwksTest, LeavesOutKeysForSomethingElse) {
  const auto rsa = RsaPair().JwkMembers();

  for (const auto* member : {R"("use": "sig")", R"("alg": "RS256")", R"("key_ops": ["verify"])",
                             R"("key_ops": ["sign", "verify"], "use": "sig", "alg": "RS256")", R"("x5t": "any")",
                             R"("x5u": "https://evil.example/")"}) {
    EXPECT_EQ(SetVerdict(KeySetOf({rsa + ", " + member})), "1 and 0") << member;
  }
  for (const auto* member :
       {R"("use": "enc")", R"("use": 7)", R"("use": "SIG")", R"("alg": "PS256")", R"("alg": "RS512")", R"("alg": null)",
        R"("key_ops": ["sign"])", R"("key_ops": [])", R"("key_ops": "verify")", R"("key_ops": {"verify": 1})",
        R"("use": "enc", "key_ops": ["verify"])", R"("d": "AQAB")"}) {
    EXPECT_EQ(SetVerdict(KeySetOf({rsa + ", " + member})), "0 and 1") << member;
  }
}

TEST(JwksTest, LeavesOutKeysThatAreWeakOrBroken) {
  const auto weak = KeyPair::Rsa(1024);
  const auto longer = KeyPair::Ec("P-384");
  const std::string point = R"("x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU")";
  const std::string symmetric = R"("kty": "oct", "k": "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T")";

  for (const auto& key :
       {weak.JwkMembers(), symmetric, symmetric + R"(, "alg": "RS256")", std::string(R"("kty": "RSA")"),
        std::string(R"("kty": "RSA", "n": "AQAB", "e": "AQAB")"), std::string(R"("kty": "RSA", "n": 7, "e": "AQAB")"),
        std::string(R"("kty": "RSA", "n": "A=", "e": "AQAB")"), std::string(R"("kty": 7)"),
        std::string(R"("n": "AQAB")"), std::string(R"("kty": "rsa", "n": "AQAB", "e": "AQAB")")}) {
    EXPECT_EQ(SetVerdict(KeySetOf({key})), "0 and 1") << key;
  }
  for (const auto& key :
       {longer.JwkMembers(), symmetric, R"("kty": "EC", "crv": "P-256", )" + point,
        R"("kty": "EC", "crv": "P-256", "y": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", )" + point,
        R"("kty": "EC", "crv": "P-384", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0", )" + point,
        R"("kty": "EC", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0", )" + point,
        R"("kty": "OKP", "crv": "P-256", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0", )" + point}) {
    EXPECT_EQ(SetVerdict(KeySetOf({key}), Algorithm::kEs256), "0 and 1") << key;
  }
  EXPECT_EQ(
      SetVerdict(
          KeySetOf({R"("kty": "EC", "crv": "P-256", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0", )" + point}),
          Algorithm::kEs256),
      "1 and 0");
}

TEST(JwksTest, RefusesSetsThatAreNone) {
  const std::string form = "key set: want a JSON object of at most 16 levels that names no member twice";
  const std::string list = "key set: /keys: want a list of at most 64 keys";
  std::string many;
  for (int i = 0; i < 65; ++i) many += std::string(i == 0 ? "" : ",") + "{}";

  for (const auto& text : {std::string(), std::string("[]"), std::string("<html>"), std::string("null"),
                           std::string(R"({"keys": [], "keys": []})"), KeySetOf({R"("kty": "RSA", "kty": "oct")"}),
                           std::string("{\"keys\": []}\0", 13), KeySetOf({RsaPair().JwkMembers()}).substr(0, 200)}) {
    EXPECT_EQ(SetVerdict(text), form) << text;
  }
  for (const auto& text : {std::string("{}"), std::string(R"({"keys": {}})"), std::string(R"({"keys": null})"),
                           std::string("{\"keys\": [") + many + "]}"}) {
    EXPECT_EQ(SetVerdict(text), list) << text;
  }
  EXPECT_EQ(SetVerdict(R"({"keys": [7]})"), "key set: /keys: want objects");
  EXPECT_EQ(SetVerdict(KeySetOf({RsaPair().JwkMembers() + R"(, "kid": 7)"})), "key set: /keys: want text as kid");
  EXPECT_EQ(SetVerdict(KeySetOf({NamedKey(RsaPair(), "a"), NamedKey(OtherRsaPair(), "a")})),
            "key set: /keys: two keys of one kid; want each once");
  EXPECT_EQ(SetVerdict(KeySetOf({})), "0 and 0");
}

}  // namespace
}  // namespace sluice::plugins::jwt
