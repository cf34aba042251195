// SPDX-License-Identifier: MIT
#include "token.hpp"

#include <algorithm>
#include <sluice/sdk/base64.hpp>
#include <utility>

namespace sluice::plugins::jwt {
namespace {

using Fault = ReadObject::Fault;

struct Parts {
  std::string_view header, payload, signature;
};

bool IsBase64UrlCharacter(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

std::optional<Parts> Split(std::string_view text) {
  const auto first = text.find('.');
  const auto second = first == std::string_view::npos ? first : text.find('.', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  const Parts parts{.header = text.substr(0, first),
                    .payload = text.substr(first + 1, second - first - 1),
                    .signature = text.substr(second + 1)};
  for (const auto part : {parts.header, parts.payload, parts.signature}) {
    if (!std::all_of(part.begin(), part.end(), IsBase64UrlCharacter)) return std::nullopt;
  }
  return parts;
}

}  // namespace

sdk::Error Refused(std::string message) { return {.code = sdk::Errc::kUnauthenticated, .message = std::move(message)}; }

sdk::Result<std::optional<Token>> ParseToken(std::string_view text, std::size_t max_bytes) {
  const auto parts = Split(text);
  if (!parts) return std::optional<Token>{};
  if (text.size() > max_bytes) {
    return Refused("the token is too long; want at most " + std::to_string(max_bytes) + " octets");
  }
  const auto header_text = sdk::Base64UrlDecode(parts->header);
  if (!header_text) return std::optional<Token>{};
  auto header = ReadStrictObject(*header_text);
  if (header.fault == Fault::kNoObject) return std::optional<Token>{};
  if (header.fault != Fault::kNone) return Refused("token header: " + std::string(kJsonForm));
  if (!header.object.contains("alg")) return std::optional<Token>{};

  const auto payload_text = sdk::Base64UrlDecode(parts->payload);
  if (!payload_text) return Refused("token payload: want base64url without padding");
  auto payload = ReadStrictObject(*payload_text);
  if (payload.fault != Fault::kNone) return Refused("token payload: " + std::string(kJsonForm));
  auto signature = sdk::Base64UrlDecode(parts->signature);
  if (!signature) return Refused("token signature: want base64url without padding");
  return std::optional(Token{.header = std::move(header.object),
                             .claims = std::move(payload.object),
                             .signed_text = text.substr(0, text.rfind('.')),
                             .signature = *std::move(signature)});
}

sdk::Result<KeyId> CheckHeader(const Json& header, Algorithm pinned) {
  const auto* algorithm = TextMember(header, "alg");
  if (algorithm == nullptr || *algorithm != NameOf(pinned)) {
    return Refused("token header /alg: want " + std::string(NameOf(pinned)));
  }
  // What these say changes what the signature or the payload mean (RFC 7515 §4.1.11, RFC 7797, RFC 7516).
  for (const auto* name : {"crit", "b64", "zip", "enc"}) {
    if (header.contains(name)) return Refused("token header /" + std::string(name) + ": want none");
  }
  if (!header.contains("kid")) return KeyId{};
  const auto* kid = TextMember(header, "kid");
  if (kid == nullptr || kid->empty() || kid->size() > kMaxKeyIdBytes) {
    return Refused("token header /kid: want text of 1 to 256 octets");
  }
  return KeyId(*kid);
}

}  // namespace sluice::plugins::jwt
