// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Tokens and configurations for the tests, and what became of a token in one line.

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <sluice/sdk/testing/calls.hpp>
#include <sluice/sdk/testing/create.hpp>
#include <string>
#include <string_view>

#include "jwt.hpp"
#include "signer.hpp"
#include "strict_json.hpp"

namespace sluice::plugins::jwt {

using sdk::testing::AnyCall;
using sdk::testing::CreateThroughAbi;
using sdk::testing::FakeHost;
using sdk::testing::TestConfig;

/// Where the fake clock begins.
inline constexpr std::int64_t kNow = 1767225600;
inline constexpr std::string_view kSecret = "planted-key-of-hs256-0123456789abcdef";
inline constexpr std::string_view kJwksUrl = "https://issuer.example/jwks.json";

/// One pair for all tests: RSA keys take their time.
inline const KeyPair& RsaPair() {
  static const auto kPair = KeyPair::Rsa();
  return kPair;
}
inline const KeyPair& OtherRsaPair() {
  static const auto kPair = KeyPair::Rsa();
  return kPair;
}
inline const KeyPair& EcPair() {
  static const auto kPair = KeyPair::Ec();
  return kPair;
}

/// Of a viewer "user-42", for an hour; with these changes, of which null takes a claim away.
inline std::string Claims(std::string_view changes = "{}") {
  Json claims{{"sub", "user-42"}, {"iat", kNow - 60}, {"exp", kNow + 3600}};
  claims.merge_patch(Json::parse(changes));
  return claims.dump();
}

inline std::string HsToken(std::string_view payload, std::string_view header = R"({"alg":"HS256","typ":"JWT"})",
                           std::string_view secret = kSecret) {
  const auto input = SigningInput(header, payload);
  return Compact(input, SignHmac(secret, input));
}
inline std::string SignedToken(const KeyPair& pair, std::string_view header, std::string_view payload) {
  const auto input = SigningInput(header, payload);
  return Compact(input, pair.Sign(input));
}
inline std::string RsToken(std::string_view payload = Claims(), std::string_view header = R"({"alg":"RS256"})") {
  return SignedToken(RsaPair(), header, payload);
}
inline std::string EsToken(std::string_view payload = Claims(), std::string_view header = R"({"alg":"ES256"})") {
  return SignedToken(EcPair(), header, payload);
}

inline TestConfig HsConfig() { return {{"/algorithm", "HS256"}, {"/secret", std::string(kSecret)}}; }
inline TestConfig RsConfig() { return {{"/algorithm", "RS256"}, {"/public_key", RsaPair().PublicPem()}}; }
inline TestConfig EsConfig() { return {{"/algorithm", "ES256"}, {"/public_key", EcPair().PublicPem()}}; }
inline TestConfig JwksConfig() { return {{"/algorithm", "RS256"}, {"/jwks_url", std::string(kJwksUrl)}}; }

/// A key set of these keys, each without its braces.
inline std::string KeySetOf(std::initializer_list<std::string> keys) {
  std::string out;
  for (const auto& key : keys) out += (out.empty() ? "{" : ", {") + key + "}";
  return "{\"keys\": [" + out + "]}";
}
inline std::string NamedKey(const KeyPair& pair, std::string_view kid) {
  return pair.JwkMembers() + ", \"kid\": " + Json(kid).dump();
}

/// "user-42", "not ours", or the message; with the code in front unless that is kUnauthenticated.
inline std::string VerdictOf(const sdk::Result<std::optional<sdk::Principal>>& answer) {
  if (answer) return *answer ? (*answer)->subject : "not ours";
  if (answer.error().code == sdk::Errc::kUnauthenticated) return answer.error().message;
  return std::to_string(static_cast<unsigned>(answer.error().code)) + " " + answer.error().message;
}
inline std::string VerdictOf(sdk::AuthBackend& auth, std::string_view token, const sdk::Call& call) {
  return VerdictOf(auth.Authenticate(call, {.scheme = "bearer", .secret = token}));
}
inline std::string VerdictOf(sdk::AuthBackend& auth, std::string_view token) {
  return VerdictOf(auth, token, AnyCall());
}
/// Of an instance made for this token alone.
inline std::string VerdictOf(const TestConfig& config, std::string_view token) {
  FakeHost host;
  const auto auth = CreateThroughAbi<Jwt>(config, host);
  return auth ? VerdictOf(**auth, token) : auth.error().message;
}

}  // namespace sluice::plugins::jwt
