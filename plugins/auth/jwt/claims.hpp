// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// What claims (RFC 7519 §4.1) must say, and whom they name.

#include <chrono>
#include <sluice/sdk/types.hpp>
#include <string>
#include <vector>

#include "strict_json.hpp"

namespace sluice::plugins::jwt {

struct ClaimRules {
  std::string issuer{};                  ///< Empty: any.
  std::vector<std::string> audiences{};  ///< Empty: a token that names an audience is for somebody else.
  std::chrono::seconds leeway{};
  std::string subject_claim = "sub";
  std::string scopes_claim = "scope";
  std::vector<std::string> scopes{};  ///< Of everybody.
};

/// Whether a token says that somebody else than `issuer` made it: then others may judge it. It need not be authentic.
bool IsOfAnotherIssuer(const Json& claims, const std::string& issuer);

/// \param claims  of a token whose signature is right.
/// \returns  whom it names, until its expiry and the leeway are over; kUnauthenticated: what is wrong with it.
sdk::Result<sdk::Principal> JudgeClaims(const Json& claims, const ClaimRules& rules,
                                        std::chrono::system_clock::time_point now);

}  // namespace sluice::plugins::jwt
