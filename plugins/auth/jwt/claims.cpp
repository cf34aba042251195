// SPDX-License-Identifier: MIT
#include "claims.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <sluice/sdk/text.hpp>
#include <string_view>
#include <utility>

#include "token.hpp"

namespace sluice::plugins::jwt {
namespace {

constexpr double kLatestDate = 253402300799.0;  // 9999-12-31T23:59:59Z
constexpr std::size_t kMaxSubjectBytes = 256;
constexpr std::size_t kMaxScopes = 64;
constexpr std::size_t kMaxScopeBytes = 64;

/// A NumericDate: seconds since 1970, perhaps with a fraction.
sdk::Result<std::optional<double>> ReadDate(const Json& claims, const char* name) {
  const auto found = claims.find(name);
  if (found == claims.end()) return std::optional<double>{};
  const auto value = found->is_number() ? found->get<double>() : -1.0;
  if (!(value >= 0 && value <= kLatestDate)) {
    return Refused("token /" + std::string(name) + ": want seconds since 1970, as a number up to the year 9999");
  }
  return std::optional(value);
}

/// \returns  the expiry.
sdk::Result<double> CheckTimes(const Json& claims, double leeway, double now) {
  const auto expiry = ReadDate(claims, "exp");
  if (!expiry) return expiry.error();
  const auto start = ReadDate(claims, "nbf");
  if (!start) return start.error();
  if (const auto issued = ReadDate(claims, "iat"); !issued) return issued.error();
  if (!*expiry) return Refused("token /exp: is required");
  if (now >= **expiry + leeway) return Refused("the token has expired");
  if (*start && now + leeway < **start) return Refused("the token is not valid yet");
  return **expiry;
}

sdk::Status CheckAudience(const Json& claims, const std::vector<std::string>& audiences) {
  const auto found = claims.find("aud");
  const auto fault = Refused("token /aud: want text, or a list of texts");
  std::vector<std::string> named;
  if (found != claims.end()) {
    const auto listed = found->is_array() ? *found : Json::array({*found});
    for (const auto& audience : listed) {
      if (!audience.is_string()) return fault;
      named.push_back(audience.get<std::string>());
    }
  }
  if (found == claims.end() && audiences.empty()) return sdk::Ok();
  // RFC 7519 §4.1.3: who is not named must refuse, and without a configured name nobody is.
  const bool is_named = std::any_of(named.begin(), named.end(), [&](const std::string& audience) {
    return std::find(audiences.begin(), audiences.end(), audience) != audiences.end();
  });
  return is_named ? sdk::Ok() : sdk::Status(Refused("the token is for another audience"));
}

/// The next code point of UTF-8 that is known to be well-formed.
char32_t TakeCodePoint(std::string_view& text) {
  const auto first = static_cast<unsigned char>(text.front());
  const std::size_t size = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
  char32_t point = size == 1 ? first : first & (0xffU >> (size + 1));
  for (std::size_t i = 1; i < size && i < text.size(); ++i) {
    point = (point << 6U) | (static_cast<unsigned char>(text[i]) & 0x3fU);
  }
  text.remove_prefix(std::min(size, text.size()));
  return point;
}

/// Subjects stand in logs: no controls, and nothing that breaks lines or turns the order of what is around it.
bool IsPrintable(std::string_view text) {
  while (!text.empty()) {
    const auto point = TakeCodePoint(text);
    const bool is_control = point < 0x20 || (point >= 0x7f && point <= 0x9f);
    const bool is_layout = (point >= 0x2028 && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069);
    if (is_control || is_layout || point == 0xfeff) return false;
  }
  return true;
}

sdk::Result<std::string> ReadSubject(const Json& claims, const std::string& name) {
  const auto* subject = TextMember(claims, name);
  if (subject == nullptr || subject->empty() || subject->size() > kMaxSubjectBytes || !IsPrintable(*subject)) {
    return Refused("token /" + name + ": want text of 1 to 256 octets without control characters");
  }
  return *subject;
}

bool IsScope(std::string_view text) {
  return !text.empty() && text.size() <= kMaxScopeBytes &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

void Add(std::string_view scope, std::vector<std::string>& scopes) {
  if (std::find(scopes.begin(), scopes.end(), scope) == scopes.end()) scopes.emplace_back(scope);
}

/// \returns  those of everybody, and those that the token names (RFC 8693 §4.2, or a list).
sdk::Result<std::vector<std::string>> ReadScopes(const Json& claims, const ClaimRules& rules) {
  auto scopes = rules.scopes;
  const auto found = claims.find(rules.scopes_claim);
  if (found == claims.end()) return scopes;
  const auto fault =
      Refused("token /" + rules.scopes_claim + ": want at most 64 scopes of 1 to 64 visible characters, " +
              "as a list or with spaces between");
  std::vector<std::string> named;
  if (const auto* text = found->get_ptr<const std::string*>()) {
    for (std::string_view rest = *text; !rest.empty();) {
      if (const auto scope = sdk::TakeUpTo(rest, ' '); !scope.empty()) named.emplace_back(scope);
    }
  } else if (found->is_array()) {
    for (const auto& scope : *found) named.push_back(scope.is_string() ? scope.get<std::string>() : "");
  } else {
    return fault;
  }
  if (named.size() > kMaxScopes || !std::all_of(named.begin(), named.end(), IsScope)) return fault;
  for (const auto& scope : named) Add(scope, scopes);
  return scopes;
}

}  // namespace

bool IsOfAnotherIssuer(const Json& claims, const std::string& issuer) {
  const auto found = claims.find("iss");
  if (issuer.empty()) return false;
  return found == claims.end() || (found->is_string() && *found != issuer);
}

sdk::Result<sdk::Principal> JudgeClaims(const Json& claims, const ClaimRules& rules,
                                        std::chrono::system_clock::time_point now) {
  const auto* issuer = TextMember(claims, "iss");
  if (issuer == nullptr && claims.contains("iss")) return Refused("token /iss: want text");
  if (!rules.issuer.empty() && (issuer == nullptr || *issuer != rules.issuer)) {
    return Refused("the token is from another issuer");
  }
  const auto seconds = std::chrono::duration<double>(now.time_since_epoch()).count();
  const auto expiry = CheckTimes(claims, static_cast<double>(rules.leeway.count()), seconds);
  if (!expiry) return expiry.error();
  if (auto audience = CheckAudience(claims, rules.audiences); !audience) return audience.error();
  auto subject = ReadSubject(claims, rules.subject_claim);
  if (!subject) return subject.error();
  auto scopes = ReadScopes(claims, rules);
  if (!scopes) return scopes.error();
  const std::chrono::seconds last(static_cast<std::int64_t>(std::ceil(*expiry)));
  return sdk::Principal{.subject = *std::move(subject),
                        .scopes = *std::move(scopes),
                        .expires_at = sdk::Seconds(last + rules.leeway),
                        .grants = {}};
}

}  // namespace sluice::plugins::jwt
