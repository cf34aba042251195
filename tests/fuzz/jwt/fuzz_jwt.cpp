// SPDX-License-Identifier: MIT
// Up to the first line end a header, then a payload; both as what they are, as a whole token, and as a key set. No
// fault; a token that is taken apart has one text; whom claims name can be shown, and not for ever.
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <sluice/sdk/base64.hpp>
#include <string>
#include <string_view>

#include "plugins/auth/jwt/claims.hpp"
#include "plugins/auth/jwt/jwks.hpp"
#include "plugins/auth/jwt/token.hpp"

namespace {

using namespace sluice;
using namespace sluice::plugins::jwt;

void CheckClaims(const Json& claims) {
  static const ClaimRules kAnybody{.issuer = {}, .audiences = {"gateway"}, .leeway = std::chrono::seconds(30)};
  static const ClaimRules kOne{.issuer = "issuer", .audiences = {}, .scopes = {"play"}};
  const std::chrono::system_clock::time_point now(std::chrono::seconds(1767225600));
  for (const auto& rules : {kAnybody, kOne}) {
    const auto principal = JudgeClaims(claims, rules, now);
    if (!principal) continue;
    if (IsOfAnotherIssuer(claims, rules.issuer)) std::abort();
    if (principal->subject.empty() || principal->subject.find('\n') != std::string::npos) std::abort();
    if (principal->expires_at <= std::chrono::floor<std::chrono::seconds>(now)) std::abort();
  }
}

void CheckToken(std::string_view text) {
  const auto token = ParseToken(text, 4096);
  if (!token || !*token) return;
  const auto& parts = **token;
  if (std::string(parts.signed_text) + "." + sdk::Base64UrlEncode(parts.signature) != text) std::abort();
  const auto kid = CheckHeader(parts.header, Algorithm::kRs256);
  if (kid && parts.header["alg"] != "RS256") std::abort();
  CheckClaims(parts.claims);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto end = std::min(input.find('\n'), input.size());
  const auto header = input.substr(0, end);
  const auto payload = input.substr(std::min(end + 1, input.size()));

  CheckToken(header);
  CheckToken(sdk::Base64UrlEncode(header) + "." + sdk::Base64UrlEncode(payload) + ".AA");
  for (const auto algorithm : {Algorithm::kRs256, Algorithm::kEs256}) {
    const auto set = ParseKeySet(payload, algorithm);
    if (!set) continue;
    if (set->size() > 64) std::abort();
    if (const auto key = set->Find("a"); key && key->Verifies("text", std::string(64, 's'))) std::abort();
  }
  return 0;
}
