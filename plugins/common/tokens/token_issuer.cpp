// SPDX-License-Identifier: MIT
#include "token_issuer.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include <array>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <sluice/sdk/base64.hpp>
#include <sluice/sdk/hex.hpp>

namespace sluice::plugins::tokens {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kOctets = 32, kFamilyOctets = 16;

std::string HashOf(std::string_view token) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(token.data()), token.size(), digest.data());
  return sdk::HexEncode({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

std::string Hs256(std::string_view key, std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
  unsigned size = 0;
  HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(text.data()),
       text.size(), mac.data(), &size);
  return {reinterpret_cast<const char*>(mac.data()), size};
}

std::string TextOf(const Holder& holder) {
  auto claims = Json::array();
  for (const auto& [name, value] : holder.claims) claims.push_back(Json::array({name, value}));
  return Json{{"subject", holder.subject}, {"label", holder.label}, {"claims", claims}}.dump(
      -1, ' ', false, Json::error_handler_t::replace);
}

/// Of what TextOf wrote.
Holder HolderOf(std::string_view text) {
  const auto json = Json::parse(text);
  Holder holder{.subject = json.at("subject"), .label = json.at("label")};
  for (const auto& claim : json.at("claims")) holder.claims.emplace_back(claim.at(0), claim.at(1));
  return holder;
}

std::int64_t Now(const sdk::Host& host) {
  return std::chrono::duration_cast<std::chrono::seconds>(host.clock().Now().time_since_epoch()).count();
}

sdk::Status Deleted(sdk::SqlTransaction& transaction, std::string_view sql, sdk::SqlParam param) {
  auto done = transaction.Run(sql, {param});
  return done ? sdk::Ok() : sdk::Status(std::move(done).error());
}

}  // namespace

std::string TokenIssuer::AccessToken(const Holder& holder, std::int64_t now) const {
  Json claims;
  for (const auto& [name, value] : holder.claims) claims[name] = value;
  claims["sub"] = holder.subject;
  claims["iat"] = now;
  claims["exp"] = now + options_.access_ttl.count();
  claims["jti"] = sdk::HexEncode(host_.secrets().Random(kFamilyOctets));
  const auto body = claims.dump(-1, ' ', false, Json::error_handler_t::replace);
  const auto text = sdk::Base64UrlEncode(R"({"alg":"HS256","typ":"JWT"})") + "." + sdk::Base64UrlEncode(body);
  return text + "." + sdk::Base64UrlEncode(Hs256(options_.signing_key, text));
}

sdk::Result<std::string> TokenIssuer::Add(sdk::SqlTransaction& transaction, const Holder& holder,
                                          const std::string& family, std::int64_t now) const {
  auto token = sdk::HexEncode(host_.secrets().Random(kOctets));
  const auto hash = HashOf(token);
  const auto text = TextOf(holder);
  auto added = transaction.Run("INSERT INTO {refresh_tokens} VALUES ($1, $2, $3, $4, $5, NULL)",
                               {hash, family, holder.subject, text, now + options_.refresh_ttl.count()});
  if (!added) return std::move(added).error();
  return token;
}

sdk::Result<TokenPair> TokenIssuer::Issue(const sdk::Call& call, const Holder& holder) const {
  const auto now = Now(host_);
  const auto family = sdk::HexEncode(host_.secrets().Random(kFamilyOctets));
  TokenPair pair{.access = AccessToken(holder, now), .access_ttl = options_.access_ttl};
  const auto done = host_.database().Transact(call, [&](sdk::SqlTransaction& transaction) -> sdk::Status {
    // Those that are over are of no use to tell a theft by.
    auto purged = Deleted(transaction, "DELETE FROM {refresh_tokens} WHERE expires_at <= $1", now);
    if (!purged) return purged;
    auto token = Add(transaction, holder, family, now);
    if (!token) return std::move(token).error();
    pair.refresh = *std::move(token);
    return sdk::Ok();
  });
  if (!done) return done.error();
  return pair;
}

sdk::Result<Refreshed> TokenIssuer::Refresh(const sdk::Call& call, std::string_view refresh_token) const {
  const auto now = Now(host_);
  const auto hash = HashOf(refresh_token);
  Refreshed refreshed;
  const auto done = host_.database().Transact(call, [&](sdk::SqlTransaction& transaction) -> sdk::Status {
    refreshed = {};
    const auto found =
        transaction.Run("SELECT family, holder, expires_at, used_at FROM {refresh_tokens} WHERE hash = $1", {hash});
    if (!found) return found.error();
    if (found->rows.empty()) return sdk::Ok();
    const auto& row = found->rows[0];
    const auto& family = row[0].text;
    refreshed.holder = HolderOf(row[1].text);
    if (row[2].integer <= now) {
      refreshed.outcome = Refreshed::Outcome::kExpired;
      return sdk::Ok();
    }
    const bool is_used = row[3].type != sdk::SqlType::kNull;
    if (is_used && row[3].integer + options_.grace.count() < now) {
      refreshed.outcome = Refreshed::Outcome::kReused;
      return Deleted(transaction, "DELETE FROM {refresh_tokens} WHERE family = $1", family);
    }
    if (!is_used) {
      const auto used = transaction.Run("UPDATE {refresh_tokens} SET used_at = $1 WHERE hash = $2", {now, hash});
      if (!used) return used.error();
    }
    auto token = Add(transaction, refreshed.holder, family, now);
    if (!token) return std::move(token).error();
    refreshed.outcome = Refreshed::Outcome::kIssued;
    refreshed.pair.refresh = *std::move(token);
    return sdk::Ok();
  });
  if (!done) return done.error();
  if (refreshed.outcome == Refreshed::Outcome::kIssued) {
    refreshed.pair.access = AccessToken(refreshed.holder, now);
    refreshed.pair.access_ttl = options_.access_ttl;
  }
  return refreshed;
}

sdk::Status TokenIssuer::Revoke(const sdk::Call& call, std::string_view refresh_token) const {
  const auto hash = HashOf(refresh_token);
  return host_.database().Transact(call, [&](sdk::SqlTransaction& transaction) {
    return Deleted(transaction,
                   "DELETE FROM {refresh_tokens} WHERE family IN (SELECT family FROM {refresh_tokens} WHERE hash = $1)",
                   hash);
  });
}

sdk::Status TokenIssuer::RevokeAll(const sdk::Call& call, std::string_view subject) const {
  return host_.database().Transact(call, [&](sdk::SqlTransaction& transaction) {
    return Deleted(transaction, "DELETE FROM {refresh_tokens} WHERE subject = $1", subject);
  });
}

}  // namespace sluice::plugins::tokens
