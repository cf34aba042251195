// SPDX-License-Identifier: MIT
#pragma once
/// \file
/// TokenIssuer: pairs of a short-lived access token (JWT, RFC 7519) and a refresh token that is good once.

#include <chrono>
#include <cstdint>
#include <sluice/sdk/host.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sluice::plugins::tokens {

struct IssuerOptions {
  std::string signing_key{};  ///< HS256; 32 octets or more. Secret.
  std::chrono::seconds access_ttl = std::chrono::hours(24);
  std::chrono::seconds refresh_ttl = std::chrono::days(90);  ///< From each rotation.
  /// A refresh token that was used may be used again so soon after: two requests of one client may meet.
  std::chrono::seconds grace{15};
};

/// Whom a pair is for.
struct Holder {
  std::string subject{};  ///< `sub`.
  std::string label{};    ///< Of the device, for people; may be empty.
  /// Further claims of the access token, as text: {"email", "ann@example.org"}. Kept, so that a refresh has them too.
  std::vector<std::pair<std::string, std::string>> claims{};
};

struct TokenPair {
  std::string access{}, refresh{};  ///< Secret. The refresh token is 64 hex digits.
  std::chrono::seconds access_ttl{};
};

/// What became of a refresh.
struct Refreshed {
  enum class Outcome {
    kIssued,
    kUnknown,  ///< There is no such token, or its family was revoked.
    kExpired,
    kReused,  ///< It was used before: whoever has the other one may have stolen it. The whole family is revoked.
  };
  Outcome outcome = Outcome::kUnknown;
  TokenPair pair{};  ///< Of kIssued.
  Holder holder{};   ///< Of kIssued and kReused.
};

/// What a component that issues tokens adds to its migrations (ComponentInfo::migrations).
inline constexpr const char* kTokenTables =
    "CREATE TABLE {refresh_tokens} (hash TEXT PRIMARY KEY, family TEXT NOT NULL, subject TEXT NOT NULL, "
    "holder TEXT NOT NULL, expires_at BIGINT NOT NULL, used_at BIGINT);"
    "CREATE INDEX {refresh_tokens_family} ON {refresh_tokens} (family);"
    "CREATE INDEX {refresh_tokens_subject} ON {refresh_tokens} (subject);"
    "CREATE INDEX {refresh_tokens_end} ON {refresh_tokens} (expires_at)";

/// Refresh tokens are kept as their SHA-256. All that descend from one Issue are a family: they end together.
/// \returns  of every method: kUpstreamFailed, kDeadlineExceeded of the database. Threads: [any].
class TokenIssuer {
 public:
  static constexpr std::size_t kShortestKey = 32;

  /// \pre  the signing key is long enough.
  TokenIssuer(sdk::Host host, IssuerOptions options) : host_(std::move(host)), options_(std::move(options)) {}

  sdk::Result<TokenPair> Issue(const sdk::Call& call, const Holder& holder) const;
  sdk::Result<Refreshed> Refresh(const sdk::Call& call, std::string_view refresh_token) const;
  /// Ends the family of a refresh token. An unknown one is no error: it opens nothing.
  sdk::Status Revoke(const sdk::Call& call, std::string_view refresh_token) const;
  /// Ends everything of one subject.
  sdk::Status RevokeAll(const sdk::Call& call, std::string_view subject) const;

 private:
  std::string AccessToken(const Holder& holder, std::int64_t now) const;
  sdk::Result<std::string> Add(sdk::SqlTransaction& transaction, const Holder& holder, const std::string& family,
                               std::int64_t now) const;

  const sdk::Host host_;
  const IssuerOptions options_;
};

}  // namespace sluice::plugins::tokens
