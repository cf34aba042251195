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

struct StoreCode {
  std::string_view store, code;
};

/// What addon URLs call the stores.
constexpr StoreCode kCodes[] = {
    {"alldebrid", "ad"}, {"debrider", "dr"},   {"debridlink", "dl"}, {"easydebrid", "ed"}, {"offcloud", "oc"},
    {"pikpak", "pp"},    {"premiumize", "pm"}, {"realdebrid", "rd"}, {"torbox", "tb"},     {"torrin", "ti"},
};

std::string_view CodeOf(std::string_view store) {
  for (const auto& entry : kCodes) {
    if (entry.store == store) return entry.code;
  }
  return store;
}

sdk::Error Refused(std::string message) { return {.code = sdk::Errc::kUnauthenticated, .message = std::move(message)}; }

bool IsControlOrSpace(char c) {
  const auto octet = static_cast<unsigned char>(c);
  return octet <= 0x20 || octet == 0x7f;
}

}  // namespace

LegacyToken::LegacyToken(sdk::Host host, const sdk::Config& config, std::optional<std::regex> pattern)
    : host_(std::move(host)),
      store_(config.String("/store")),
      code_(CodeOf(store_)),
      schemes_(config.Strings("/schemes")),
      min_length_(static_cast<std::size_t>(config.Uint("/min_length"))),
      pattern_(std::move(pattern)),
      scopes_(config.Strings("/scopes")) {}

sdk::Result<std::unique_ptr<LegacyToken>> LegacyToken::Create(sdk::Host host, const sdk::Config& config) {
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
  if (credentials.scheme != "userdata") return true;
  return credentials.user == store_ || credentials.user == code_;
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
  if (token.size() > kMaxTokenBytes) return Refused("the " + store_ + " token is too long; want at most 512 octets");
  if (std::any_of(token.begin(), token.end(), IsControlOrSpace)) {
    return Refused("the " + store_ + " token has white space or control characters; want none");
  }
  if (!HasShape(token)) {
    // Userdata names its store, so nobody else can claim this. The other schemes say nothing but the token itself.
    if (credentials.scheme != "userdata") return std::optional<sdk::Principal>{};
    return Refused("the token has not the shape of a " + store_ + " token");
  }

  const auto fingerprint = host_.secrets().Fingerprint(token);
  sdk::Principal principal{.subject = "token:" + fingerprint, .scopes = scopes_};
  principal.grants.push_back({.store = store_, .key = std::string(token), .key_id = fingerprint});
  return std::optional(std::move(principal));
}

}  // namespace sluice::plugins::legacy_token
