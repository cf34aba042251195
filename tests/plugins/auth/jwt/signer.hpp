// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Makes keys and signs tokens: the issuer's side, by OpenSSL.

#include <openssl/evp.h>

#include <memory>
#include <string>
#include <string_view>

namespace sluice::plugins::jwt {

/// A key pair of its own each time.
class KeyPair {
 public:
  static KeyPair Rsa(unsigned bits = 2048);
  /// \param curve  "P-256", "P-384", "secp256k1".
  static KeyPair Ec(const char* curve = "P-256");

  /// The public half of an RSA key whose modulus is this one's as often as `times` says.
  std::string PublicPemOfPower(int times) const;

  std::string PublicPem() const;
  std::string PrivatePem() const;
  /// The members of a JSON Web Key without braces: `"kty": "RSA", "n": …, "e": …`. With another curve than P-256 it
  /// says "P-256" all the same.
  std::string JwkMembers() const;
  /// As in a token: RSA with SHA-256, or r and s of ECDSA with 32 octets each.
  std::string Sign(std::string_view text) const;
  /// ECDSA as X.509 has it.
  std::string SignDer(std::string_view text) const;

 private:
  explicit KeyPair(EVP_PKEY* key) : key_(key, EVP_PKEY_free) {}
  bool is_rsa() const { return EVP_PKEY_is_a(key_.get(), "RSA") == 1; }

  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key_;
};

/// HMAC-SHA256, octets.
std::string SignHmac(std::string_view secret, std::string_view text);

/// "<header>.<payload>" in base64url: what is signed.
std::string SigningInput(std::string_view header, std::string_view payload);
/// \param signature  octets.
std::string Compact(std::string_view input, std::string_view signature);

}  // namespace sluice::plugins::jwt
