// SPDX-License-Identifier: MIT
// The examples of RFC 7515, appendix A, and keys and signatures that are not what they should be.
#include "key.hpp"

#include <gtest/gtest.h>
#include <openssl/err.h>

#include <sluice/sdk/base64.hpp>
#include <string>

#include "support.hpp"

namespace sluice::plugins::jwt {
namespace {

constexpr std::string_view kPayload =
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";

std::string Octets(std::string_view base64url) {
  const auto octets = sdk::Base64UrlDecode(base64url);
  EXPECT_TRUE(octets) << base64url;
  return octets ? *octets : std::string();
}

std::string Flipped(std::string octets, std::size_t at) {
  octets.at(at) = static_cast<char>(octets.at(at) ^ 1);
  return octets;
}

/// Whether the signature is right, and right for nothing else.
void ExpectVerifies(const Key& key, const std::string& text, const std::string& signature) {
  EXPECT_TRUE(key.Verifies(text, signature));
  for (std::size_t i = 0; i < signature.size(); i += 7) EXPECT_FALSE(key.Verifies(text, Flipped(signature, i))) << i;
  for (std::size_t i = 0; i < text.size(); i += 7) EXPECT_FALSE(key.Verifies(Flipped(text, i), signature)) << i;
  EXPECT_FALSE(key.Verifies(text, ""));
  EXPECT_FALSE(key.Verifies(text, signature.substr(1)));
  EXPECT_FALSE(key.Verifies(text, signature.substr(0, signature.size() - 1)));
  EXPECT_FALSE(key.Verifies(text, signature + '\0'));
  EXPECT_FALSE(key.Verifies(text, '\0' + signature));
  EXPECT_FALSE(key.Verifies("", signature));
}

TEST(JwtKeyTest, VerifiesTheHmacExampleOfTheStandard) {
  const auto key =
      MakeHmacKey(Octets("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"));
  ASSERT_TRUE(key);

  ExpectVerifies(*key, "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9." + std::string(kPayload),
                 Octets("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"));
}

TEST(JwtKeyTest, VerifiesTheRsaExampleOfTheStandard) {
  const auto key = MakeRsaKey(
      Octets(
          "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2"
          "lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTB"
          "EMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kz"
          "k2PAcDTW9gb54h4FRWyuXpoQ"),
      Octets("AQAB"));
  ASSERT_TRUE(key);

  ExpectVerifies(
      *key, "eyJhbGciOiJSUzI1NiJ9." + std::string(kPayload),
      Octets(
          "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9"
          "CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOL"
          "n6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtV"
          "rBp0igcN_IoypGlUPQGe77Rw"));
}

TEST(JwtKeyTest, VerifiesTheEllipticCurveExampleOfTheStandard) {
  const auto key = MakeEcKey(Octets("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"),
                             Octets("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"));
  ASSERT_TRUE(key);

  ExpectVerifies(*key, "eyJhbGciOiJFUzI1NiJ9." + std::string(kPayload),
                 Octets("DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"));
}

TEST(JwtKeyTest, TakesEllipticCurveSignaturesAsTokensHaveThemAlone) {
  const auto key = ReadPublicKey(Algorithm::kEs256, EcPair().PublicPem());
  ASSERT_TRUE(key);
  // The order of the curve, and one beyond a coordinate's range.
  const auto order = Octets("_____wAAAAD__________7zm-q2nF56E87nKwvxjJVE");
  const std::string zero(32, '\0'), most(32, '\xff'), one = std::string(31, '\0') + '\x01';

  const auto right = EcPair().Sign("text");
  auto longer = right;
  longer.insert(32, 1, '\0');  // the same two numbers

  EXPECT_TRUE(key->Verifies("text", right));
  EXPECT_FALSE(key->Verifies("text", longer));
  EXPECT_FALSE(key->Verifies("text", EcPair().SignDer("text")));
  for (const auto& r : {zero, one, order, most}) {
    for (const auto& s : {zero, one, order, most}) EXPECT_FALSE(key->Verifies("text", r + s));
  }
}

TEST(JwtKeyTest, LeavesNoErrorsBehindForOthersOfTheThread) {
  ERR_clear_error();
  const auto rsa = ReadPublicKey(Algorithm::kRs256, RsaPair().PublicPem());
  const auto ec = ReadPublicKey(Algorithm::kEs256, EcPair().PublicPem());
  ASSERT_TRUE(rsa && ec);

  EXPECT_FALSE(rsa->Verifies("text", std::string(256, 'x')));
  EXPECT_FALSE(ec->Verifies("text", std::string(64, 'x')));
  EXPECT_FALSE(ReadPublicKey(Algorithm::kRs256, "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"));
  EXPECT_FALSE(MakeRsaKey(std::string(256, 'x'), "x"));
  EXPECT_FALSE(MakeEcKey(std::string(32, 'x'), std::string(32, 'x')));

  EXPECT_EQ(ERR_peek_error(), 0UL);
}

TEST(JwtKeyTest, RefusesKeysThatAreWeakOrOfAnotherKind) {
  const auto weak = KeyPair::Rsa(1024);
  const auto longer = KeyPair::Ec("P-384");
  const auto koblitz = KeyPair::Ec("secp256k1");

  EXPECT_FALSE(ReadPublicKey(Algorithm::kRs256, weak.PublicPem()));
  EXPECT_FALSE(ReadPublicKey(Algorithm::kRs256, EcPair().PublicPem()));
  EXPECT_FALSE(ReadPublicKey(Algorithm::kEs256, RsaPair().PublicPem()));
  EXPECT_FALSE(ReadPublicKey(Algorithm::kEs256, longer.PublicPem()));
  EXPECT_FALSE(ReadPublicKey(Algorithm::kEs256, koblitz.PublicPem()));
  EXPECT_FALSE(MakeHmacKey(std::string(31, 'k')));
  EXPECT_TRUE(MakeHmacKey(std::string(32, 'k')));
}

TEST(JwtKeyTest, RefusesKeysThatWouldTakeTooLong) {
  EXPECT_TRUE(ReadPublicKey(Algorithm::kRs256, RsaPair().PublicPemOfPower(4)));
  EXPECT_FALSE(ReadPublicKey(Algorithm::kRs256, RsaPair().PublicPemOfPower(5)));
}

TEST(JwtKeyTest, RefusesNumbersThatAreNoKey) {
  const std::string even(256, '\xf0'), odd = std::string(255, '\xf0') + '\xf1';

  EXPECT_FALSE(MakeRsaKey("", ""));
  EXPECT_FALSE(MakeRsaKey(odd, ""));
  EXPECT_FALSE(MakeRsaKey(odd, "\x01"));
  EXPECT_FALSE(MakeRsaKey(odd, "\x02"));
  EXPECT_FALSE(MakeRsaKey(even, Octets("AQAB")));
  EXPECT_FALSE(MakeRsaKey(std::string(1025, '\xf1'), "\x03"));
  EXPECT_FALSE(MakeEcKey("", ""));
  EXPECT_FALSE(MakeEcKey(std::string(32, '\0'), std::string(32, '\0')));
  EXPECT_FALSE(MakeEcKey(std::string(32, '\xff'), std::string(32, '\xff')));
  EXPECT_FALSE(MakeEcKey(std::string(33, 'x'), std::string(31, 'y')));
}

TEST(JwtKeyTest, ReadsOnePublicKeyAndNothingElse) {
  const auto pem = RsaPair().PublicPem();

  EXPECT_TRUE(ReadPublicKey(Algorithm::kRs256, pem));
  EXPECT_TRUE(ReadPublicKey(Algorithm::kRs256, "\r\n" + pem + "\n"));
  EXPECT_FALSE(ReadPublicKey(Algorithm::kRs256, ""));
  EXPECT_FALSE(ReadPublicKey(Algorithm::kRs256, RsaPair().PrivatePem()));
  EXPECT_FALSE(ReadPublicKey(Algorithm::kRs256, pem + OtherRsaPair().PublicPem()));
  EXPECT_FALSE(ReadPublicKey(Algorithm::kRs256, "some words\n" + pem));
  EXPECT_FALSE(ReadPublicKey(Algorithm::kRs256, pem.substr(0, pem.size() / 2)));
}

TEST(JwtKeyTest, KnowsAlgorithmsByTheirNamesAlone) {
  for (const auto* name : {"HS256", "RS256", "ES256"}) {
    const auto algorithm = AlgorithmOf(name);
    ASSERT_TRUE(algorithm) << name;
    EXPECT_EQ(NameOf(*algorithm), name);
  }
  for (const auto* name : {"", "none", "hs256", "HS384", "PS256", "RS256 "}) EXPECT_FALSE(AlgorithmOf(name)) << name;
}

}  // namespace
}  // namespace sluice::plugins::jwt
