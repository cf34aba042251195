// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// Token: a JSON Web Token in its compact form (RFC 7515 §7.1), taken apart.

#include <cstddef>
#include <optional>
#include <sluice/sdk/result.hpp>
#include <string>
#include <string_view>

#include "key.hpp"
#include "strict_json.hpp"

namespace sluice::plugins::jwt {

/// Nothing of it is to be believed until `signature` has been judged.
struct Token {
  Json header;
  Json claims;
  std::string_view signed_text;  ///< Of the text that was parsed.
  std::string signature;         ///< Octets.
};

/// Of a credential that is recognised, and refused.
sdk::Error Refused(std::string message);

/// \returns  nothing: no credential of this kind, which has three parts in base64url, the first of them a JSON object
///           with `alg`; kUnauthenticated: one that is malformed, or longer than `max_bytes`.
sdk::Result<std::optional<Token>> ParseToken(std::string_view text, std::size_t max_bytes);

/// By which key a token says that it is signed; nothing: it does not say.
using KeyId = std::optional<std::string>;

/// \returns  kUnauthenticated unless the header names exactly `pinned`, and nothing that changes what is signed.
sdk::Result<KeyId> CheckHeader(const Json& header, Algorithm pinned);

inline constexpr std::size_t kMaxKeyIdBytes = 256;

}  // namespace sluice::plugins::jwt
