// SPDX-License-Identifier: MIT
#include "grants.hpp"

#include <utility>

#include "answers.hpp"
#include "digest.hpp"
#include "keyring.hpp"

namespace sluice::plugins::pool {
namespace {

constexpr std::string_view kSaltOfDevices = "devices";
constexpr std::int64_t kSeenEachSeconds = 60;

constexpr std::string_view kLook =
    "SELECT u.disabled, u.device_limit, k.id, k.secret, k.state, d.last_seen, "
    "(SELECT count(*) FROM {devices} c WHERE c.user_id = u.id) FROM {users} u "
    "LEFT JOIN {assignments} a ON a.user_id = u.id AND a.store = $2 LEFT JOIN {keys} k ON k.id = a.key_id "
    "LEFT JOIN {devices} d ON d.user_id = u.id AND d.device = $3 WHERE u.id = $1";

}  // namespace

/// A user as the tables have it.
struct Grants::Standing {
  std::string refusal{};  ///< Empty: none so far.
  bool counted = false;   ///< Whether a refusal says how many devices there are.
  std::int64_t limit = 0;
  std::int64_t devices = 0;
  std::optional<std::int64_t> last_seen{};  ///< Nothing: the device is new.
  std::string key{};                        ///< Empty: no active one is assigned.
  std::string sealed{};

  static Standing Of(const sdk::SqlResult& result, std::int64_t device_limit) {
    Standing out;
    if (result.rows.empty()) {
      out.refusal = "This account is not known";
      return out;
    }
    const auto& row = result.rows[0];
    if (row[0].integer != 0) out.refusal = "This account is disabled";
    out.limit = row[1].type == sdk::SqlType::kNull ? device_limit : row[1].integer;
    if (row[4].text == kActive) {
      out.key = row[2].text;
      out.sealed = row[3].text;
    }
    if (row[5].type == sdk::SqlType::kInteger) out.last_seen = row[5].integer;
    out.devices = row[6].integer;
    return out;
  }
};

Grants::Grants(sdk::Host host, const Settings& settings)
    : host_(std::move(host)), settings_(settings), budget_(host_, settings.budgets) {}

sdk::Result<std::string> Grants::DeviceSalt(const sdk::Call& call) {
  const std::lock_guard lock(mutex_);
  if (!salt_.empty()) return salt_;
  const auto fresh = host_.secrets().Random(32);
  const auto sealed = host_.secrets().Seal(fresh, kSaltOfDevices);
  if (!sealed) return sealed.error();
  std::string kept;
  const auto done = host_.database().Transact(call, [&](sdk::SqlTransaction& transaction) -> sdk::Status {
    const auto added = Change(transaction, "INSERT INTO {salts} VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING",
                              {kSaltOfDevices, sdk::SqlParam::Bytes(*sealed), host_.secrets().KeyId()});
    if (!added) return added.error();
    const auto row = transaction.Run("SELECT secret FROM {salts} WHERE id = $1", {kSaltOfDevices});
    if (!row) return row.error();
    kept = row->rows[0][0].text;
    return sdk::Ok();
  });
  if (!done) return done.error();
  auto opened = OpenSecret(host_, "the hashes of devices", kept, kSaltOfDevices);
  if (!opened) return std::move(opened).error();
  salt_ = *std::move(opened);
  return salt_;
}

sdk::Result<Grant> Grants::Decide(const sdk::Call& call, const Asked& asked) {
  const auto salt = DeviceSalt(call);
  if (!salt) return salt.error();
  const auto device = HmacHex(*salt, asked.user + "\n" + asked.device);
  const auto standing = Settle(call, asked, device);
  if (!standing) return standing.error();
  if (standing->refusal.empty()) return HandOut(call, asked, *standing);
  Grant refused{.message = standing->refusal};
  if (standing->counted) refused.devices = standing->devices;
  return refused;
}

sdk::Result<Grants::Standing> Grants::Settle(const sdk::Call& call, const Asked& asked, const std::string& device) {
  const auto read = host_.database().Read(call, kLook, {asked.user, asked.store, device});
  if (!read) return read.error();
  auto standing = Standing::Of(*read, settings_.device_limit);
  const bool is_settled =
      !standing.key.empty() && standing.last_seen && Now(host_) - *standing.last_seen < kSeenEachSeconds;
  if (!standing.refusal.empty() || is_settled) return standing;
  const auto done = host_.database().Transact(call, [&](sdk::SqlTransaction& transaction) -> sdk::Status {
    const auto looked = transaction.Run(kLook, {asked.user, asked.store, device});
    if (!looked) return looked.error();
    standing = Standing::Of(*looked, settings_.device_limit);
    return standing.refusal.empty() ? Write(transaction, asked, device, standing) : sdk::Ok();
  });
  if (!done) return done.error();
  return standing;
}

sdk::Status Grants::Write(sdk::SqlTransaction& transaction, const Asked& asked, const std::string& device,
                          Standing& standing) const {
  const auto now = Now(host_);
  if (!standing.last_seen && standing.devices >= standing.limit) {
    standing.refusal = "Device limit reached (" + std::to_string(standing.limit) + ")";
    standing.counted = true;
    return sdk::Ok();
  }
  if (standing.key.empty()) {
    const auto least = LeastLoaded(transaction, asked.store);
    if (!least) return least.error();
    if (!*least) {
      standing.refusal = "No key for " + asked.store + " is free";
      return sdk::Ok();
    }
    standing.key = **least;
    if (auto assigned = AssignKey(transaction, asked.user, asked.store, standing.key, now); !assigned) return assigned;
    const auto row = transaction.Run("SELECT secret FROM {keys} WHERE id = $1", {standing.key});
    if (!row) return row.error();
    standing.sealed = row->rows[0][0].text;
  }
  if (!standing.last_seen) ++standing.devices;
  const auto seen = Change(transaction,
                           "INSERT INTO {devices} VALUES ($1, $2, $3, $4, $4) ON CONFLICT (user_id, device) "
                           "DO UPDATE SET last_seen = excluded.last_seen",
                           {asked.user, device, asked.device_label, now});
  return seen ? sdk::Ok() : sdk::Status(seen.error());
}

sdk::Result<Grant> Grants::HandOut(const sdk::Call& call, const Asked& asked, const Standing& standing) const {
  const auto own = budget_.Take(call, asked.store, standing.key);
  if (!own) return own.error();
  if (*own) return Opened(standing, standing.key, standing.sealed);
  const auto others = host_.database().Read(
      call,
      "SELECT k.id, k.secret, (SELECT count(*) FROM {assignments} a WHERE a.key_id = k.id) AS users FROM {keys} k "
      "WHERE k.store = $1 AND k.state = 'active' AND k.id <> $2 ORDER BY users, k.created_at, k.id LIMIT 100",
      {asked.store, standing.key});
  if (!others) return others.error();
  for (const auto& row : others->rows) {
    const auto taken = budget_.Take(call, asked.store, row[0].text);
    if (!taken) return taken.error();
    if (*taken) return Opened(standing, row[0].text, row[1].text);
  }
  return Grant{.message = "All keys for " + asked.store + " are busy, try again later", .devices = standing.devices};
}

sdk::Result<Grant> Grants::Opened(const Standing& standing, const std::string& id, const std::string& sealed) const {
  auto key = OpenSecret(host_, "pool key " + id, sealed, id);
  if (!key) return std::move(key).error();
  return Grant{
      .allowed = true, .message = "Access granted", .devices = standing.devices, .key_id = id, .key = *std::move(key)};
}

sdk::Result<std::string> Grants::AssignedKey(const sdk::Call& call, const std::string& user,
                                             const std::string& store) const {
  const auto row =
      host_.database().Read(call, "SELECT key_id FROM {assignments} WHERE user_id = $1 AND store = $2", {user, store});
  if (!row) return row.error();
  return row->rows.empty() ? std::string() : row->rows[0][0].text;
}

}  // namespace sluice::plugins::pool
