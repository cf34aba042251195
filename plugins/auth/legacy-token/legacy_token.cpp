// SPDX-License-Identifier: MIT
#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"  // g++ 12 with sanitizers, inside std::regex: GCC bug 105616
#endif

#include "legacy_token.hpp"

#include <algorithm>
#include <utility>

namespace sluice::plugins::legacy_token {
namespace {

constexpr std::size_t kMaxTokenBytes = 512;
constexpr std::string_view kUserdata = "userdata";  // the one scheme that says whose key it is

sdk::Error Refused(std::string message) { return {.code = sdk::Errc::kUnauthenticated, .message = std::move(message)}; }

bool IsControlOrSpace(char c) {
  const auto octet = static_cast<unsigned char>(c);
  return octet <= 0x20 || octet == 0x7f;
}

}  // namespace

LegacyToken::LegacyToken(sdk::Host host, const sdk::Config& config, std::optional<std::regex> pattern)
    : host_(std::move(host)),
      store_(config.String("/store")),
      schemes_(config.Strings("/schemes")),
      min_length_(static_cast<std::size_t>(config.Uint("/min_length"))),
      pattern_(std::move(pattern)),
      scopes_(config.Strings("/scopes")) {}

sdk::Result<std::unique_ptr<LegacyToken>> LegacyToken::Create(sdk::Host host, const sdk::Config& config) {
  const auto schemes = config.Strings("/schemes");
  const bool says_store = std::all_of(schemes.begin(), schemes.end(), [](const auto& one) { return one == kUserdata; });
  if (config.String("/store").empty() && !says_store) {
    return sdk::Error{.code = sdk::Errc::kInvalidArgument,
                      .message = "/store: is missing; of the schemes, userdata alone says whose key it is"};
  }
  std::optional<std::regex> pattern;
  if (config.Has("/pattern")) {
    try {
      pattern.emplace(config.String("/pattern"), std::regex::ECMAScript | std::regex::optimize);
    } catch (const std::regex_error&) {
      return sdk::Error{.code = sdk::Errc::kInvalidArgument,
                        .message = "/pattern: want an ECMAScript regular expression"};
    }
  }
  return std::unique_ptr<LegacyToken>(new LegacyToken(std::move(host), config, std::move(pattern)));
}

bool LegacyToken::Recognises(const sdk::Credentials& credentials) const {
  if (std::find(schemes_.begin(), schemes_.end(), credentials.scheme) == schemes_.end()) return false;
  return credentials.scheme != kUserdata || store_.empty() || credentials.user == store_;
}

bool LegacyToken::HasShape(std::string_view token) const {
  if (token.size() < min_length_) return false;
  if (!pattern_) return true;
  try {
    return std::regex_match(token.begin(), token.end(), *pattern_);
  } catch (const std::regex_error&) {  // too complex to decide: not a key
    return false;
  }
}

sdk::Result<std::optional<sdk::Principal>> LegacyToken::Authenticate(const sdk::Call&,
                                                                     const sdk::Credentials& credentials) {
  if (!Recognises(credentials)) return std::optional<sdk::Principal>{};

  const auto token = credentials.secret;
  const auto store = store_.empty() ? std::string(credentials.user) : store_;
  if (token.size() > kMaxTokenBytes) return Refused("the " + store + " token is too long; want at most 512 octets");
  if (std::any_of(token.begin(), token.end(), IsControlOrSpace)) {
    return Refused("the " + store + " token has white space or control characters; want none");
  }
  if (!HasShape(token)) {
    // Userdata names its store, so nobody else can claim this. The other schemes say nothing but the token itself.
    if (credentials.scheme != kUserdata) return std::optional<sdk::Principal>{};
    return Refused("the token has not the shape of a " + store + " token");
  }

  const auto fingerprint = host_.secrets().Fingerprint(token);
  sdk::Principal principal{.subject = "token:" + fingerprint, .scopes = scopes_};
  principal.grants.push_back({.store = store, .key = std::string(token), .key_id = fingerprint});
  return std::optional(std::move(principal));
}

}  // namespace sluice::plugins::legacy_token
